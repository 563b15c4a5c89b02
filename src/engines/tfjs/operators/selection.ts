/** Operators that pick elements out of a tensor. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { axisIn } from '../layout.js'
import type { OperatorCall } from '../operator-call.js'
import { operator, type TfjsOperators } from './operator.js'

/** Slices and gathers. */
export const selection: TfjsOperators = {
  Slice: operator(slice, 'StridedSlice', 'Slice', 'GatherV2'),
  Gather: operator(gather, 'GatherV2'),
  GatherND: operator(gatherNd, 'GatherNd'),
  TopK: operator(topK, 'TopK', 'Transpose'),
  CumSum: operator(cumSum, 'Cumsum'),
  OneHot: operator(oneHot, 'Equal', 'Cast', 'Multiply', 'Add'),
}

/** What a slice takes of one axis. */
interface Part {
  readonly start: number
  readonly step: number
  readonly count: number
}

function slice(call: OperatorCall): void {
  const { tf } = call
  const x = call.value(0)
  const rank = x.shape.length
  const parts = partsOf(call, x.shape)
  const placed = parts
    .map((part, axis) => ({ part, place: axisIn(x.layout, axis, rank) }))
    .sort((a, b) => a.place - b.place)
  const lying = placed.map(({ part }) => part)
  const key = JSON.stringify(lying)
  if (lying.every(({ step, count }) => step === 1 || count === 1)) {
    const [begin, size] = [lying.map(({ start }) => start), lying.map(({ count }) => count)]
    return void call.output(call.map(x, key, (input) => tf.slice(input, begin, size), call.outputShape()))
  }
  const work = (input: Tensor) =>
    lying.reduce((result, { start, step, count }, axis) => {
      if (start === 0 && step === 1 && count === result.shape[axis]) return result
      const places = Array.from({ length: count }, (_, index) => start + index * step)
      return tf.gather(result, tf.tensor1d(places, 'int32'), axis)
    }, input)
  call.output(call.map(x, key, work, call.outputShape()))
}

/** @see https://onnx.ai/onnx/operators/onnx__Slice.html */
function partsOf(call: OperatorCall, shape: readonly number[]): readonly Part[] {
  const starts = call.list('starts', 1) ?? []
  const ends = call.list('ends', 2) ?? []
  const axes = call.list('axes', 3) ?? starts.map((_, axis) => axis)
  const steps = call.numbers(4) ?? starts.map(() => 1)
  const parts: Part[] = shape.map((count) => ({ start: 0, step: 1, count }))
  for (const [index, given] of axes.entries()) {
    const axis = given < 0 ? given + shape.length : given
    const size = shape[axis] ?? 1
    const step = steps[index] ?? 1
    const from = clamp(starts[index] ?? 0, size, 0, step > 0 ? size : size - 1)
    const to = clamp(ends[index] ?? size, size, step > 0 ? 0 : -1, size)
    parts[axis] = { start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) }
  }
  return parts
}

const clamp = (place: number, size: number, low: number, high: number): number =>
  Math.min(Math.max(place < 0 ? place + size : place, low), high)

/** Indices below nothing count from the end. */
function gather(call: OperatorCall): void {
  const { tf } = call
  const shape = call.shape(0)
  const given = call.int('axis', 0)
  const axis = given < 0 ? given + shape.length : given
  const size = shape[axis] ?? 1
  const output = [...call.outputShape()]
  const known = call.numbersIfKnown(1)
  const indices = call.input(1)
  if (known !== undefined) {
    const places = known.map((index) => (index < 0 ? index + size : index))
    const work = (x: Tensor) => tf.reshape(tf.gather(x, tf.tensor1d(places, 'int32'), axis), output)
    return void call.output(call.map(call.input(0), `${axis} ${places}`, work, output))
  }
  const work = ([x, index]: readonly Tensor[]) => {
    const flat = tf.reshape(index as Tensor, [-1])
    const whole = tf.where(tf.less(flat, 0), tf.add(flat, tf.scalar(size, 'int32')), flat)
    return tf.reshape(tf.gather(x as Tensor, tf.cast(whole, 'int32') as never, axis), output)
  }
  call.output(call.step([call.input(0), indices], `${axis}`, output, 'plain', work))
}

function gatherNd(call: OperatorCall): void {
  const { tf } = call
  if (call.int('batch_dims', 0) !== 0) throw call.refusal('batch_dims')
  if (call.numbersIfKnown(1)?.some((index) => index < 0) === true) throw call.refusal('indices below nothing')
  const work = ([x, indices]: readonly Tensor[]) => tf.gatherND(x as Tensor, tf.cast(indices as Tensor, 'int32'))
  call.output(call.step([call.input(0), call.input(1)], '', call.outputShape(), 'plain', work))
}

/** The largest elements of an axis; the smallest ones are the largest of the negative. */
function topK(call: OperatorCall): void {
  const { tf } = call
  const rank = call.shape(0).length
  const given = call.int('axis', -1)
  const axis = given < 0 ? given + rank : given
  const isLargest = call.int('largest', 1) === 1
  const count = call.outputShape()[axis] ?? 1
  const order = Array.from({ length: rank }, (_, index) => index)
  ;[order[axis], order[rank - 1]] = [rank - 1, axis]
  const work = ([x]: readonly Tensor[]): Tensor[] => {
    const last = tf.transpose(isLargest ? (x as Tensor) : tf.neg(x as Tensor), order)
    const { values, indices } = tf.topk(last, count, true)
    return [tf.transpose(isLargest ? values : tf.neg(values), order), tf.transpose(indices, order)]
  }
  const slots = call.context.builder.steps([call.input(0)], `top ${axis} ${count} ${isLargest}`, 2, work)
  for (const [index, slot] of slots.entries()) call.output({ slot, layout: 'plain', shape: call.outputShape() }, index)
}

function cumSum(call: OperatorCall): void {
  const [axis = 0] = call.numbers(1) ?? []
  const [isExclusive, isReverse] = [call.int('exclusive', 0) === 1, call.int('reverse', 0) === 1]
  const place = axis < 0 ? axis + call.shape(0).length : axis
  const work = (x: Tensor) => call.tf.cumsum(x, place, isExclusive, isReverse)
  call.output(call.map(call.input(0), `${place} ${isExclusive} ${isReverse}`, work))
}

function oneHot(call: OperatorCall): void {
  const { tf } = call
  const [depth = 1] = call.numbers(1) ?? []
  const [off = 0, on = 1] = call.numbers(2) ?? []
  const shape = call.outputShape()
  const given = call.int('axis', -1)
  const axis = given < 0 ? given + shape.length : given
  const line = shape.map((_, index) => (index === axis ? depth : 1))
  const work = (x: Tensor) => {
    const places = tf.reshape(tf.range(0, depth, 1, 'int32'), line)
    const index = tf.expandDims(tf.cast(x, 'int32'), axis)
    const whole = tf.where(tf.less(index, 0), tf.add(index, tf.scalar(depth, 'int32')), index)
    return tf.add(tf.mul(tf.cast(tf.equal(whole, places), 'float32'), on - off), off)
  }
  call.output(call.map(call.input(0), `${axis} ${depth} ${off} ${on}`, work, shape))
}
