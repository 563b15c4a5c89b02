/**
 * Masks of Dropout from a generator that counts: an element's fate is a hash of its place and of a key, so that the same key
 * drops the same elements on every machine, and a resumed training drops what it would have dropped.
 *
 * The hash is the 32-bit finalizer `lowbias32`, with the second half of the key between its two products.
 *
 * @see https://nullprogram.com/blog/2018/07/31/
 */
import { createHash } from 'node:crypto'
import { int, text } from '../graph/attributes.js'
import { DATA_TYPES, type DataType } from '../graph/data-type.js'
import type { Emitter, Sizes } from './emitter.js'

/** @returns the key of one step, `[2]` */
export function dropoutKey(seed: number, step: number): Uint32Array<ArrayBuffer> {
  const digest = createHash('sha256').update(`${seed}/${step}`).digest()
  return Uint32Array.of(digest.readUInt32LE(0), digest.readUInt32LE(4))
}

/** What a mask is made of. */
export interface MaskPlan {
  /** Name of the key. */
  readonly key: string
  readonly sizes: Sizes
  readonly dtype: DataType
  /** Share of the elements that are dropped, `(0, 1)`. */
  readonly ratio: number
  /** Elements of the masks before, so that no two share their places. */
  readonly start: number
}

/** @returns `isKept`, bool, and `factors`: 0 where dropped, 1 / (1 - ratio) elsewhere */
export function writeMask(emit: Emitter, plan: MaskPlan): { readonly isKept: string; readonly factors: string } {
  const { sizes, ratio } = plan
  const limit = unsigned(emit, Math.round((1 - ratio) * 2 ** 32))
  const isKept = emit.reshape(emit.op('Less', [hash(emit, plan), limit]), sizes)
  const factors = emit.op('Cast', [isKept], { to: int(DATA_TYPES[plan.dtype].code) })
  return { isKept, factors: emit.mul(factors, emit.float(1 / (1 - ratio), plan.dtype)) }
}

function hash(emit: Emitter, { key, sizes, start }: MaskPlan): string {
  const count = sizes.reduce((product, size) => product * size, 1)
  const [first, second] = [0, 1].map((index) => emit.slice(key, 0, index, index + 1))
  const mixed = (value: string, shift: number) => {
    const shifted = emit.op('BitShift', [value, unsigned(emit, shift)], { direction: text('RIGHT') })
    return emit.op('BitwiseXor', [value, shifted])
  }
  const places = emit.op('Range', [emit.whole(start), emit.whole(start + count), emit.whole(1)])
  const counters = emit.op('Cast', [places], { to: int(DATA_TYPES.uint32.code) })
  const begun = mixed(emit.op('BitwiseXor', [counters, first ?? '']), 16)
  const between = emit.add(emit.mul(begun, unsigned(emit, 0x7feb352d)), second ?? '')
  return mixed(emit.mul(mixed(between, 15), unsigned(emit, 0x846ca68b)), 16)
}

function unsigned(emit: Emitter, value: number): string {
  return emit.builder.initializer(emit.name('whole'), Uint32Array.of(value), [], { dtype: 'uint32' })
}
