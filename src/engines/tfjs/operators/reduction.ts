/** Sums, means and extremes over axes. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { axisIn } from '../layout.js'
import type { Tfjs } from '../library.js'
import type { OperatorCall } from '../operator-call.js'
import { operator, type TfjsOperator, type TfjsOperators } from './operator.js'

type Reduce = (tf: Tfjs, x: Tensor, axes: number[], keep: boolean) => Tensor

/** Operators that take axes away, or leave ones in their place. */
export const reduction: TfjsOperators = {
  ReduceMean: reduce((tf, x, axes, keep) => tf.mean(x, axes, keep), 'Mean'),
  ReduceSum: reduce((tf, x, axes, keep) => tf.sum(x, axes, keep), 'Sum'),
  ReduceMax: reduce((tf, x, axes, keep) => tf.max(x, axes, keep), 'Max'),
  ReduceMin: reduce((tf, x, axes, keep) => tf.min(x, axes, keep), 'Min'),
  ReduceProd: reduce((tf, x, axes, keep) => tf.prod(x, axes, keep), 'Prod'),
  ReduceL1: reduce((tf, x, axes, keep) => tf.sum(tf.abs(x), axes, keep), 'Sum', 'Abs'),
  ReduceL2: reduce((tf, x, axes, keep) => tf.sqrt(tf.sum(tf.square(x), axes, keep)), 'Sum', 'Square', 'Sqrt'),
  ReduceSumSquare: reduce((tf, x, axes, keep) => tf.sum(tf.square(x), axes, keep), 'Sum', 'Square'),
  ReduceLogSum: reduce((tf, x, axes, keep) => tf.log(tf.sum(x, axes, keep)), 'Sum', 'Log'),
  ReduceLogSumExp: reduce(logSumExp, 'Sum', 'Log', 'Exp', 'Max', 'Sub', 'Add'),
  ArgMax: operator((call) => extreme(call, (x, axis) => call.tf.argMax(x, axis)), 'ArgMax'),
  ArgMin: operator((call) => extreme(call, (x, axis) => call.tf.argMin(x, axis)), 'ArgMin'),
}

function reduce(work: Reduce, ...kernels: readonly string[]): TfjsOperator {
  return operator((call) => overAxes(call, work), ...kernels, 'Transpose')
}

function overAxes(call: OperatorCall, work: Reduce): void {
  const rank = call.shape(0).length
  const isKept = call.int('keepdims', 1) === 1
  const given = call.list('axes', 1) ?? []
  if (given.length === 0 && call.int('noop_with_empty_axes', 0) === 1) return void call.output(call.value(0))
  const axes =
    given.length === 0
      ? Array.from({ length: rank }, (_, axis) => axis)
      : given.map((axis) => (axis < 0 ? axis + rank : axis))
  const layout = isKept || keepsOrder(axes, rank) ? call.value(0).layout : 'plain'
  const x = call.input(0, layout)
  const places = axes.map((axis) => axisIn(layout, axis, rank)).sort((a, b) => a - b)
  const result = isKept ? layout : 'plain'
  call.output(
    call.step([x], `${places} ${isKept}`, call.outputShape(), result, ([input]) =>
      work(call.tf, input as Tensor, places, isKept),
    ),
  )
}

/** Without the channels, or without all places, what remains lies as ONNX orders it. */
function keepsOrder(axes: readonly number[], rank: number): boolean {
  const places = Array.from({ length: rank - 2 }, (_, axis) => axis + 2)
  return axes.includes(1) || places.every((axis) => axes.includes(axis))
}

function logSumExp(tf: Tfjs, x: Tensor, axes: number[], keep: boolean): Tensor {
  const largest = tf.max(x, axes, true)
  const sum = tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, largest)), axes, true)), largest)
  return keep ? sum : tf.squeeze(sum, axes)
}

function extreme(call: OperatorCall, work: (x: Tensor, axis: number) => Tensor): void {
  const shape = call.shape(0)
  const given = call.int('axis', 0)
  const axis = given < 0 ? given + shape.length : given
  if (call.int('select_last_index', 0) === 1) throw call.refusal('the last of equal elements')
  const x = call.input(0)
  const output = [...call.outputShape()]
  call.output(
    call.step([x], `${axis} ${output}`, output, 'plain', ([input]) =>
      call.tf.reshape(work(input as Tensor, axis), output),
    ),
  )
}
