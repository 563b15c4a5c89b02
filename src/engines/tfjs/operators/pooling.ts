/** Pools. Margins that TensorFlow calls `same` go to the kernel, others are added before it. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { OperatorCall } from '../operator-call.js'
import type { PlannedValue, Work } from '../plan.js'
import { operator, type TfjsOperators } from './operator.js'
import { isSame, type Window, windowOf } from './window.js'

/** MaxPool, AveragePool and those over the whole picture. */
export const pooling: TfjsOperators = {
  MaxPool: operator((call) => pool(call, maxOf), 'MaxPool', 'PadV2'),
  AveragePool: operator((call) => pool(call, meanOf), 'AvgPool', 'PadV2', 'Multiply'),
  GlobalAveragePool: operator((call) => wholePicture(call, (x, axes) => call.tf.mean(x, axes, true)), 'Mean'),
  GlobalMaxPool: operator((call) => wholePicture(call, (x, axes) => call.tf.max(x, axes, true)), 'Max'),
}

/** What a pool runs, and the constants that it takes beside its input. */
interface Pool {
  readonly work: Work
  readonly constants: readonly PlannedValue[]
}

type PoolWork = (
  call: OperatorCall,
  window: Window,
  same: boolean,
  sizes: readonly number[],
  outputs: readonly number[],
) => Pool

function pool(call: OperatorCall, work: PoolWork): void {
  const shape = call.shape(0)
  const kernel = call.ints('kernel_shape') ?? []
  if (shape.length < 3 || shape.length > 5) throw call.refusal(`${shape.length - 2} spatial axes`)
  if (call.ints('dilations')?.some((size) => size !== 1) === true) throw call.refusal('dilations')
  if ((call.trace.node.outputs[1] ?? '') !== '') throw call.refusal('indices of the largest elements')
  const [sizes, outputs] = [shape.slice(2), call.outputShape().slice(2)]
  const window = windowOf(call, kernel, sizes, outputs)
  if (shape.length === 5) return void volume(call, window)
  const image = shape.length === 3 ? asRow(window) : window
  const [rows, results] =
    shape.length === 3
      ? [
          [1, ...sizes],
          [1, ...outputs],
        ]
      : [sizes, outputs]
  const { work: run, constants } = work(call, image, isSame(image, rows, results), rows, results)
  const x = call.input(0, 'channels-last')
  const isLine = shape.length === 3
  const { tf } = call
  const made: PlannedValue = call.step(
    [x, ...constants],
    JSON.stringify(window),
    call.outputShape(),
    'channels-last',
    ([input, ...others]) => {
      if (!isLine) return run([input as Tensor, ...others])
      return tf.squeeze(run([tf.expandDims(input as Tensor, 1), ...others]) as Tensor, [1])
    },
  )
  call.output(made)
}

/**
 * Three axes in two pools of pictures, since the kernel for three gives wrong numbers for windows of unequal sizes on
 * WebAssembly (tfjs-backend-wasm 4.22). Means leave margins out only where there are none.
 */
function volume(call: OperatorCall, { kernel, strides, before, after }: Window): void {
  const { tf } = call
  const isMax = call.operator === 'MaxPool'
  const margins = before.map((size, axis): Pair => [size, Math.max(after[axis] ?? 0, 0)])
  const isPadded = margins.flat().some((size) => size > 0)
  if (!isMax && isPadded) throw call.refusal('margins in three axes')
  const pairs: Pair[] = [[0, 0], ...margins, [0, 0]]
  const [deep = 1, high = 1, wide = 1] = kernel
  const [deepStep = 1, highStep = 1, wideStep = 1] = strides
  const pooled = (x: Tensor, size: Pair, steps: Pair): Tensor =>
    isMax ? tf.maxPool(x as Tensor4D, size, steps, 'valid') : tf.avgPool(x as Tensor4D, size, steps, 'valid')
  const work = (x: Tensor) => {
    const whole = isPadded ? tf.pad(x, pairs, LOWEST) : x
    const [count = 1, depth = 1, height = 1, width = 1, channels = 1] = whole.shape
    const flat = pooled(tf.reshape(whole, [count * depth, height, width, channels]), [high, wide], [highStep, wideStep])
    const [, rows = 1, columns = 1] = flat.shape
    const result = pooled(tf.reshape(flat, [count, depth, rows * columns, channels]), [deep, 1], [deepStep, 1])
    return tf.reshape(result, [count, result.shape[1] ?? 1, rows, columns, channels])
  }
  const key = JSON.stringify({ kernel, strides, margins })
  call.output(call.map(call.input(0, 'channels-last'), key, work, call.outputShape()))
}

