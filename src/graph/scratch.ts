/** Memory that is used again and again while weights pass through, one after the other. */

/** A few buffers that are lent and given back; nothing is freed before the scratch itself is. */
export class Scratch {
  readonly #free: ArrayBuffer[] = []
  readonly #smallest: number

  /** @param smallest - bytes of a buffer at least; what is never written to takes no memory of the machine */
  constructor(smallest = 0) {
    this.#smallest = smallest
  }

  /** @returns bytes of any content, to be given back; aligned for every typed array */
  take(length: number): Uint8Array {
    const fitting = this.#free.findIndex((buffer) => buffer.byteLength >= length)
    const [buffer] = fitting < 0 ? [] : this.#free.splice(fitting, 1)
    if (buffer !== undefined) return new Uint8Array(buffer, 0, length)
    // One that is too small now will be too small again.
    this.#free.pop()
    return new Uint8Array(new ArrayBuffer(Math.max(length, this.#smallest)), 0, length)
  }

  /** @param bytes - as `take` gave them; not to be used any more */
  give(bytes: Uint8Array): void {
    if (bytes.buffer instanceof ArrayBuffer) this.#free.push(bytes.buffer)
  }
}
