/** Opens weights without a graph: they can be counted, and nothing says what is computed with them. */
import { basename, extname } from 'node:path'
import { InterruptedError, UnsupportedError } from '../../../src/core/errors.js'
import { filesDigest } from '../../file-digest.js'
import type { LoadOptions, Model } from '../../format.js'
import type { ModelSource } from '../../source.js'
import { countWeights } from './named-weight.js'
import { readWeights } from './read-weights.js'

/**
 * @param format - of the model
 * @throws {FormatError} `E_ZIP`, `E_PICKLE`, `E_TORCH_...`, `E_SAFETENSORS`, `E_SHARDS` for what is damaged
 */
export function loadWeights(source: ModelSource, { signal }: LoadOptions, format: string): Model {
  if (signal?.aborted) throw new InterruptedError()
  const { found, files } = readWeights(source)
  const whyNoGraph = `the ${source.kind === 'file' ? 'file' : 'folder'} holds ${found.what}`
  const wayToGraph = wayFor(source)
  return {
    name: basename(source.path, source.kind === 'file' ? extname(source.path) : ''),
    format,
    path: source.path,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    inputs: [],
    outputs: [],
    whyNoGraph,
    wayToGraph,
    sha256: (digestSignal) =>
      filesDigest(
        files.map(({ path }) => path),
        digestSignal,
      ),
    countParameters: async () => countWeights(found),
    createRunner: async () => {
      throw new UnsupportedError('E_TORCH_NO_GRAPH', `${source.path}: ${whyNoGraph}`, { hint: wayToGraph })
    },
  }
}

/** A folder with `config.json` is one that Hugging Face's tools can build the model from. */
function wayFor(source: ModelSource): string {
  if (source.entries.includes('config.json')) return `export it: optimum-cli export onnx --model ${source.path} out`
  return 'load them into the model in Python, and save it with its graph: torch.jit.script(model).save("model.pt")'
}
