/** The inputs of a run, each looked at before the library gets it. */
import { UsageError } from '../../core/errors.js'
import type { ValueInfo } from '../../graph/graph.js'
import type { Tensor } from '../../graph/tensor.js'
import { countOf } from './layout.js'

/**
 * @param model - its name, for errors
 * @returns a tensor for each input, in the order of the model
 * @throws {UsageError} `E_INPUT_MISSING`, `E_INPUT_SHAPE`
 */
export function givenInputs(
  inputs: readonly ValueInfo[],
  given: ReadonlyMap<string, Tensor>,
  model: string,
): ReadonlyMap<string, Tensor> {
  return new Map(inputs.map(({ name }) => [name, givenInput(name, given.get(name), model)]))
}

function givenInput(name: string, tensor: Tensor | undefined, model: string): Tensor {
  if (tensor === undefined) throw new UsageError('E_INPUT_MISSING', `input ${name} of ${model} was given no values`)
  const count = countOf(tensor.shape)
  if (count === tensor.data.length) return tensor
  const sizes = tensor.shape.join(', ')
  throw new UsageError('E_INPUT_SHAPE', `input ${name}: ${tensor.data.length} elements, [${sizes}] needs ${count}`)
}
