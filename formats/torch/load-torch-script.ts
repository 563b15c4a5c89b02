/** Opens files of `torch.jit.save`: a graph where the program can be followed, counts of parameters where it cannot. */
import { basename, extname } from 'node:path'
import { InterruptedError, UsageError } from '../../src/core/errors.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { fileDigest } from '../file-digest.js'
import type { LoadOptions, Model } from '../format.js'
import type { ModelSource } from '../source.js'
import { followed } from './followed.js'
import { readScriptArchive } from './read-script-archive.js'
import { convertTorchScript } from './script/convert-torch-script.js'
import type { ScriptArchive } from './script-archive.js'
import { TorchArchive } from './torch-archive.js'
import { weightsOf } from './weights-of.js'

/**
 * @throws {FormatError} as `readScriptArchive` and `convertTorchScript` for what is damaged
 */
export function loadTorchScript(source: ModelSource, { signal, inputShapes }: LoadOptions): Model {
  if (signal?.aborted) throw new InterruptedError()
  const file = source.open()
  try {
    const archive = readScriptArchive(new TorchArchive(file))
    const convert = () => converted(archive, inputShapes)
    return {
      name: basename(source.path, extname(source.path)),
      format: 'torchscript',
      path: source.path,
      bytes: source.size,
      ...followed(source.path, convert, () => weightsOf(archive.root)),
      sha256: (digestSignal) => fileDigest(source.path, digestSignal),
    }
  } finally {
    file.close()
  }
}

/** Sizes of inputs that the model does not have may be meant for another one: whoever binds them says so. */
function converted(archive: ScriptArchive, inputShapes: LoadOptions['inputShapes']): ModelGraph {
  if (inputShapes === undefined) return convertTorchScript(archive)
  try {
    return convertTorchScript(archive, { inputShapes })
  } catch (cause) {
    if (cause instanceof UsageError) return convertTorchScript(archive)
    throw cause
  }
}
