/** Opens files of `torch.jit.save`: a graph where the program can be followed, counts of parameters where it cannot. */
import { basename, extname } from 'node:path'
import { InterruptedError, UnsupportedError } from '../../src/core/errors.js'
import { bytesOf } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import { fileDigest } from '../file-digest.js'
import type { LoadOptions, Model, ParameterCount } from '../format.js'
import type { ModelSource } from '../source.js'
import { elementCount } from './located-tensor.js'
import { readScriptArchive } from './read-script-archive.js'
import { convertTorchScript } from './script/convert-torch-script.js'
import type { ScriptArchive } from './script-archive.js'
import { TorchArchive } from './torch-archive.js'
import { weightsOf } from './weights-of.js'

/**
 * @throws {FormatError} as `readScriptArchive` and `convertTorchScript` for what is damaged
 * @throws {UsageError} `E_INPUT_SHAPE` for sizes of inputs that are not there
 */
export function loadTorchScript(source: ModelSource, { signal, inputShapes }: LoadOptions): Model {
  if (signal?.aborted) throw new InterruptedError()
  const file = source.open()
  try {
    const archive = readScriptArchive(new TorchArchive(file))
    return {
      name: basename(source.path, extname(source.path)),
      format: 'torchscript',
      path: source.path,
      bytes: source.size,
      ...followed(archive, inputShapes),
      sha256: (digestSignal) => fileDigest(source.path, digestSignal),
    }
  } finally {
    file.close()
  }
}

function followed(archive: ScriptArchive, inputShapes: LoadOptions['inputShapes']) {
  try {
    const graph = convertTorchScript(archive, inputShapes === undefined ? {} : { inputShapes })
    return { graph, inputs: graph.main.inputs, outputs: graph.main.outputs }
  } catch (cause) {
    if (cause instanceof UnsupportedError) return withoutGraph(archive, cause)
    throw cause
  }
}

/** The weights lie in the file whatever is computed with them. */
function withoutGraph({ path, root }: ScriptArchive, refusal: UnsupportedError) {
  return {
    inputs: [],
    outputs: [],
    whyNoGraph: refusal.message.replace(`${path}: `, ''),
    ...(refusal.hint === undefined ? {} : { wayToGraph: refusal.hint }),
    countParameters: async () => countOf(weightsOf(root)),
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
