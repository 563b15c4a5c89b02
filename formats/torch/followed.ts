/** What a model of PyTorch is when its program cannot be put into ONNX words: its weights are counted all the same. */
import { UnsupportedError } from '../../src/core/errors.js'
import { bytesOf } from '../../src/graph/data-type.js'
import type { Initializer, ModelGraph } from '../../src/graph/graph.js'
import type { Model, ParameterCount } from '../format.js'
import { elementCount } from './located-tensor.js'

/** The part of a model that depends on its program. */
export type Followed = Pick<
  Model,
  'inputs' | 'outputs' | 'graph' | 'whyNoGraph' | 'wayToGraph' | 'countParameters' | 'createRunner'
>

/**
 * @param convert - gives the graph, or throws `UnsupportedError`
 * @param weights - parameters and buffers, each once
 * @throws everything else that `convert` throws
 */
export function followed(path: string, convert: () => ModelGraph, weights: () => readonly Initializer[]): Followed {
  try {
    const graph = convert()
    return { graph, inputs: graph.main.inputs, outputs: graph.main.outputs }
  } catch (cause) {
    if (cause instanceof UnsupportedError) return withoutGraph(path, cause, weights())
    throw cause
  }
}

function withoutGraph(path: string, refusal: UnsupportedError, weights: readonly Initializer[]): Followed {
  return {
    inputs: [],
    outputs: [],
    whyNoGraph: refusal.message.replace(`${path}: `, ''),
    ...(refusal.hint === undefined ? {} : { wayToGraph: refusal.hint }),
    countParameters: async () => countOf(weights),
    createRunner: async () => {
      throw refusal
    },
  }
}

function countOf(weights: readonly Initializer[]): ParameterCount {
  const counts = { trainable: 0, nonTrainable: 0, bytes: 0 }
  for (const { shape, dtype, trainable } of weights) {
    const elements = elementCount(shape)
    counts[trainable === true ? 'trainable' : 'nonTrainable'] += elements
    counts.bytes += bytesOf(dtype, elements)
  }
  return counts
}
