/**
 * Decompresses one block of snappy, which may only grow as far as it announces and as its caller allows.
 *
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */

/**
 * @param limit - most bytes of the result
 * @returns the bytes, or `undefined` for a block that is broken or announces more than `limit`
 */
export function decompressSnappy(block: Uint8Array, limit: number): Uint8Array | undefined {
  const announced = readLength(block)
  if (announced === undefined || announced.value > limit) return undefined
  const output = new Uint8Array(announced.value)
  let [from, to] = [announced.end, 0]
  while (from < block.length) {
    const element = (block[from] ?? 0) & 3 ? readCopy(block, from) : readLiteral(block, from)
    const { length, next, distance } = element
    if (next > block.length || to + length > output.length) return undefined
    if (distance === undefined) output.set(block.subarray(next - length, next), to)
    else if (distance === 0 || distance > to) return undefined
    else copyBack(output, to, distance, length)
    to += length
    from = next
  }
  return to === output.length ? output : undefined
}

/** What one tag stands for: `length` bytes, before `next` in the block or `distance` back in the output. */
interface Element {
  readonly length: number
  readonly next: number
  readonly distance?: number
}

/** The first bytes: the size of the result as a varint of at most 32 bits. */
function readLength(block: Uint8Array): { value: number; end: number } | undefined {
  let value = 0
  for (let at = 0; at < 5; at += 1) {
    const byte = block[at]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { value, end: at + 1 }
  }
  return undefined
}

function readLiteral(block: Uint8Array, at: number): Element {
  const short = (block[at] ?? 0) >>> 2
  const extra = Math.max(0, short - 59)
  const length = (extra === 0 ? short : littleEndian(block, at + 1, extra)) + 1
  return { length, next: at + 1 + extra + length }
}

function readCopy(block: Uint8Array, at: number): Element {
  const tag = block[at] ?? 0
  if ((tag & 3) === 1) {
    const distance = ((tag >>> 5) << 8) | (block[at + 1] ?? 0)
    return { length: ((tag >>> 2) & 7) + 4, next: at + 2, distance }
  }
  const bytes = (tag & 3) === 2 ? 2 : 4
  return { length: (tag >>> 2) + 1, next: at + 1 + bytes, distance: littleEndian(block, at + 1, bytes) }
}

function littleEndian(block: Uint8Array, at: number, bytes: number): number {
  let value = 0
  for (let index = bytes - 1; index >= 0; index -= 1) value = value * 256 + (block[at + index] ?? 0)
  return value
}

/** Byte by byte: a copy may repeat what it has just written. */
function copyBack(output: Uint8Array, to: number, distance: number, length: number): void {
  for (let index = 0; index < length; index += 1) output[to + index] = output[to + index - distance] ?? 0
}
