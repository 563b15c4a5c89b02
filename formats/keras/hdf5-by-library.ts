/** Reads every HDF5 file with the HDF5 library, with everything bounded. */
import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { bytesOf, type DataType } from '../../src/graph/data-type.js'
import type { Scratch } from '../../src/graph/scratch.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { fixedTexts, type Hdf5Dataset, type Hdf5File, type Hdf5Place, joinedTexts, MOST_MEMBERS } from './hdf5.js'
import { type Hdf5Module, type Hdf5Type, lendFile, loadHdf5, noteHdf5Error, takeBack } from './hdf5-library.js'
import { hdf5Error } from './keras-errors.js'

const LARGEST_ATTRIBUTE = 256 * 2 ** 20
const LARGEST_DATASET = 2 ** 31 - 2 ** 24
/** Deflate makes no more than this of one byte. */
const LARGEST_RATIO = 1032
const CLASS = { integer: 0, float: 1, string: 3, opaque: 5, enumeration: 8 } as const

/** Nothing stays open between uses: the file is opened by the first read and closed when the event loop turns. */
export class Hdf5ByLibrary implements Hdf5File {
  readonly #module: Hdf5Module
  readonly #place: Hdf5Place
  /** Tells when the file is no longer the one that was opened. */
  readonly #check: () => void
  readonly #there = new Map<string, boolean>()
  readonly #names = new Map<string, ReadonlySet<string>>()
  #session: { readonly file: RandomAccessFile; readonly path: string; readonly id: bigint } | undefined

  /** @throws {FormatError} `E_HDF5_LIBRARY` */
  static async open(place: Hdf5Place): Promise<Hdf5ByLibrary> {
    const file = place.open()
    try {
      const first = file.region(place.start, Math.min(place.size, 8))
      return new Hdf5ByLibrary(await loadHdf5(), place, () => first.read())
    } finally {
      file.close()
    }
  }

  private constructor(module: Hdf5Module, place: Hdf5Place, check: () => void) {
    this.#module = module
    this.#place = place
    this.#check = check
  }

  members(group: string): string[] {
    return this.#use(`group ${quoted(group)}`, (id) => {
      if (!this.#isThere(id, group) || this.#module.get_type(id, group) !== this.#module.H5G_GROUP) return []
      const names = this.#module.get_names(id, group, false)
      if (names.length > MOST_MEMBERS) throw hdf5Error(this.#place.path, `${names.length} members in one group`)
      return names
    })
  }

  text(path: string, name: string): string | undefined {
    return this.texts(path, name)?.[0]
  }

