/**
 * Files of PyTorch before 0.2: a tar archive of pickles, one of which refers to tensors that another one lists.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (`legacy_load`)
 */
import { FormatError } from '../../../src/core/errors.js'
import type { RandomAccessFile } from '../../random-access-file.js'
import { viewOf } from '../../zip/directory.js'
import { elementBytesOfStorage, elementTypeOfStorage } from '../element-type.js'
import type { Storage } from '../located-tensor.js'
import { argumentsOf, itemsOf, madeBy, type PickleValue } from '../pickle/pickle-value.js'
import { readPickle } from '../pickle/read-pickle.js'
import type { StoredTensor } from '../stored-tensor.js'
import { foundWeights } from './found-weights.js'
import type { FoundWeights } from './named-weight.js'
import { pickledModel } from './pickled-weights.js'

/** Of tensors and of storages. */
const MOST_ENTRIES = 1_000_000
const MOST_AXES = 64
const BLOCK = 512

/** @throws {FormatError} `E_TORCH_TAR`, `E_PICKLE`, `E_TRUNCATED`, `E_TORCH_TENSOR`, `E_TORCH_NO_WEIGHTS` */
export function readTarFile(file: RandomAccessFile): FoundWeights {
  const members = membersOf(file)
  const at = (name: string): number => {
    const start = members.get(name)
    if (start === undefined) throw damaged(file.path, `it has no ${name}`)
    return start
  }
  const storages = storagesAt(file, at('storages'))
  const tensors = tensorsAt(file, at('tensors'), storages)
  const tensorOf = (value: PickleValue) => tensorIn(value, tensors)
  const model = pickledModel(readPickle(file, at('pickle')).value, tensorOf)
  return foundWeights(model, (key) => storages.get(key)?.storage, file.path)
}

interface TypedStorage {
  readonly type: string
  readonly storage: Storage
}

/** @returns where the contents of each member begin */
function membersOf(file: RandomAccessFile): ReadonlyMap<string, number> {
  const members = new Map<string, number>()
  for (let at = 0; at + BLOCK <= file.size && members.size < 16; ) {
    const header = Buffer.from(file.read(at, BLOCK)).toString('latin1')
    const name = header.slice(0, 100).replace(/\0.*$/s, '')
    if (name === '') break
    const size = Number.parseInt(header.slice(124, 136), 8)
    if (!(size >= 0)) throw damaged(file.path, 'a member has no size')
    members.set(name, at + BLOCK)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return members
}

/** Each is `(key, device, class)`, then the number of elements, then the elements. */
function storagesAt(file: RandomAccessFile, start: number): ReadonlyMap<string, TypedStorage> {
  const storages = new Map<string, TypedStorage>()
  let { at, count } = countAt(file, start)
  for (; count > 0; count -= 1) {
    const { value, end } = readPickle(file, at)
    const [key, , type] = itemsOf(value)
    const name = type?.kind === 'global' ? type.name : ''
    const from = end + 8
    const byteLength = Number(viewOf(file.read(end, 8)).getBigInt64(0, true)) * (elementBytesOfStorage(name) ?? 0)
    if (byteLength < 0 || from + byteLength > file.size) throw damaged(file.path, 'it ends inside a storage')
    const storage = { byteLength, part: (offset: number, length: number) => file.region(from + offset, length) }
    storages.set(keyOf(key), { type: name, storage })
    at = from + byteLength
  }
  return storages
}

/** Each is `(key, key of its storage, class)`, then the number of axes, sizes, steps and the first element. */
function tensorsAt(
  file: RandomAccessFile,
  start: number,
  storages: ReadonlyMap<string, TypedStorage>,
): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>()
  let { at, count } = countAt(file, start)
  for (; count > 0; count -= 1) {
    const { value, end } = readPickle(file, at)
    const [key, storageKey] = itemsOf(value).map(keyOf)
    const rank = viewOf(file.read(end, 8)).getInt32(0, true)
    if (rank < 0 || rank > MOST_AXES) throw damaged(file.path, `a tensor has ${rank} axes`)
    const view = viewOf(file.read(end + 8, 16 * rank + 8))
    const numbers = Array.from({ length: 2 * rank + 1 }, (_, index) => Number(view.getBigInt64(8 * index, true)))
    const [shape, strides, offset = 0] = [numbers.slice(0, rank), numbers.slice(rank, 2 * rank), numbers[2 * rank]]
    const type = storages.get(storageKey ?? '')?.type ?? ''
    const storage = { key: storageKey ?? '', type, skipped: 0 }
    const none = { requiresGrad: false, isParameter: false }
    tensors.set(key ?? '', { ...none, shape, strides, offset, dtype: elementTypeOfStorage(type), storage })
    at = end + 8 + view.byteLength
  }
  return tensors
}

function countAt(file: RandomAccessFile, start: number): { at: number; count: number } {
  const { value, end } = readPickle(file, start)
  if (value.kind === 'int' && value.value >= 0 && value.value <= MOST_ENTRIES) return { at: end, count: value.value }
  throw damaged(file.path, 'it does not say how many tensors it holds')
}

/** A tensor, or a parameter, which is made of one. */
function tensorIn(value: PickleValue, tensors: ReadonlyMap<string, StoredTensor>): StoredTensor | undefined {
  if (value.kind === 'persistent') return tensors.get(keyOf(value.id))
  if (value.kind !== 'object' || !/\.(Parameter|_rebuild_parameter)$/.test(madeBy(value))) return undefined
  const [data, isTrained] = argumentsOf(value)
  const tensor = data?.kind === 'persistent' ? tensors.get(keyOf(data.id)) : undefined
  const requiresGrad = isTrained?.kind !== 'bool' || isTrained.value
  return tensor === undefined ? undefined : { ...tensor, requiresGrad, isParameter: true }
}

const keyOf = (value: PickleValue | undefined): string =>
  value?.kind === 'int' || value?.kind === 'long' || value?.kind === 'text' ? String(value.value) : ''

function damaged(path: string, what: string): FormatError {
  return new FormatError('E_TORCH_TAR', `${path} is damaged: ${what}`, {
    hint: 'download the file or save the model again',
  })
}