const asRow = ({ kernel, strides, dilations, before, after }: Window): Window => ({
  kernel: [1, ...kernel],
  strides: [1, ...strides],
  dilations: [1, ...dilations],
  before: [0, ...before],
  after: [0, ...after],
})

type Pair = [number, number]

const pairsOf = ({ before, after }: Window): [Pair, Pair, Pair, Pair] => {
  const [top = 0, left = 0] = before
  const [bottom = 0, right = 0] = after.map((size) => Math.max(size, 0))
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

const hasMargins = (window: Window): boolean => pairsOf(window).some(([start, end]) => start > 0 || end > 0)

const alone = (work: Work): Pool => ({ work, constants: [] })

const maxOf: PoolWork = ({ tf }, window, same) => {
  const [kernel, strides] = [window.kernel as Pair, window.strides as Pair]
  if (same || !hasMargins(window)) {
    const pad = hasMargins(window) ? 'same' : 'valid'
    return alone(([x]) => tf.maxPool(x as Tensor4D, kernel, strides, pad))
  }
  const pairs = pairsOf(window)
  return alone(([x]) => tf.maxPool(tf.pad(x as Tensor4D, pairs, LOWEST) as Tensor4D, kernel, strides, 'valid'))
}

/** Below every number that a float32 can hold. */
const LOWEST = -3.4028234663852886e38

/** TensorFlow leaves margins out of the mean; where ONNX counts them, they are added as zeros. */
const meanOf: PoolWork = (call, window, same, sizes, outputs) => {
  const { tf } = call
  const [kernel, strides] = [window.kernel as Pair, window.strides as Pair]
  if (!hasMargins(window)) return alone(([x]) => tf.avgPool(x as Tensor4D, kernel, strides, 'valid'))
  const isCounted = call.int('count_include_pad', 0) === 1
  if (same && !isCounted) return alone(([x]) => tf.avgPool(x as Tensor4D, kernel, strides, 'same'))
  const pairs = pairsOf(window)
  const factors = factorsOf(call, window, sizes, outputs, isCounted)
  const shape = [1, outputs[0] ?? 1, outputs[1] ?? 1, 1]
  const key = `${sizes}x${outputs}`
  return {
    work: ([x, factor]) =>
      tf.mul(tf.avgPool(tf.pad(x as Tensor4D, pairs) as Tensor4D, kernel, strides, 'valid'), factor as Tensor),
    constants: [call.constant(key, shape, () => tf.tensor(factors, shape))],
  }
}

/** What turns a mean over the whole window into one over the places that count. */
function factorsOf(
  call: OperatorCall,
  window: Window,
  sizes: readonly number[],
  outputs: readonly number[],
  isCounted: boolean,
): number[] {
  const given = call.ints('pads') ?? []
  const axes = outputs.length
  const offset = given.length === 2 ? 1 : 0
  const counts = outputs.map((count, axis) => {
    const [size = 1, kernel = 1, stride = 1, start = 0] = [
      sizes[axis],
      window.kernel[axis],
      window.strides[axis],
      window.before[axis],
    ]
    const end = isCounted ? size + (given[axis - offset + axes - offset] ?? Math.max(window.after[axis] ?? 0, 0)) : size
    const first = isCounted ? -start : 0
    return Array.from({ length: count }, (_, place) => {
      const from = place * stride - start
      return kernel / Math.max(1, Math.min(from + kernel, end) - Math.max(from, first))
    })
  })
  const [rows = [1], columns = [1]] = counts
  return rows.flatMap((row) => columns.map((column) => row * column))
}

function wholePicture(call: OperatorCall, reduce: (x: Tensor, axes: number[]) => Tensor): void {
  const rank = call.shape(0).length
  const x = call.input(0, 'channels-last')
  const axes = Array.from({ length: rank - 2 }, (_, axis) => axis + 1)
  call.output(call.map(x, 'whole', (input) => reduce(input, axes), call.outputShape()))
}
