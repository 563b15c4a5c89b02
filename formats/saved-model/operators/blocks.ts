/** Blocks of pixels as batches, which is how TensorFlow dilates convolutions, and back. */
import { ints } from '../../../src/graph/attributes.js'
import { range } from '../../emission/known-numbers.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, numbersAt, type Operation, rankAt } from '../operation.js'
import { dilatedConvolution } from './convolution.js'

/** SpaceToBatchND and BatchToSpaceND; a convolution between the two becomes one dilated convolution. */
export const blocks: ConversionTable = {
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: (operation, emitter) => asDilated(operation, emitter) ?? batchToSpace(operation, emitter),
}

/** `BatchToSpace(Conv(SpaceToBatch(x)))`: rows that lie `block` apart meet the kernel, so it is dilated by the block. */
function asDilated(operation: Operation, emitter: FlowEmitter): Flow | undefined {
  const convolution = inputAt(operation, 0).origin?.operation
  const spread = convolution?.inputs[0]?.origin?.operation
  if (convolution === undefined || spread?.operator !== 'SpaceToBatchND') return undefined
  const [block, pads] = [inputAt(spread, 1).numbers, inputAt(spread, 2).numbers]
  const [back, crops] = [inputAt(operation, 1).numbers, inputAt(operation, 2).numbers]
  if (block === undefined || pads === undefined || crops === undefined || back?.join() !== block.join())
    return undefined
  // With steps of 1, what is cut off the result is what need not have been put around the input.
  const margins = pads.map((pad, index) => pad - (crops[index] ?? 0))
  if (margins.some((margin) => margin < 0)) return undefined
  const around = {
    dilations: block,
    before: margins.filter((_, index) => index % 2 === 0),
    after: margins.filter((_, index) => index % 2 === 1),
  }
  return dilatedConvolution(
    { ...convolution, inputs: [inputAt(spread, 0), ...convolution.inputs.slice(1)] },
    around,
    emitter,
  )
}

/** Padding, then each block's pixels become batches: reshape and transpose. */
function spaceToBatch(operation: Operation, emitter: FlowEmitter): Flow {
  const rank = rankAt(operation, 0)
  const block = numbersAt(operation, 1, 'block')
  const pads = numbersAt(operation, 2, 'padding')
  const count = block.length
  const rest = rank - 1 - count
  const zeros = range(rest).map(() => 0)
  const before = [0, ...range(count).map((axis) => pads[2 * axis] ?? 0), ...zeros]
  const after = [0, ...range(count).map((axis) => pads[2 * axis + 1] ?? 0), ...zeros]
  const padded = emitter.emit('Pad', [emitter.plain(inputAt(operation, 0)), emitter.numbers([...before, ...after])])
  const sizes = fixedSizes(operation, emitter.flow(padded))
  const opened = block.flatMap((size, axis) => [(sizes[axis] ?? 0) / size, size])
  const apart = emitter.emit('Reshape', [padded, emitter.numbers([-1, ...opened, ...sizes.slice(count)])])
  const order = [
    ...range(count).map((axis) => 2 * axis + 2),
    0,
    ...range(count).map((axis) => 2 * axis + 1),
    ...range(rest).map((axis) => 2 * count + 1 + axis),
  ]
  const turned = emitter.emit('Transpose', [apart], { perm: ints(order) })
  const shrunk = block.map((size, axis) => (sizes[axis] ?? 0) / size)
  const value = emitter.emit('Reshape', [turned, emitter.numbers([-1, ...shrunk, ...sizes.slice(count)])])
  return emitter.flow(value, { operator: operation.operator, inputs: operation.inputs, operation })
}

/** The way back: batches become pixels, and the margins are cut off. */
function batchToSpace(operation: Operation, emitter: FlowEmitter): Flow {
  const flow = inputAt(operation, 0)
  const rank = rankAt(operation, 0)
  const block = numbersAt(operation, 1, 'block')
  const crops = numbersAt(operation, 2, 'crops')
  const count = block.length
  const sizes = fixedSizes(operation, flow)
  const apart = emitter.emit('Reshape', [emitter.plain(flow), emitter.numbers([...block, -1, ...sizes])])
  const order = [
    count,
    ...range(count).flatMap((axis) => [count + 1 + axis, axis]),
    ...range(rank - 1 - count).map((axis) => 2 * count + 1 + axis),
  ]
  const turned = emitter.emit('Transpose', [apart], { perm: ints(order) })
  const grown = sizes.map((size, axis) => size * (block[axis] ?? 1))
  const whole = emitter.emit('Reshape', [turned, emitter.numbers([-1, ...grown])])
  const starts = range(count).map((axis) => crops[2 * axis] ?? 0)
  const ends = range(count).map((axis) => (grown[axis] ?? 0) - (crops[2 * axis + 1] ?? 0))
  return emitter.flow(
    emitter.emit('Slice', [
      whole,
      emitter.numbers(starts),
      emitter.numbers(ends),
      emitter.numbers(range(count).map((axis) => axis + 1)),
    ]),
  )
}

/** Sizes behind the batch. */
function fixedSizes(operation: Operation, flow: Flow): readonly number[] {
  const sizes = flow.shape?.slice(1).filter((size) => typeof size === 'number')
  if (sizes !== undefined && sizes.length === (flow.rank ?? 0) - 1) return sizes
  throw cannotConvert(operation, 'the sizes of its input are not known before the run')
}
