/**
 * Rounding to the steps of whole numbers, as in training for quantisation.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/quantization/fake_quant_with_min_max_args
 */
import { inOrder, sameOrder } from '../broadcast.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, inputAt, numbersAt, type Operation } from '../operation.js'

/** FakeQuantWithMinMaxArgs and its form with limits that are variables. */
export const fakeQuantization: ConversionTable = {
  FakeQuantWithMinMaxArgs: (operation, emitter) =>
    rounded(operation, operation.attributes.float('min', -6), operation.attributes.float('max', 6), emitter),
  FakeQuantWithMinMaxVars: (operation, emitter) => {
    const [low = 0] = numbersAt(operation, 1, 'lower limit')
    const [high = 0] = numbersAt(operation, 2, 'upper limit')
    return rounded(operation, low, high, emitter)
  },
}

/** Limits are moved so that zero is one of the steps. */
function rounded(operation: Operation, low: number, high: number, emitter: FlowEmitter): Flow | readonly Flow[] {
  const least = operation.attributes.bool('narrow_range', false) ? 1 : 0
  const most = 2 ** operation.attributes.int('num_bits', 8) - 1
  const step = Math.fround((high - low) / (most - least))
  const zero = Math.min(Math.max(Math.round(Math.fround(least - Math.fround(low / step))), least), most)
  const [start, end] = [(least - zero) * step, (most - zero) * step]
  const { values, isChannelsFirst } = sameOrder(inputAt(operation, 0), emitter)
  const number = (value: number) => emitter.numbers(value, 'float32')
  const clipped = emitter.emit('Clip', [...values, number(start), number(end)])
  const steps = emitter.emit('Mul', [emitter.emit('Sub', [clipped, number(start)]), number(1 / step)])
  const whole = emitter.emit('Floor', [emitter.emit('Add', [steps, number(0.5)])])
  const result = emitter.emit('Add', [emitter.emit('Mul', [whole, number(step)]), number(start)])
  return inOrder(result, isChannelsFirst, operation.inputs, operation.operator)
}
