/**
 * Types and extents of datasets and attributes.
 *
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html sections IV.A.2.b and IV.A.2.d
 */
import type { DataType } from '../../../src/graph/data-type.js'
import { definedWide, NotPlain } from './plain-bytes.js'

/** What one element is. */
export type ElementType =
  | { readonly kind: 'number'; readonly dtype: DataType }
  | { readonly kind: 'text'; readonly size: number }
  /** Its bytes lie in a global heap. */
  | { readonly kind: 'variable-text' }

const CLASS = { integer: 0, float: 1, string: 3, variable: 9 } as const
const SIGNED = 8

/** Bytes of IEEE 754 types as they are described from byte 1 on: flags, size, and where exponent and mantissa lie. */
const FLOATS: ReadonlyMap<string, DataType> = new Map([
  ['200f0002000000000010000a05000a0f000000', 'float16'],
  ['201f000400000000002000170800177f000000', 'float32'],
  ['203f000800000000004000340b0034ff030000', 'float64'],
])
const INTEGERS: ReadonlyMap<number, readonly [DataType, DataType]> = new Map([
  [1, ['uint8', 'int8']],
  [2, ['uint16', 'int16']],
  [4, ['uint32', 'int32']],
  [8, ['uint64', 'int64']],
])

/** @throws {NotPlain} for types that are neither numbers of a machine's kind nor texts */
export function readElementType(body: Buffer): ElementType {
  const [flags, size] = [body[1] ?? 0, body.readUInt32LE(4)]
  switch ((body[0] ?? 0) & 15) {
    case CLASS.float:
      return { kind: 'number', dtype: known(FLOATS.get(body.subarray(1, 20).toString('hex'))) }
    case CLASS.integer: {
      const isWhole = body.readUInt16LE(8) === 0 && body.readUInt16LE(10) === 8 * size && (flags & ~SIGNED) === 0
      const pair = isWhole ? INTEGERS.get(size) : undefined
      return { kind: 'number', dtype: known(pair?.[flags === SIGNED ? 1 : 0]) }
    }
    case CLASS.string:
      return { kind: 'text', size }
    case CLASS.variable:
      if ((flags & 15) === 1) return { kind: 'variable-text' }
  }
  throw new NotPlain('a type that is neither number nor text')
}

function known(dtype: DataType | undefined): DataType {
  if (dtype === undefined) throw new NotPlain('numbers of another kind')
  return dtype
}

/** @returns sizes of the axes; `undefined` for an extent of nothing */
export function readExtent(body: Buffer): readonly number[] | undefined {
  const [version, rank] = [body[0], body[1] ?? 0]
  if (version === 2 && body[3] === 2) return undefined
  if (version !== 1 && version !== 2) throw new NotPlain(`an extent of version ${version}`)
  const start = version === 1 ? 8 : 4
  return Array.from({ length: rank }, (_, axis) => definedWide(body, start + 8 * axis))
}
