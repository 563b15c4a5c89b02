/** Tells from the end of a model which loss it is made for. */
import { UnsupportedError } from '../core/errors.js'
import type { ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { shapeOf } from '../operators/known-value.js'
import { lastMaker } from './prediction.js'

/** Their outputs may be scores of any size, as those of the last layer of a classifier. */
const BOUNDED = ['Tanh', 'HardSigmoid', 'Softsign', 'Relu', 'Clip', 'Softplus', 'LpNormalization']

/**
 * Softmax and plain scores stand for one class of several, Sigmoid for classes that do not exclude each other, and a single
 * plain score for one of two classes.
 *
 * @param output - the first of the model when left out
 * @throws {UnsupportedError} `E_LOSS_UNKNOWN` where the output is neither
 */
export function chooseLoss(
  model: ModelGraph,
  bindings: InputBindings,
  output?: string,
): 'softmax-cross-entropy' | 'sigmoid-cross-entropy' {
  const { main: trace } = inferTypes(model, bindings)
  const name = output ?? trace.outputs[0] ?? ''
  const operator = lastMaker(trace, name)?.node.operator ?? ''
  if (['Softmax', 'LogSoftmax'].includes(operator)) return 'softmax-cross-entropy'
  if (operator === 'Sigmoid') return 'sigmoid-cross-entropy'
  if (!BOUNDED.includes(operator))
    return shapeOf(trace.values.get(name))?.[1] === 1 ? 'sigmoid-cross-entropy' : 'softmax-cross-entropy'
  throw new UnsupportedError('E_LOSS_UNKNOWN', `output "${name}" comes from ${operator}, which tells no loss`, {
    hint: 'name the loss: softmax-cross-entropy, sigmoid-cross-entropy or mean-squared-error',
  })
}
