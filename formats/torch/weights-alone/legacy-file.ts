/**
 * Files of `torch.save` before PyTorch 1.6: several pickles one after the other, then the storages.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (`_legacy_load`)
 */
import { FormatError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import type { RandomAccessFile } from '../../random-access-file.js'
import { viewOf } from '../../zip/directory.js'
import { elementBytesOfStorage } from '../element-type.js'
import type { Storage } from '../located-tensor.js'
import { entryOf, itemsOf, type PickleValue } from '../pickle/pickle-value.js'
import { readPickle } from '../pickle/read-pickle.js'
import { storedStorage } from '../stored-tensor.js'
import { foundWeights } from './found-weights.js'
import type { FoundWeights } from './named-weight.js'
import { pickledModel } from './pickled-weights.js'

/** Of all weights together: no model has as many storages. */
const MOST_STORAGES = 1_000_000

/**
 * @throws {FormatError} `E_PICKLE`, `E_TRUNCATED`, `E_TORCH_TENSOR`, `E_TORCH_NO_WEIGHTS`, `E_TORCH_STORAGE`
 * @throws {UnsupportedError} `E_TORCH_BYTE_ORDER`
 */
export function readLegacyFile(file: RandomAccessFile): FoundWeights {
  const magic = readPickle(file)
  const version = readPickle(file, magic.end)
  const system = readPickle(file, version.end)
  refuseBigEndian(system.value, file.path)
  const root = readPickle(file, system.end)
  const keys = readPickle(file, root.end)
  const types = new Map<string, string>()
  for (const id of root.persistentIds) {
    const storage = storedStorage(id)
    if (storage !== undefined) types.set(storage.key, storage.type)
  }
  const storages = storagesAt(file, keys.end, itemsOf(keys.value), types)
  return foundWeights(pickledModel(root.value), (key) => storages.get(key), file.path)
}

/** One after the other: the number of elements, then the elements. */
function storagesAt(
  file: RandomAccessFile,
  start: number,
  keys: readonly PickleValue[],
  types: ReadonlyMap<string, string>,
): ReadonlyMap<string, Storage> {
  if (keys.length > MOST_STORAGES) throw damaged(file.path, `it names ${keys.length} storages`)
  const storages = new Map<string, Storage>()
  let at = start
  for (const key of keys) {
    const name = key.kind === 'text' ? key.value : ''
    const width = elementBytesOfStorage(types.get(name) ?? '')
    if (width === undefined) throw damaged(file.path, `nothing says what the storage ${quoted(name)} holds`)
    const from = at + 8
    const byteLength = Number(viewOf(file.read(at, 8)).getBigInt64(0, true)) * width
    if (byteLength < 0 || from + byteLength > file.size) throw damaged(file.path, `it ends inside ${quoted(name)}`)
    storages.set(name, { byteLength, part: (offset, length) => file.region(from + offset, length) })
    at = from + byteLength
  }
  return storages
}

function refuseBigEndian(system: PickleValue, path: string): void {
  const isLittle = entryOf(system, 'little_endian')
  if (isLittle?.kind !== 'bool' || isLittle.value) return
  throw new UnsupportedError('E_TORCH_BYTE_ORDER', `${path} was written by a big-endian machine`, {
    hint: 'load it with PyTorch on this machine, and save it again',
  })
}

function damaged(path: string, what: string): FormatError {
  return new FormatError('E_TORCH_STORAGE', `${path} is damaged: ${what}`, {
    hint: 'download the file or save the model again',
  })
}
