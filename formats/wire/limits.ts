/** What one message may hold at most: a file of a few bytes must not cost gigabytes, nor end the stack. */
import { FormatError } from '../../src/core/errors.js'

/** Upper bounds of one decoding; the default is far above real models. */
export interface WireLimits {
  /** Messages inside messages, as protobuf's own default. */
  readonly depth: number
  /** Messages, texts and payloads in all. */
  readonly items: number
  /** Numbers of repeated fields in all. */
  readonly numbers: number
  /** Bytes of text in all. */
  readonly textBytes: number
}

/** The largest published models have some hundred thousand nodes of about ten items each. */
export const WIRE_LIMITS: WireLimits = {
  depth: 100,
  items: 4_000_000,
  numbers: 64_000_000,
  textBytes: 256 * 2 ** 20,
}

/** Counts what a decoding has taken so far. */
export class WireBudget {
  readonly #path: string
  readonly #limits: WireLimits
  #items = 0
  #numbers = 0
  #textBytes = 0

  constructor(path: string, limits: WireLimits = WIRE_LIMITS) {
    this.#path = path
    this.#limits = limits
  }

  /** @throws {FormatError} `E_PROTOBUF_DEPTH` */
  takeDepth(depth: number): void {
    if (depth > this.#limits.depth) {
      throw new FormatError('E_PROTOBUF_DEPTH', `${this.#path}: messages nested deeper than ${this.#limits.depth}`, {
        hint: 'no engine reads such a file; export the model again',
      })
    }
  }

  /** @throws {FormatError} `E_PROTOBUF_LIMIT` */
  takeItem(): void {
    this.#items += 1
    if (this.#items > this.#limits.items) throw this.#exceeded(`${this.#limits.items} fields`)
  }

  /** @throws {FormatError} `E_PROTOBUF_LIMIT` */
  takeNumbers(count: number): void {
    this.#numbers += count
    if (this.#numbers > this.#limits.numbers) throw this.#exceeded(`${this.#limits.numbers} numbers`)
  }

  /** A text is an item, too. @throws {FormatError} `E_PROTOBUF_LIMIT` */
  takeText(bytes: number): void {
    this.takeItem()
    this.#textBytes += bytes
    if (this.#textBytes > this.#limits.textBytes) throw this.#exceeded(`${this.#limits.textBytes} bytes of text`)
  }

  #exceeded(what: string): FormatError {
    return new FormatError('E_PROTOBUF_LIMIT', `${this.#path}: holds more than ${what}`, {
      hint: 'no real model is that large; export it again',
    })
  }
}
