/** The SavedModel format: folders with `saved_model.pb`, of TensorFlow 1 and 2. */
import { basename, dirname } from 'node:path'
import { InterruptedError } from '../../src/core/errors.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { filesDigest } from '../file-digest.js'
import type { LoadOptions, Model, ModelFormat } from '../format.js'
import type { ModelSource } from '../source.js'
import type { RefusedGraph } from './refused-graph.js'

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
    const { read, variableBytes, variableFiles, chosen } = readSavedModel(file, source, { tag, signature })
    const folder = source.kind === 'file' ? dirname(source.path) : source.path
    return {
      name: basename(folder),
      format: savedModelFormat.name,
      path: source.path,
      bytes: file.size + variableBytes,
      ...('refusal' in read ? withoutGraph(read, source.path, folder) : withGraph(read)),
      ...chosen,
      sha256: (digestSignal) => filesDigest([file.path, ...variableFiles], digestSignal),
    }
  } finally {
    file.close()
  }
}

const withGraph = (graph: ModelGraph) => ({ inputs: graph.main.inputs, outputs: graph.main.outputs, graph })

/** The parameters are counted, and TensorFlow itself can run what the graph asks for. */
function withoutGraph({ refusal, inputs, outputs, parameters }: RefusedGraph, path: string, folder: string) {
  return {
    inputs,
    outputs,
    whyNoGraph: refusal.message.replace(`${path}: `, ''),
    countParameters: () => Promise.resolve(parameters),
    tensorFlow: { folder, refusal },
  }
}
