/** Poolings over windows. @see https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions */
import { int, ints } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { type Dimension, product, type Shape } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { int as number, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { like, operandOf } from './operands.js'
import { allWithBatch, perAxis, spatialSizes, windowAttributes, withBatch } from './spatial.js'

/** Max and average pooling in one to three dimensions. */
export const pooling: OperatorRules = {
  max_pool1d: largest(1),
  max_pool2d: largest(2),
  max_pool3d: largest(3),
  max_pool1d_with_indices: largestAndWhere(1),
  max_pool2d_with_indices: largestAndWhere(2),
  max_pool3d_with_indices: largestAndWhere(3),
  avg_pool1d: average(1),
  avg_pool2d: average(2),
  avg_pool3d: average(3),
  ...Object.fromEntries(['fractional_max_pool2d', 'fractional_max_pool3d'].map((name) => [name, random])),
}

function random(call: OperatorCall): never {
  return call.refuse('its windows are random, so no two runs would agree')
}

function largest(axes: number): OperatorRule {
  return (call, emitter) =>
    withBatch(call.tensor(0, 'self'), axes, emitter, (x) => emitter.emit('MaxPool', [x], maxAttributes(axes, call)))
}

function maxAttributes(axes: number, call: OperatorCall): Attributes {
  spatialSizes(call, 'self', axes)
  const kernel = perAxis(call.ints(1, 'kernel_size'), axes)
  const strides = perAxis(call.ints(2, 'stride', []), axes, kernel)
  const [pads, dilations] = [perAxis(call.ints(3, 'padding', [0]), axes), perAxis(call.ints(4, 'dilation', [1]), axes)]
  return {
    kernel_shape: ints(kernel),
    ...windowAttributes(strides, dilations, pads),
    ceil_mode: int(Number(call.bool(5, 'ceil_mode', false))),
  }
}

/** PyTorch counts the places within each map, ONNX within the whole tensor. */
function largestAndWhere(axes: number): OperatorRule {
  return (call, emitter) => {
    const attributes = maxAttributes(axes, call)
    const map = operandOf(number(product(spatialSizes(call, 'self', axes))), 'int64', call, emitter)
    const found = allWithBatch(call.tensor(0, 'self'), axes, emitter, (x) => {
      const [values, places] = emitter.emitAll('MaxPool', [x], attributes, { outputs: 2 })
      return values === undefined ? [] : [values, emitter.emit('Mod', [places, map])]
    })
    return tuple(found)
  }
}

function average(axes: number): OperatorRule {
  return (call, emitter) => {
    const sizes = spatialSizes(call, 'self', axes)
    const window = averageWindow(axes, call)
    const divisor = call.has(6, 'divisor_override') ? call.int(6, 'divisor_override') : undefined
    return withBatch(call.tensor(0, 'self'), axes, emitter, (x) =>
      divisor === undefined
        ? averaged(x, sizes, window, call, emitter)
        : emitter.emit('Div', [summed(x, sizes, window, emitter), like(divisor, x, emitter)]),
    )
  }
}

interface AverageWindow {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly pads: readonly number[]
  readonly ceil: boolean
}

function averageWindow(axes: number, call: OperatorCall): AverageWindow {
  const kernel = perAxis(call.ints(1, 'kernel_size'), axes)
  const strides = perAxis(call.ints(2, 'stride', []), axes, kernel)
  const pads = perAxis(call.ints(3, 'padding', [0]), axes)
  return { kernel, strides, pads, ceil: call.bool(4, 'ceil_mode', false) }
}

/** Engines keep a last window that would start beyond the input and its first pad; less behind the input leaves it out. */
function averaged(x: Value, sizes: Shape, window: AverageWindow, call: OperatorCall, emitter: TorchEmitter): Value {
  const { kernel, strides, pads, ceil } = window
  const less = sizes.map((size, axis) => (ceil ? unreached(size, kernel[axis], strides[axis], pads[axis]) : 0))
  const behind = pads.map((pad, axis) => pad - (less[axis] ?? 0))
  return emitter.emit('AveragePool', [cropped(x, behind, emitter)], {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    pads: ints([...pads, ...behind.map((pad) => Math.max(pad, 0))]),
    ceil_mode: int(Number(ceil)),
    count_include_pad: int(Number(call.bool(5, 'count_include_pad', true))),
  })
}

/** Elements behind the last window, where a further one is left out; 0 where there is none, or where it is kept. */
function unreached(size: Dimension, width = 1, stride = 1, pad = 0): number {
  if (stride + pad <= width) return 0
  if (typeof size !== 'number') throw new OpenSize(size, undefined)
  const rest = (size + 2 * pad - width) % stride
  return rest > 0 && rest <= stride + pad - width ? rest : 0
}

/** Leaves out what no window reaches: as many elements at the end of an axis as its pad is below 0. */
function cropped(x: Value, behind: readonly number[], emitter: TorchEmitter): Value {
  const axes = range(behind.length).filter((axis) => (behind[axis] ?? 0) < 0)
  if (axes.length === 0) return x
  const [starts, ends] = [axes.map(() => 0), axes.map((axis) => behind[axis] ?? 0)]
  return emitter.emit('Slice', [
    x,
    emitter.numbers(starts),
    emitter.numbers(ends),
    emitter.numbers(axes.map((axis) => axis + 2)),
  ])
}

/** The sum under each window: zeros are put around the input, so that every window is whole. */
function summed(x: Value, sizes: Shape, { kernel, strides, pads, ceil }: AverageWindow, emitter: TorchEmitter): Value {
  const more = sizes.map((size, axis) => (ceil ? overhang(size, kernel[axis], strides[axis], pads[axis]) : 0))
  const behind = pads.map((pad, axis) => pad + (more[axis] ?? 0))
  const around = emitter.numbers([0, 0, ...pads, 0, 0, ...behind])
  const padded = behind.some((pad) => pad > 0) ? emitter.emit('Pad', [x, around]) : x
  const mean = emitter.emit('AveragePool', [padded], { kernel_shape: ints(kernel), strides: ints(strides) })
  const elements = kernel.reduce((all, width) => all * width, 1)
  return emitter.emit('Mul', [mean, like(elements, x, emitter)])
}

/** How far the last window reaches beyond the padded input; one that would start beyond the input and its first pad is left out. */
function overhang(size: Dimension, width = 1, stride = 1, pad = 0): number {
  if (typeof size !== 'number') throw new OpenSize(size, undefined)
  const windows = Math.ceil((size + 2 * pad - width) / stride) + 1
  const kept = (windows - 1) * stride >= size + pad ? windows - 1 : windows
  return Math.max((kept - 1) * stride + width - size - 2 * pad, 0)
}
