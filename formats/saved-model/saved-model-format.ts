/** The SavedModel format: folders with `saved_model.pb`, of TensorFlow 1 and 2. */
import { basename, dirname } from 'node:path'
import { InterruptedError } from '../../src/core/errors.js'
import { filesDigest } from '../file-digest.js'
import type { LoadOptions, Model, ModelFormat } from '../format.js'
import type { ModelSource } from '../source.js'

const GRAPH_FILE = 'saved_model.pb'

/** Reads SavedModels of TensorFlow 1 and 2. */
export const savedModelFormat: ModelFormat = {
  name: 'saved-model',
  extensions: ['.pb'],
  matches: async (source) => {
    const isNamed = source.kind === 'file' && basename(source.path) === GRAPH_FILE
    return isNamed || source.entries.includes(GRAPH_FILE) ? 'sure' : 'no'
  },
  load: async (source, options) => loadSavedModel(source, options),
}

async function loadSavedModel(source: ModelSource, { signal, tag, signature }: LoadOptions): Promise<Model> {
  if (signal?.aborted) throw new InterruptedError()
  // Loaded when first needed: most runs are on files of other formats.
  const { readSavedModel } = await import('./read-saved-model.js')
  const file = source.kind === 'file' ? source.open() : source.open(GRAPH_FILE)
  try {
    const { graph, variableBytes, variableFiles, chosen } = readSavedModel(file, source, { tag, signature })
    return {
      name: basename(source.kind === 'file' ? dirname(source.path) : source.path),
      format: savedModelFormat.name,
      path: source.path,
      bytes: file.size + variableBytes,
      inputs: graph.main.inputs,
      outputs: graph.main.outputs,
      graph,
      ...chosen,
      sha256: (digestSignal) => filesDigest([file.path, ...variableFiles], digestSignal),
    }
  } finally {
    file.close()
  }
}
