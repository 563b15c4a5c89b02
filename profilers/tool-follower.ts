/** Sums up what a tool prints: a parser turns text into samples, and their joules are added to shared counters. */
import type { Clock } from './clock.js'
import { MOST_TOOL_DOMAINS, type ToolState } from './tool-state.js'

/** Energy that a tool tells of at once. */
export interface ToolSample {
  /** J by domain; `undefined` where the tool says that it does not know. */
  readonly joules: ReadonlyMap<string, number | undefined>
  /** The tool's word for the interval, where its domains may come in several samples; absent: this is all of it. */
  readonly interval?: string
}

/** Turns what a tool prints into samples; keeps what is incomplete for the next call. */
export interface ToolParser {
  push(text: string): readonly ToolSample[]
}

/** Intervals that must have ended before the list of domains counts as complete. */
const INTERVALS_TO_KNOW = 2

/** Follows one tool. */
export class ToolFollower {
  readonly #parser: ToolParser
  readonly #state: ToolState
  readonly #clock: Clock
  readonly #onKnown: (names: readonly string[]) => void
  readonly #places = new Map<string, number>()
  #interval: string | undefined
  #intervals = 0
  #hasTold = false
  /** A domain turned up that has no place. */
  #isLost = false

  /** @param onKnown - told once, which domains the tool tells of, in the order of their counters */
  constructor(parser: ToolParser, state: ToolState, clock: Clock, onKnown: (names: readonly string[]) => void) {
    this.#parser = parser
    this.#state = state
    this.#clock = clock
    this.#onKnown = onKnown
  }

  push(text: string): void {
    for (const sample of this.#parser.push(text)) this.#take(sample)
  }

  #take({ interval, joules }: ToolSample): void {
    if (this.#isLost) return
    if (interval === undefined || interval !== this.#interval) this.#startInterval()
    this.#interval = interval
    for (const [name, amount] of joules) {
      const place = this.#placeOf(name)
      if (place === undefined) this.#isLost = true
      else this.#state.add(place, amount)
    }
    // Rather no energy than a part that passes for the whole.
    if (this.#isLost) this.#state.end()
    else this.#state.mark(this.#clock())
  }

  /** An interval has ended when the next one begins. */
  #startInterval(): void {
    if (this.#intervals++ < INTERVALS_TO_KNOW || this.#hasTold) return
    this.#hasTold = true
    this.#onKnown([...this.#places.keys()])
  }

  #placeOf(name: string): number | undefined {
    const place = this.#places.get(name)
    if (place !== undefined || this.#hasTold || this.#places.size >= MOST_TOOL_DOMAINS) return place
    this.#places.set(name, this.#places.size)
    return this.#places.size - 1
  }
}
