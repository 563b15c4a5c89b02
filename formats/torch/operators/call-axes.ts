/** Axes and sizes that a call names, counted from the first axis. */
import { type Dimension, equalDimensions, type Shape } from '../../../src/graph/dimension.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenRank, OpenSize, type TensorGuess } from '../open-size.js'
import type { OperatorCall } from '../operator-call.js'
import type { TorchEmitter } from '../torch-emitter.js'

/** An end that lies behind every axis. */
export const END = Number.MAX_SAFE_INTEGER

/** @returns the axis counted from the first one; a scalar is taken to have one axis */
export function axisOf(given: number, rank: number, call: OperatorCall): number {
  const axis = given < 0 ? given + Math.max(rank, 1) : given
  if (axis >= 0 && axis < Math.max(rank, 1)) return axis
  return call.refuse(`it names axis ${given} of a tensor with ${rank}`)
}

/** @returns the axis that an argument names, counted from the first one */
export const axisAt = (call: OperatorCall, position: number, name: string, rank: number, fallback?: number): number =>
  axisOf(call.int(position, name, fallback), rank, call)

/** @throws {OpenRank} where the rank is not known */
export function shapeOfValue(value: Value, guess?: TensorGuess): Shape {
  const shape = shapeOf(value.known)
  if (shape === undefined) throw new OpenRank(value, guess)
  return shape
}

/** @returns a list of sizes as a node reads it */
export function sizesValue(sizes: readonly Dimension[], emitter: TorchEmitter): Value {
  const value = emitter.sizes(sizes)
  if (value !== undefined) return value
  const open = sizes.find((size) => typeof size !== 'number' && emitter.sizes([size]) === undefined)
  throw new OpenSize(open ?? 0, undefined)
}

/** @returns a size as a node reads it, int64 `[1]` */
export const sizeValue = (size: Dimension, emitter: TorchEmitter): Value => sizesValue([size], emitter)

/** @returns the same elements under another shape; no node where it is the same */
export function reshaped(value: Value, target: Shape, emitter: TorchEmitter): Value {
  const input = shapeOf(value.known)
  if (input?.length === target.length && input.every((size, axis) => equalDimensions(size, target[axis] ?? 0)))
    return value
  const sizes = writtenSizes(target, input)
  return emitter.emit('Reshape', [value, sizes === undefined ? sizesValue(target, emitter) : emitter.numbers(sizes)])
}

/** @returns sizes with 0 (copied) and -1 (what is left), or `undefined` where these do not suffice */
function writtenSizes(target: Shape, input: Shape | undefined): readonly number[] | undefined {
  if (target.includes(0)) return undefined
  const sizes = target.map((size, axis) => {
    if (typeof size === 'number') return size
    const copied = input?.[axis]
    return copied !== undefined && equalDimensions(copied, size) ? 0 : undefined
  })
  const open = sizes.filter((size) => size === undefined).length
  return open > 1 ? undefined : sizes.map((size) => size ?? -1)
}
