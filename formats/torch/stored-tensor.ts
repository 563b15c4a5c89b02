/**
 * Tensors as pickles of PyTorch describe them: which part of which storage, in which steps.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/_utils.py
 */
import type { DataType } from '../../src/graph/data-type.js'
import { elementTypeNamed, elementTypeOfStorage } from './element-type.js'
import { argumentsOf, itemsOf, madeBy, type PickleValue } from './pickle/pickle-value.js'

/** A tensor whose elements may lie in the file. Sizes and steps are as the file says them, unchecked. */
export interface StoredTensor {
  readonly shape: readonly number[]
  /** Elements of the storage between neighbours along each axis. */
  readonly strides: readonly number[]
  /** First element, counted in elements of the storage. */
  readonly offset: number
  readonly dtype: DataType | undefined
  /** `undefined` where the elements do not lie in one storage, as those of sparse tensors. */
  readonly storage: StoredStorage | undefined
  /** What greenbench cannot read of it, e.g. `a quantized tensor`. */
  readonly refusal?: string
  readonly requiresGrad: boolean
  /** A weight that a module named as such: `torch.nn.Parameter`. */
  readonly isParameter: boolean
}

/** Memory that tensors share. */
export interface StoredStorage {
  readonly key: string
  /** Class, e.g. `torch.FloatStorage`. */
  readonly type: string
  /** Elements of it that lie in front of what the tensor sees; other than 0 in files of PyTorch before 0.4 alone. */
  readonly skipped: number
}

/** @returns `undefined` for what is no tensor */
export function storedTensor(value: PickleValue | undefined): StoredTensor | undefined {
  if (value?.kind !== 'object') return undefined
  const name = madeBy(value)
  const read = /^torch\.(_utils|_tensor|nn\.parameter)\./.test(name)
    ? READERS.get(name.split('.').at(-1) ?? '')
    : undefined
  return read?.(argumentsOf(value))
}

type Reader = (args: readonly PickleValue[]) => StoredTensor | undefined

/** By the function that PyTorch would call. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['_rebuild_tensor', (args) => plain(args, undefined)],
  ['_rebuild_tensor_v2', (args) => plain(args, undefined)],
  ['_rebuild_tensor_v3', (args) => plain(args, typeNamed(args[6]))],
  ['_rebuild_parameter', parameter],
  ['_rebuild_parameter_with_state', parameter],
  ['Parameter', parameter],
  ['_rebuild_from_type_v2', ofSubclass],
  ['_rebuild_qtensor', (args) => ({ ...plain(args, undefined), dtype: undefined, refusal: 'a quantized tensor' })],
  ['_rebuild_sparse_tensor', (args) => notStored(itemsOf(args[1])[2], 'a sparse tensor')],
  [
    '_rebuild_meta_tensor_no_storage',
    (args) => ({ ...notStored(args[1], 'a tensor without contents'), dtype: typeNamed(args[0]) }),
  ],
])

/** Storage, offset, sizes, steps, whether it is trained. */
function plain(args: readonly PickleValue[], dtype: DataType | undefined): StoredTensor {
  const storage = args[0]?.kind === 'persistent' ? storedStorage(args[0].id) : undefined
  return {
    dtype: dtype ?? elementTypeOfStorage(storage?.type ?? ''),
    storage,
    offset: numberOf(args[1]) + (storage?.skipped ?? 0),
    shape: sizesOf(args[2]),
    strides: sizesOf(args[3]),
    requiresGrad: isTrue(args[4]),
    isParameter: false,
    ...(storage === undefined ? { refusal: 'a tensor without a storage' } : {}),
  }
}

/** A tensor, and whether it is trained. */
function parameter(args: readonly PickleValue[]): StoredTensor | undefined {
  // Parameters of parameters are made by nobody.
  const [data] = args
  const tensor = data?.kind === 'object' && READERS.get(nameOf(data)) !== parameter ? storedTensor(data) : undefined
  return tensor === undefined ? undefined : { ...tensor, requiresGrad: isTrue(args[1]), isParameter: true }
}

/** The function that makes the tensor, its class, the arguments of that function, and attributes. */
function ofSubclass([callee, type, args]: readonly PickleValue[]): StoredTensor | undefined {
  if (callee?.kind !== 'global' || args === undefined || callee.name.endsWith('_rebuild_from_type_v2')) return undefined
  const tensor = storedTensor({ kind: 'object', callee, args, items: [], entries: [] })
  const isParameter = type?.kind === 'global' && type.name.endsWith('.Parameter')
  return tensor === undefined ? undefined : { ...tensor, isParameter: tensor.isParameter || isParameter }
}

function notStored(shape: PickleValue | undefined, refusal: string): StoredTensor {
  const none = { strides: [], offset: 0, dtype: undefined, storage: undefined, requiresGrad: false, isParameter: false }
  return { ...none, shape: sizesOf(shape), refusal }
}

/**
 * @param id - `('storage', class, key, device, size, view)`; a view is `(key, offset, size)`
 * @returns `undefined` for what is no storage
 */
export function storedStorage(id: PickleValue): StoredStorage | undefined {
  const [what, type, key, , , view] = itemsOf(id)
  if (what?.kind !== 'text' || what.value !== 'storage' || key?.kind !== 'text') return undefined
  const skipped = view?.kind === 'tuple' ? numberOf(view.items[1]) : 0
  return { key: key.value, type: type?.kind === 'global' ? type.name : '', skipped }
}

/** @returns the numbers of a tuple, or of a `torch.Size` */
export function sizesOf(value: PickleValue | undefined): readonly number[] {
  const list =
    value !== undefined && madeBy(value) === 'torch.Size' && value.kind === 'object' ? argumentsOf(value)[0] : value
  return itemsOf(list).map(numberOf)
}

const nameOf = (value: PickleValue): string => madeBy(value).split('.').at(-1) ?? ''
const numberOf = (value: PickleValue | undefined): number => (value?.kind === 'int' ? value.value : Number.NaN)
const isTrue = (value: PickleValue | undefined): boolean => value?.kind === 'bool' && value.value

function typeNamed(value: PickleValue | undefined): DataType | undefined {
  return value?.kind === 'global' ? elementTypeNamed(value.name) : undefined
}
