/** Poolings that are told the size of their output. @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html */
import { int, ints } from '../../../src/graph/attributes.js'
import { type Dimension, equalDimensions } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { type ScriptValue, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { placesOfLargest } from './pooled-places.js'
import { spatialSizes, withBatch } from './spatial.js'

/** The three operators that one kind of pooling becomes. */
interface Kind {
  readonly global: string
  readonly windows: string
  readonly reduce: string
}

const AVERAGE: Kind = { global: 'GlobalAveragePool', windows: 'AveragePool', reduce: 'ReduceMean' }
const LARGEST: Kind = { global: 'GlobalMaxPool', windows: 'MaxPool', reduce: 'ReduceMax' }

/** Beyond this a pooling that does not come out even is refused: each place of the output takes two nodes. */
const MAX_PLACES = 128

/** Average and max, which tells the places of the largest elements too. */
export const adaptivePooling: OperatorRules = {
  adaptive_avg_pool1d: (call, emitter) => pooled(AVERAGE, 1, call, emitter),
  adaptive_avg_pool2d: (call, emitter) => pooled(AVERAGE, 2, call, emitter),
  adaptive_avg_pool3d: (call, emitter) => pooled(AVERAGE, 3, call, emitter),
  _adaptive_avg_pool2d: (call, emitter) => pooled(AVERAGE, 2, call, emitter),
  _adaptive_avg_pool3d: (call, emitter) => pooled(AVERAGE, 3, call, emitter),
  adaptive_max_pool1d: (call, emitter) => largest(1, call, emitter),
  adaptive_max_pool2d: (call, emitter) => largest(2, call, emitter),
  adaptive_max_pool3d: (call, emitter) => largest(3, call, emitter),
}

function largest(axes: number, call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const sizes = spatialSizes(call, 'self', axes)
  const wanted = wantedSizes(axes, call)
  const places = withBatch(call.tensor(0, 'self'), axes, emitter, (x) => {
    if (wanted.every((size) => size === 1)) return placeInAll(x, axes, emitter)
    return placesOfLargest(x, sizes.map(known), wanted.map(known), emitter)
  })
  return tuple([pooled(LARGEST, axes, call, emitter), places])
}

/** The place of the largest element of each map, [N, C, 1, ...]. */
function placeInAll(x: Value, axes: number, emitter: TorchEmitter): Value {
  const flat = emitter.emit('Reshape', [x, emitter.numbers([0, 0, -1])])
  const place = emitter.emit('ArgMax', [flat], { axis: int(2), keepdims: int(1) })
  const more = range(axes - 1).map((axis) => axis + 3)
  return more.length === 0 ? place : emitter.emit('Unsqueeze', [place, emitter.numbers(more)])
}

function known(size: Dimension): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}

function wantedSizes(axes: number, call: OperatorCall): readonly Dimension[] {
  const given = call.sizes(1, 'output_size')
  return given.length === 1 ? range(axes).map(() => given[0] ?? 1) : given
}

function pooled(kind: Kind, axes: number, call: OperatorCall, emitter: TorchEmitter) {
  const sizes = spatialSizes(call, 'self', axes)
  const wanted = wantedSizes(axes, call)
  return withBatch(call.tensor(0, 'self'), axes, emitter, (x) => {
    if (wanted.every((size) => size === 1)) return emitter.emit(kind.global, [x])
    const steps = sizes.map((size, axis) => evenStep(size, wanted[axis] ?? 1))
    if (steps.every((step) => step !== undefined)) return inWindows(kind, x, steps, emitter)
    // The mean of means over windows of one size is the mean, so the axes can go one after the other.
    return sizes.reduce<Value>(
      (value, size, axis) => alongAxis(kind, value, axis + 2, size, wanted[axis] ?? 1, call, emitter),
      x,
    )
  })
}

/** @returns the width of each window where all are alike; `undefined` where they are not */
function evenStep(size: Dimension, wanted: Dimension): number | undefined {
  if (equalDimensions(size, wanted)) return 1
  if (typeof size !== 'number' || typeof wanted !== 'number') return undefined
  return size % wanted === 0 ? size / wanted : undefined
}

function inWindows(kind: Kind, x: Value, steps: readonly number[], emitter: TorchEmitter): Value {
  if (steps.every((step) => step === 1)) return x
  return emitter.emit(kind.windows, [x], { kernel_shape: ints(steps), strides: ints(steps) })
}

function alongAxis(
  kind: Kind,
  x: Value,
  axis: number,
  size: Dimension,
  wanted: Dimension,
  call: OperatorCall,
  emitter: TorchEmitter,
): Value {
  if (equalDimensions(size, wanted)) return x
  if (wanted === 1) return reduced(kind, x, axis, emitter)
  if (typeof wanted !== 'number') throw new OpenSize(wanted, undefined)
  if (typeof size !== 'number') throw new OpenSize(size, wanted)
  if (wanted > MAX_PLACES) return call.refuse(`it makes ${wanted} places of ${size}, which does not come out even`)
  const places = range(wanted).map((place) => {
    const [start, end] = [Math.floor((place * size) / wanted), Math.ceil(((place + 1) * size) / wanted)]
    const limits = [emitter.numbers([start]), emitter.numbers([end]), emitter.numbers([axis])]
    return reduced(kind, emitter.emit('Slice', [x, ...limits]), axis, emitter)
  })
  return emitter.emit('Concat', places, { axis: int(axis) })
}

const reduced = (kind: Kind, x: Value, axis: number, emitter: TorchEmitter): Value =>
  emitter.emit(kind.reduce, [x, emitter.numbers([axis])], { keepdims: int(1) })
