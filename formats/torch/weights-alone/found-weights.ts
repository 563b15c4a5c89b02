/** From what a pickle describes to weights that are checked and can be counted. */
import { FormatError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { elementCount, locatedTensor, type Storage } from '../located-tensor.js'
import type { StoredTensor } from '../stored-tensor.js'
import { type FoundWeights, type NamedWeight, WEIGHTS_ALONE, weightBytes } from './named-weight.js'
import type { PickledModel } from './pickled-weights.js'

/**
 * @param storage - finds the contents of a tensor
 * @throws {FormatError} `E_TORCH_NO_WEIGHTS` for a file without tensors; `E_TORCH_TENSOR` for damaged ones
 */
export function foundWeights(
  model: PickledModel | undefined,
  storage: (key: string) => Storage | undefined,
  path: string,
): FoundWeights {
  if (model === undefined) {
    throw new FormatError('E_TORCH_NO_WEIGHTS', `${path} is a PyTorch file without weights of a model`, {
      hint: 'name the file with the model itself',
    })
  }
  const { weights, moduleClass, key } = model
  const isTold = weights.some(({ tensor }) => tensor.isParameter || tensor.requiresGrad)
  const told = weights.map(({ name, tensor }) => weightOf(name, tensor, isTold, storage, path))
  const notes = key === '' ? [] : [`of the checkpoint only ${quoted(key)} is counted`]
  return { weights: told, what: whatIs(moduleClass), notes }
}

function whatIs(moduleClass: string | undefined): string {
  if (moduleClass === undefined) return WEIGHTS_ALONE
  return `a pickled module: what it computes is the code of its class ${quoted(moduleClass)}, which no such file holds`
}

/** Locating a tensor checks it; those that cannot be read are counted all the same. */
function weightOf(
  name: string,
  tensor: StoredTensor,
  isTold: boolean,
  storage: (key: string) => Storage | undefined,
  path: string,
): NamedWeight {
  const { dtype, shape, requiresGrad, refusal } = tensor
  const contents = tensor.storage && storage(tensor.storage.key)
  if (refusal === undefined && dtype !== undefined) locatedTensor(name, tensor, contents, path)
  else checkShape(name, shape, path)
  const bytes = weightBytes(dtype, shape, contents?.byteLength ?? 0)
  return { name, shape, dtype, bytes, isTrainable: isTold ? requiresGrad : undefined }
}

function checkShape(name: string, shape: readonly number[], path: string): void {
  if (shape.every((size) => Number.isSafeInteger(size) && size >= 0) && elementCount(shape) <= 2 ** 48) return
  throw new FormatError('E_TORCH_TENSOR', `${path}: the tensor ${quoted(name)} is damaged: its sizes are impossible`, {
    hint: 'download the file or save the model again',
  })
}
