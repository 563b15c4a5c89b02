/** Opens `.pt2` files of `torch.export.save`. */
import { basename, extname } from 'node:path'
import { InterruptedError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { fileDigest } from '../../file-digest.js'
import type { LoadOptions, Model } from '../../format.js'
import type { ModelSource } from '../../source.js'
import { followed } from '../followed.js'
import { TorchArchive } from '../torch-archive.js'
import { convertExported } from './convert-exported.js'
import { readProgram } from './exported-program.js'
import { type ExportedFolder, readExportedTensors } from './exported-weights.js'

/**
 * @throws {FormatError} `E_ZIP`, `E_TORCH_EXPORT`, `E_TORCH_ENTRY`, `E_TORCH_TENSOR` where the file is damaged
 * @throws {UnsupportedError} `E_TORCH_EXPORT_VERSION` for the forms of PyTorch before 2.9, and for compiled packages
 */
export function loadExported(source: ModelSource, { signal, inputShapes }: LoadOptions): Model {
  if (signal?.aborted) throw new InterruptedError()
  const file = source.open()
  try {
    const archive = new TorchArchive(file)
    const { path } = archive
    const model = modelIn(archive)
    const name = basename(path, extname(path))
    const program = readProgram(archive.text(`models/${model}.json`), path)
    const tensors = readExportedTensors(archive, foldersOf(model))
    const convert = () =>
      convertExported({ path, name, program, tensors }, inputShapes === undefined ? {} : { inputShapes })
    return {
      name,
      format: 'torch-export',
      path: source.path,
      bytes: source.size,
      ...followed(path, convert, () => [...new Set(tensors.byName.values())]),
      sha256: (digestSignal) => fileDigest(source.path, digestSignal),
    }
  } finally {
    file.close()
  }
}

/** @returns name of the program in the archive */
function modelIn(archive: TorchArchive): string {
  const models = archive.names.flatMap((name) => /^models\/(.+)\.json$/.exec(name)?.[1] ?? [])
  const [first, ...others] = models
  if (first === undefined) throw noProgram(archive)
  const model =
    models.includes('model') || others.length === 0 ? (models.find((name) => name === 'model') ?? first) : undefined
  if (model === undefined) {
    const names = models.slice(0, 5).map(quoted).join(', ')
    throw unsupported(
      `${archive.path} holds ${models.length} programs: ${names}`,
      'save one program in a file of its own',
    )
  }
  if (archive.has(`data/weights/${model}_weights_config.json`)) return model
  throw unsupported(`${archive.path} was written by PyTorch before 2.9: not supported`, AGAIN)
}

const AGAIN = 'export the model again with PyTorch 2.9 or newer: torch.export.save(program, "model.pt2")'

function noProgram({ path, names }: TorchArchive): UnsupportedError {
  const isCompiled = names.some((name) => name.startsWith('data/aotinductor/'))
  if (isCompiled) return unsupported(`${path} is a package that torch compiled for one machine: not supported`, AGAIN)
  return unsupported(`${path} was written by PyTorch before 2.8: not supported`, AGAIN)
}

function foldersOf(model: string): readonly ExportedFolder[] {
  return [
    { list: `data/weights/${model}_weights_config.json`, folder: 'data/weights/' },
    { list: `data/constants/${model}_constants_config.json`, folder: 'data/constants/' },
  ]
}

function unsupported(message: string, hint: string): UnsupportedError {
  return new UnsupportedError('E_TORCH_EXPORT_VERSION', message, { hint })
}