  texts(path: string, name: string): string[] | undefined {
    return this.#use(`attribute ${quoted(name)}`, (id) => {
      if (!this.#isThere(id, path)) return undefined
      const names = new Set(this.#module.get_attribute_names(id, path))
      return joinedTexts(names, name, (key) => this.#attribute(id, path, key))
    })
  }

  dataset(path: string): Hdf5Dataset | undefined {
    return this.#use(`dataset ${quoted(path)}`, (id) => {
      if (!this.#isThere(id, path) || this.#module.get_type(id, path) !== this.#module.H5G_DATASET) return undefined
      const type = this.#module.get_dataset_metadata(id, path)
      const shape = (type.shape ?? []).map(Number)
      const dtype = dtypeOf(type)
      if (dtype === undefined) throw hdf5Error(this.#place.path, `dataset ${quoted(path)} holds no plain numbers`)
      const byteLength = bytesOf(
        dtype,
        shape.reduce((product, size) => product * size, 1),
      )
      this.#checkSize(path, type, byteLength)
      const fill = (target: Uint8Array): Uint8Array => this.#lend(path, byteLength, (bytes) => copied(bytes, target))
      function* pieces(scratch: Scratch): Generator<Uint8Array> {
        const target = scratch.take(byteLength)
        yield fill(target)
        scratch.give(target)
      }
      return { path, dtype, shape, byteLength, read: () => fill(new Uint8Array(byteLength)), pieces }
    })
  }

  /** Closes what the last reads left open; later reads open it again. */
  close(): void {
    const session = this.#session
    if (session === undefined) return
    this.#session = undefined
    session.file.close()
    try {
      this.#module.close_file(session.id)
      takeBack(this.#module, session.path)
    } catch {
      // A file that is broken enough cannot even be closed; nothing of it is used any more.
    }
  }

  #lend<T>(path: string, byteLength: number, use: (bytes: Uint8Array) => T): T {
    return this.#use(`dataset ${quoted(path)}`, (id) =>
      this.#withMemory(byteLength, (pointer) => {
        this.#module.get_dataset_data(id, path, null, null, null, BigInt(pointer))
        return use(this.#module.HEAPU8.subarray(pointer, pointer + byteLength))
      }),
    )
  }

  /** Soft and external links count as absent: a file of Keras has none. Kept, since every path leads through the same groups. */
  #isThere(id: bigint, path: string): boolean {
    const known = path === '/' || path === '' ? true : this.#there.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const group = slash <= 0 ? '/' : path.slice(0, slash)
    const isListed = this.#isThere(id, group) && this.#namesIn(id, group).has(path.slice(slash + 1))
    const type = isListed ? this.#module.get_type(id, path) : undefined
    const isThere = type !== undefined && (type === this.#module.H5G_GROUP || type === this.#module.H5G_DATASET)
    this.#there.set(path, isThere)
    return isThere
  }

  /** Kept, since each weight is looked up by its path. */
  #namesIn(id: bigint, group: string): ReadonlySet<string> {
    const known = this.#names.get(group)
    if (known !== undefined) return known
    const names = new Set(this.#module.get_names(id, group, false))
    this.#names.set(group, names)
    return names
  }

  #attribute(id: bigint, path: string, name: string): string[] {
    const type = this.#module.get_attribute_metadata(id, path, name)
    const bytes = type.size * type.total_size
    // An empty list of texts may come as an empty list of numbers.
    if (type.shape === null || type.total_size === 0 || type.type !== CLASS.string) return []
    if (!(bytes <= LARGEST_ATTRIBUTE))
      throw hdf5Error(this.#place.path, `attribute ${quoted(name)} takes ${bytes} bytes`)
    return this.#withMemory(bytes, (pointer) => {
      this.#module.get_attribute_data(id, path, name, BigInt(pointer))
      const data = this.#module.HEAPU8.slice(pointer, pointer + bytes)
      if (!type.vlen) return fixedTexts(data, type.size)
      const texts = [...new Uint32Array(data.buffer)].map((at) => this.#module.UTF8ToString(at))
      this.#module.reclaim_vlen_memory(id, path, name, BigInt(pointer))
      return texts
    })
  }

  #checkSize(path: string, type: Hdf5Type, byteLength: number): void {
    const packed = type.chunks === null ? 1 : LARGEST_RATIO
    const isVirtual = (type.virtual_sources?.length ?? 0) > 0
    if (!isVirtual && byteLength <= LARGEST_DATASET && byteLength <= this.#place.size * packed) return
    throw hdf5Error(
      this.#place.path,
      `dataset ${quoted(path)} says it takes ${byteLength} bytes of a file of ${this.#place.size}`,
    )
  }

  #withMemory<T>(bytes: number, use: (pointer: number) => T): T {
    const pointer = this.#module._malloc(Math.max(8, bytes))
    if (pointer === 0) throw hdf5Error(this.#place.path, `no memory for ${bytes} bytes`)
    try {
      return use(pointer)
    } finally {
      this.#module._free(pointer)
    }
  }

  /** Whatever goes wrong inside HDF5 becomes one line. */
  #use<T>(what: string, use: (id: bigint) => T): T {
    try {
      return use(this.#open())
    } catch (cause) {
      this.close()
      if (cause instanceof FormatError) throw cause
      noteHdf5Error(cause)
      throw hdf5Error(this.#place.path, `${what} cannot be read (${reasonOf(cause)})`, cause)
    }
  }

  #open(): bigint {
    if (this.#session !== undefined) return this.#session.id
    this.#check()
    const file = this.#place.open()
    const path = lendFile(this.#module, file, this.#place.start, this.#place.size)
    try {
      const id = this.#module.open(path, 0, false, -1, -1)
      this.#session = { file, path, id }
      setImmediate(() => this.close())
      return id
    } catch (cause) {
      file.close()
      takeBack(this.#module, path)
      throw cause
    }
  }
}

function copied(bytes: Uint8Array, target: Uint8Array): Uint8Array {
  target.set(bytes)
  return target
}

function dtypeOf({ type, size, signed, vlen, littleEndian }: Hdf5Type): DataType | undefined {
  // The type has no name in HDF5: Keras keeps it as two bytes without a meaning.
  if (type === CLASS.opaque && size === 2) return 'bfloat16'
  if (vlen || (!littleEndian && size > 1)) return undefined
  if (type === CLASS.float) return ({ 2: 'float16', 4: 'float32', 8: 'float64' } as const)[size]
  if (type === CLASS.enumeration && size === 1) return 'bool'
  if (type !== CLASS.integer) return undefined
  if (signed) return ({ 1: 'int8', 2: 'int16', 4: 'int32', 8: 'int64' } as const)[size]
  return ({ 1: 'uint8', 2: 'uint16', 4: 'uint32', 8: 'uint64' } as const)[size]
}

/** HDF5 tells its whole way down, with source files and lines; the last step is what was wrong with the file. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : 'HDF5 gives no reason'
  const steps = [...text.matchAll(/ in \w+\(\): ([^\n]*)/g)].map(([, step = '']) => step)
  return (steps.at(-1) ?? text.replace(/^HDF5-DIAG: /, '')).replace(/\s+/g, ' ').trim().slice(0, 120)
}
