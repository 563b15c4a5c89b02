/** Memory that is used again and again while weights pass through, one after the other. */

/** Below this, room is rounded up to a power of two, so that slowly growing weights do not each get a new buffer. */
const LARGEST_ROUNDED = 2 ** 26

/** A few buffers that are lent and given back; nothing is freed before the scratch itself is. */
export class Scratch {
  readonly #free: ArrayBuffer[] = []

  /** @returns bytes of any content, to be given back; aligned for every typed array */
  take(length: number): Uint8Array {
    const fitting = this.#free.findIndex((buffer) => buffer.byteLength >= length)
    const [buffer] = fitting < 0 ? [] : this.#free.splice(fitting, 1)
    if (buffer !== undefined) return new Uint8Array(buffer, 0, length)
    // One that is too small now will be too small again.
    this.#free.pop()
    return new Uint8Array(new ArrayBuffer(roomFor(length)), 0, length)
  }

  /** @param bytes - as `take` gave them; not to be used any more */
  give(bytes: Uint8Array): void {
    if (bytes.buffer instanceof ArrayBuffer) this.#free.push(bytes.buffer)
  }
}

function roomFor(length: number): number {
  return length >= LARGEST_ROUNDED ? length : 2 ** Math.ceil(Math.log2(Math.max(length, 4096)))
}
