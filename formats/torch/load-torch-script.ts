/** Opens files of `torch.jit.save`: a graph where the program can be followed, counts of parameters where it cannot. */
import { basename, extname } from 'node:path'
import { InterruptedError } from '../../src/core/errors.js'
import { fileDigest } from '../file-digest.js'
import type { LoadOptions, Model } from '../format.js'
import type { ModelSource } from '../source.js'
import { followed } from './followed.js'
import { readScriptArchive } from './read-script-archive.js'
import { convertTorchScript } from './script/convert-torch-script.js'
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
    const convert = () => convertTorchScript(archive, inputShapes === undefined ? {} : { inputShapes })
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
