/** Sums up what a tool prints: a parser turns text into samples, and their joules are added to shared counters. */
import type { Clock } from './clock.js'
import { MOST_TOOL_DOMAINS, type ToolState } from './tool-state.js'

/** Energy that a tool tells of at once: J by domain; `undefined` where it says that it does not know. */
export type ToolSample = ReadonlyMap<string, number | undefined>

/** Turns what a tool prints into samples; keeps what is incomplete for the next call. */
export interface ToolParser {
  push(text: string): readonly ToolSample[]
}

/** A sample may arrive in two pieces; the second one completes the list of domains. */
const SAMPLES_TO_KNOW = 2

/** Follows one tool. */
export class ToolFollower {
  readonly #parser: ToolParser
  readonly #state: ToolState
  readonly #clock: Clock
  readonly #onKnown: (names: readonly string[]) => void
  readonly #places = new Map<string, number>()
  #samples = 0

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

  #take(sample: ToolSample): void {
    for (const [name, joules] of sample) {
      const place = this.#placeOf(name)
      if (place !== undefined) this.#state.add(place, joules)
    }
    this.#state.mark(this.#clock())
    this.#samples++
    if (this.#samples === SAMPLES_TO_KNOW) this.#onKnown([...this.#places.keys()])
  }

  /** A domain that turns up later has no place. */
  #placeOf(name: string): number | undefined {
    const place = this.#places.get(name)
    if (place !== undefined || this.#samples >= SAMPLES_TO_KNOW || this.#places.size >= MOST_TOOL_DOMAINS) return place
    this.#places.set(name, this.#places.size)
    return this.#places.size - 1
  }
}
