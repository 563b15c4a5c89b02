/** The Keras format: `.h5` files of Keras 1, 2 and 3, and `.keras` archives. */
import type { ModelFormat } from '../format.js'
import type { ModelSource } from '../source.js'
import { isHdf5 } from './hdf5-signature.js'
import { isKerasArchive } from './keras-signature.js'
import { KerasLayerRegistry } from './layer-registry.js'

/** @returns a format that knows these layers beside its own */
export function kerasFormat(layers: KerasLayerRegistry = new KerasLayerRegistry()): ModelFormat {
  return {
    name: 'keras',
    extensions: ['.h5', '.hdf5', '.keras'],
    matches: async (source) => (looksLikeKeras(source) ? 'sure' : 'no'),
    // Converters and the HDF5 library are only loaded for a file of this format.
    load: async (source, options) => (await import('./load-keras.js')).loadKeras(source, options, layers),
  }
}

function looksLikeKeras(source: ModelSource): boolean {
  return source.kind === 'file' && (isHdf5(source.head) || isKerasArchive(source))
}
