/** Puts trained weights back into the model that they came from. */
import type { Initializer, ModelGraph } from '../graph/graph.js'
import { memoryInitializer } from '../graph/memory-initializer.js'
import type { StateBuffers } from './state-buffers.js'

/** @returns the same model with the elements that these constants have now; those that lie as they are are not copied */
export function withWeights(model: ModelGraph, names: Iterable<string>, buffers: StateBuffers): ModelGraph {
  const initializers = new Map(model.main.initializers)
  for (const name of names) {
    const initializer = initializers.get(name)
    if (initializer !== undefined) initializers.set(name, trained(initializer, buffers))
  }
  return { ...model, main: { ...model.main, initializers } }
}

function trained(initializer: Initializer, buffers: StateBuffers): Initializer {
  const { name, dtype, shape } = initializer
  const { data } = memoryInitializer(name, buffers.plainElements(name), shape, { dtype })
  if (initializer.sparse === undefined) return { ...initializer, data }
  const { sparse: _, storedElements: __, ...dense } = initializer
  return { ...dense, data }
}
