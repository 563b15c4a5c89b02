/** Tells early, before labels or a new head are thought of, that a model is none to train. */
import { UnsupportedError } from '../../core/errors.js'
import { isFloat } from '../../graph/data-type.js'
import { dtypeOf } from '../../operators/known-value.js'
import { findParameters } from '../../operators/parameters.js'
import type { GraphTrace } from '../../operators/trace.js'

/**
 * @throws {UnsupportedError} `E_TRAINING_OUTPUT` where the output holds no floating-point scores, as behind ArgMax;
 *   `E_NO_WEIGHTS` where nothing can be trained
 */
export function refuseUntrainable(trace: GraphTrace, output: string): void {
  const dtype = dtypeOf(trace.values.get(output))
  if (dtype !== undefined && !isFloat(dtype)) throw noScores(trace, output, dtype)
  if (findParameters(trace).some(({ isTrainable }) => isTrainable)) return
  throw new UnsupportedError('E_NO_WEIGHTS', 'the model has no weights that can be trained', {
    hint: 'train a model whose weights are floating-point initializers',
  })
}

function noScores({ nodes }: GraphTrace, output: string, dtype: string): UnsupportedError {
  const maker = nodes.find(({ node }) => node.outputs.includes(output))?.node.operator ?? 'an input'
  return new UnsupportedError('E_TRAINING_OUTPUT', `output "${output}" of ${maker} is ${dtype}: it holds no scores`, {
    hint: 'export the model up to the scores, before the operator that picks a class',
  })
}
