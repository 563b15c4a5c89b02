/** Weights of a file that holds no graph, and how they are counted. */
import { bytesOf, isFloat } from '../../../src/graph/data-type.js'
import type { ParameterCount } from '../../format.js'
import { elementCount } from '../located-tensor.js'
import type { StoredTensor } from '../stored-tensor.js'

/** One weight. */
export interface NamedWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: StoredTensor['dtype']
  /** Bytes that its elements take. */
  readonly bytes: number
  /** `undefined` where the file does not say. */
  readonly isTrainable: boolean | undefined
}

/** What a file without a graph holds. */
export interface FoundWeights {
  readonly weights: readonly NamedWeight[]
  /** Reads on after "the file holds". */
  readonly what: string
  /** What was left out, or taken for granted. */
  readonly notes: readonly string[]
}

/** `FoundWeights.what` of most files. */
export const WEIGHTS_ALONE = 'weights alone: what is computed with them is code elsewhere'

/** Running statistics of normalisations, as PyTorch names them. */
const STATISTIC = /(^|\.)(running_mean|running_var|num_batches_tracked)$/
const BY_NAME =
  'the file does not say which weights are trained: running statistics and whole numbers are counted as not trained'

/** @returns what the weights add up to */
export function countWeights({ weights, notes }: FoundWeights): ParameterCount {
  const counts = { trainable: 0, nonTrainable: 0, bytes: 0 }
  for (const weight of weights) {
    counts[isTrained(weight) ? 'trainable' : 'nonTrainable'] += elementCount(weight.shape)
    counts.bytes += weight.bytes
  }
  const isGuessed = weights.some(({ isTrainable }) => isTrainable === undefined)
  return { ...counts, assumptions: isGuessed ? [...notes, BY_NAME] : notes }
}

function isTrained({ isTrainable, name, dtype }: NamedWeight): boolean {
  // Quantized weights have no type of their own here; they were trained before.
  return isTrainable ?? ((dtype === undefined || isFloat(dtype)) && !STATISTIC.test(name))
}

/** @returns bytes of the elements; `otherwise` for a type without a known size */
export function weightBytes(dtype: StoredTensor['dtype'], shape: readonly number[], otherwise: number): number {
  return dtype === undefined ? otherwise : bytesOf(dtype, elementCount(shape))
}
