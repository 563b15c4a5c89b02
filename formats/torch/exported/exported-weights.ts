/** Weights and constants of a `.pt2` file, each in an entry of its own. */
import { UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { Expansion, locatedTensor } from '../located-tensor.js'
import type { TorchArchive } from '../torch-archive.js'
import { brokenExport, flagOf, listOf, objectOf, refuseCrowded, textOf, wholeOf } from './exported-json.js'
import { exportedDataType, STRIDED } from './exported-types.js'

/** Tensors by their names in the module, e.g. `layer1.0.conv1.weight`. */
export interface ExportedTensors {
  readonly byName: ReadonlyMap<string, Initializer>
  /** What cannot be read: it is refused where the program reads it. */
  readonly refused: ReadonlyMap<string, UnsupportedError>
}

/** One list of them, and the folder where they lie. */
export interface ExportedFolder {
  readonly list: string
  readonly folder: string
}

/**
 * @returns tied tensors as one, under the first of their names
 * @throws {FormatError} `E_TORCH_EXPORT`, `E_TORCH_TENSOR`, `E_TORCH_ENTRY`
 */
export function readExportedTensors(archive: TorchArchive, folders: readonly ExportedFolder[]): ExportedTensors {
  const byName = new Map<string, Initializer>()
  const refused = new Map<string, UnsupportedError>()
  const known = new Map<string, Initializer>()
  const expansion = new Expansion()
  for (const { list, folder } of folders) {
    if (!archive.has(list)) continue
    for (const [name, payload] of Object.entries(payloadsIn(archive.text(list)))) {
      try {
        const { place, initializer, storage } = tensorOf(archive, folder, name, payload)
        byName.set(name, known.get(place) ?? initializer)
        if (known.has(place)) continue
        known.set(place, initializer)
        expansion.add(initializer, storage, archive.path)
      } catch (cause) {
        if (!(cause instanceof UnsupportedError)) throw cause
        refused.set(name, cause)
      }
    }
  }
  return { byName, refused }
}

function payloadsIn(text: string): object {
  refuseCrowded(text)
  try {
    return objectOf(objectOf(JSON.parse(text), 'a list of weights').config, 'config')
  } catch (cause) {
    if (cause instanceof SyntaxError) throw brokenExport('a list of weights is no JSON')
    throw cause
  }
}

/** `{ path_name, is_param, use_pickle, tensor_meta }`. */
function tensorOf(archive: TorchArchive, folder: string, name: string, payload: unknown) {
  const { path_name: file, is_param: isParameter, use_pickle: isPickled, tensor_meta: meta } = objectOf(payload, name)
  const entry = `${folder}${textOf(file, 'path_name')}`
  if (isPickled === true || meta === null || meta === undefined) throw refusedObject(archive.path, name)
  const { dtype, sizes, strides, storage_offset: offset, requires_grad: isTrained, layout } = objectOf(meta, name)
  const shape = numbersOf(sizes)
  const steps = numbersOf(strides)
  const [start = 0] = numbersOf([offset])
  const requiresGrad = isParameter === true && flagOf(isTrained, 'requires_grad')
  const stored = {
    shape,
    strides: steps,
    offset: start,
    dtype: exportedDataType(wholeOf(dtype, 'dtype')),
    storage: { key: entry, type: `number ${String(dtype)}`, skipped: 0 },
    ...(layout === STRIDED ? {} : { refusal: 'a sparse tensor' }),
    requiresGrad,
    isParameter: isParameter === true,
  }
  const storage = archive.storage(entry)
  const initializer = locatedTensor(name, stored, storage, archive.path)
  return { place: JSON.stringify([entry, dtype, start, shape, steps]), initializer, storage }
}

/** Sizes of weights are numbers: `{ as_int: 64 }`. */
function numbersOf(value: unknown): number[] {
  return listOf(value, 'sizes').map((size) => wholeOf(objectOf(size, 'a size').as_int, 'a size'))
}

function refusedObject(path: string, name: string): UnsupportedError {
  return new UnsupportedError('E_TORCH_TENSOR_KIND', `${path}: ${quoted(name)} is an object of Python, not a tensor`, {
    hint: 'export it as ONNX: torch.onnx.export(model, example_input, "model.onnx")',
  })
}
