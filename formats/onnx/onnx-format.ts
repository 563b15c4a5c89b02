/** The ONNX format: `.onnx` files with their data files. */
import { basename, extname } from 'node:path'
import { InterruptedError } from '../../src/core/errors.js'
import { filesDigest } from '../file-digest.js'
import type { LoadOptions, Model, ModelFormat } from '../format.js'
import type { ModelSource } from '../source.js'
import { readOnnx } from './read-onnx.js'
import { looksLikeOnnx } from './signature.js'

/** Reads ONNX of opset 1 to today. */
export const onnxFormat: ModelFormat = {
  name: 'onnx',
  extensions: ['.onnx'],
  matches: async (source) => (source.kind === 'file' ? looksLikeOnnx(source.head, source.size) : 'no'),
  load: async (source, options) => loadOnnx(source, options),
}

function loadOnnx(source: ModelSource, { signal }: LoadOptions): Model {
  if (signal?.aborted) throw new InterruptedError()
  const file = source.open()
  try {
    const { graph, externalFiles } = readOnnx(file, (location) => source.open(location))
    return {
      name: basename(source.path, extname(source.path)),
      format: 'onnx',
      path: source.path,
      bytes: externalFiles.reduce((sum, { size }) => sum + size, file.size),
      inputs: graph.main.inputs,
      outputs: graph.main.outputs,
      graph,
      sha256: (digestSignal) => filesDigest([source.path, ...externalFiles.map(({ path }) => path)], digestSignal),
      isOnnxFile: true,
    }
  } finally {
    file.close()
  }
}
