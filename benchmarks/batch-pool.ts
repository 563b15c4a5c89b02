/** Keeps some of the prepared batches for the timed windows, each one as likely as any other, within bounded memory. */
import type { BoundRun } from '../src/engines/engine.js'
import type { Tensor } from '../src/graph/tensor.js'
import type { RunPool } from './timed-loop.js'

/** Bytes of inputs and outputs that the pool may hold. */
const MOST_BYTES = 2 ** 28
/** More batches than this tell the engine nothing new. */
const MOST_BATCHES = 64

/** @returns batches of this size, inputs and outputs together, that a pool holds */
export const poolCapacity = (bytesPerBatch: number): number =>
  Math.max(1, Math.min(MOST_BATCHES, Math.floor(MOST_BYTES / Math.max(1, bytesPerBatch))))

/** @returns bytes of elements; strings count 16 each */
export function tensorBytes(tensors: Iterable<Tensor>): number {
  let bytes = 0
  for (const { data } of tensors) bytes += ArrayBuffer.isView(data) ? data.byteLength : data.length * 16
  return bytes
}

/**
 * Reservoir sampling: after n batches each is in the pool with the same chance.
 *
 * @see https://doi.org/10.1145/3147.3165
 */
export class BatchPool {
  readonly #random: () => number
  readonly #runs: BoundRun[] = []
  #seen = 0
  #capacity = MOST_BATCHES

  /** @param random - uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random
  }

  /** @param bytes - of the batch's inputs and outputs */
  offer(run: BoundRun, bytes: number): void {
    this.#capacity = Math.min(this.#capacity, poolCapacity(bytes))
    this.#seen++
    if (this.#runs.length < this.#capacity) this.#runs.push(run)
    else {
      const place = Math.floor(this.#random() * this.#seen)
      if (place < this.#capacity) this.#runs[place] = run
    }
  }

  /** @returns the batches kept */
  take(): RunPool {
    return { runs: this.#runs.slice(0, this.#capacity), next: 0 }
  }
}
