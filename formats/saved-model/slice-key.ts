/**
 * Variables that are kept in slices: which part a variable is, and the key under which a checkpoint keeps it.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/saved_tensor_slice_util.h
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/strings/ordered_code.h
 */

/** Where a variable's value lies: a key, and the slice of what has that key; the whole when left out. */
export interface SavedName {
  readonly key: string
  readonly slice?: readonly Extent[] | undefined
}

/** Elements from `start` on along one axis; a length of -1 is the whole axis. */
export interface Extent {
  readonly start: number
  readonly length: number
}

/** No tensor has more axes. */
const MAX_RANK = 64

/** @returns the slice of `"7 4 0,3:-"`: sizes of the whole, then `start,length` by axis; `undefined` for the whole */
export function parseSlice(text: string): readonly Extent[] | undefined {
  const axes = text.split(' ').at(-1)?.split(':') ?? []
  if (text === '' || axes.length > MAX_RANK) return undefined
  const extents = axes.map((axis) => {
    const [start, length] = axis === '-' ? [0, -1] : axis.split(',').map(Number)
    return { start: start ?? Number.NaN, length: length ?? Number.NaN }
  })
  return extents.every(({ start, length }) => Number.isSafeInteger(start) && Number.isSafeInteger(length))
    ? extents
    : undefined
}

/** @returns the bytes of a key that sorts slices by tensor, axis and place */
export function sliceKey(name: string, slice: readonly Extent[]): Buffer {
  const places = slice.flatMap(({ start, length }) => [signed(start), signed(length)])
  return Buffer.concat([unsigned(0), escaped(name), unsigned(slice.length), ...places])
}

/** The number of bytes, then the bytes, the highest first. */
function unsigned(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([bytes.length, ...bytes])
}

/** Zeros and bytes of all ones are marked, so that the end can be told. */
function escaped(text: string): Buffer {
  const bytes = [...Buffer.from(text)].flatMap((byte) => (byte === 0 ? [0, 0xff] : byte === 0xff ? [0xff, 0] : [byte]))
  return Buffer.from([...bytes, 0, 1])
}

/** As many leading ones as there are bytes, turned over for numbers below zero; each byte holds seven bits of the number. */
function signed(value: number): Buffer {
  let width = 1
  while (width < 7 && (value < 0 ? -value - 1 : value) >= 2 ** (7 * width - 1)) width += 1
  const bytes = Buffer.alloc(width)
  // The number in two's complement; nothing of these widths is lost.
  bytes.writeIntBE(value, Math.max(0, width - 6), Math.min(width, 6))
  bytes[0] = (bytes[0] ?? 0) ^ ((0xff << (8 - width)) & 0xff)
  return bytes
}
