/**
 * Reads HDF5 files of the plain kind, as h5py writes them for Keras: groups with symbol tables, texts, and datasets whose
 * elements lie in one piece, which are read straight from the file.
 *
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
import { bytesOf } from '../../../src/graph/data-type.js'
import { sameBytes } from '../../../src/graph/pieces.js'
import type { RandomAccessFile } from '../../random-access-file.js'
import { type Hdf5Dataset, type Hdf5File, type Hdf5Place, joinedTexts } from '../hdf5.js'
import { type Attribute, readAttribute } from './attribute.js'
import { readElementType, readExtent } from './datatype.js'
import { readGroup } from './group.js'
import { MESSAGE, type Message, readMessages } from './object-header.js'
import { definedWide, NotPlain, PlainBytes, wide } from './plain-bytes.js'

/**
 * @param file - open at that place; used only until the last call, while regions of it outlive it
 * @throws {NotPlain} as every method does, for files of other kinds and for broken ones
 */
export function openPlain(place: Hdf5Place, file: RandomAccessFile): Hdf5File {
  const bytes = new PlainBytes(file, place.start, place.size)
  return new PlainFile(
    bytes,
    plainly(() => rootOf(bytes)),
    (address, length) => file.region(place.start + address, length),
  )
}

const SUPERBLOCK = 96
const CONTIGUOUS = 1

/** Version 0, addresses and lengths of 8 bytes, nothing in front and nothing cut off. */
function rootOf(bytes: PlainBytes): number {
  const block = bytes.read(0, SUPERBLOCK)
  const isPlain = block[8] === 0 && block[13] === 8 && block[14] === 8
  if (!isPlain || wide(block, 24) !== 0 || definedWide(block, 40) > bytes.size) throw new NotPlain('another superblock')
  return definedWide(block, 64)
}

/** One object of the file, taken apart step by step. */
interface FileObject {
  readonly messages: readonly Message[]
  readonly members: ReadonlyMap<string, number> | undefined
  attributes: ReadonlyMap<string, Attribute> | undefined
}

type Region = RandomAccessFile['region']

class PlainFile implements Hdf5File {
  readonly #bytes: PlainBytes
  readonly #root: number
  readonly #region: Region
  readonly #objects = new Map<number, FileObject>()

  constructor(bytes: PlainBytes, root: number, region: Region) {
    this.#bytes = bytes
    this.#root = root
    this.#region = region
  }

  members(group: string): string[] {
    return plainly(() => [...(this.#find(group)?.members?.keys() ?? [])])
  }

  text(path: string, name: string): string | undefined {
    return this.texts(path, name)?.[0]
  }

  texts(path: string, name: string): string[] | undefined {
    return plainly(() => this.#texts(path, name))
  }

  dataset(path: string): Hdf5Dataset | undefined {
    return plainly(() => this.#dataset(path))
  }

  #texts(path: string, name: string): string[] | undefined {
    const object = this.#find(path)
    if (object === undefined) return undefined
    object.attributes ??= attributesOf(object)
    const { attributes } = object
    return joinedTexts(new Set(attributes.keys()), name, (key) => attributes.get(key)?.texts(this.#bytes) ?? [])
  }

  #dataset(path: string): Hdf5Dataset | undefined {
    const object = this.#find(path)
    if (object === undefined || object.members !== undefined) return undefined
    const type = readElementType(bodyOf(object, MESSAGE.datatype))
    const shape = readExtent(bodyOf(object, MESSAGE.dataspace))
    if (type.kind !== 'number' || shape === undefined) throw new NotPlain('a dataset without numbers')
    const byteLength = bytesOf(
      type.dtype,
      shape.reduce((product, size) => product * size, 1),
    )
    const region = this.#region(addressOf(object, byteLength, this.#bytes.size), byteLength)
    return { path, dtype: type.dtype, shape, ...sameBytes(region) }
  }

  #find(path: string): FileObject | undefined {
    let object = this.#object(this.#root)
    for (const name of path.split('/').filter((part) => part !== '')) {
      const address = object.members?.get(name)
      if (address === undefined) return undefined
      object = this.#object(address)
    }
    return object
  }

  #object(address: number): FileObject {
    const known = this.#objects.get(address)
    if (known !== undefined) return known
    const messages = readMessages(this.#bytes, address)
    const object = { messages, members: readGroup(this.#bytes, messages), attributes: undefined }
    this.#objects.set(address, object)
    return object
  }
}

/** A part that is too short for what it should hold is a doubt like every other. */
function plainly<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof RangeError) throw new NotPlain('a part that is cut off', { cause })
    throw cause
  }
}

function attributesOf({ messages }: FileObject): ReadonlyMap<string, Attribute> {
  const found = messages.filter(({ type }) => type === MESSAGE.attribute).map(({ body }) => readAttribute(body))
  return new Map(found.map((attribute) => [attribute.name, attribute]))
}

function bodyOf({ messages }: FileObject, wanted: number): Buffer {
  const body = messages.find(({ type }) => type === wanted)?.body
  if (body === undefined) throw new NotPlain('a dataset without type, extent or place')
  return body
}

/** Elements in one piece, all of them written, without filters and in this file. */
function addressOf(object: FileObject, byteLength: number, fileSize: number): number {
  const body = bodyOf(object, MESSAGE.layout)
  const isElsewhere = object.messages.some(({ type }) => type === MESSAGE.filters || type === MESSAGE.externalFiles)
  if (body[0] !== 3 || body[1] !== CONTIGUOUS || isElsewhere) throw new NotPlain('a dataset in pieces')
  if (byteLength === 0) return 0
  const address = definedWide(body, 2)
  if (definedWide(body, 10) === byteLength && address + byteLength <= fileSize) return address
  throw new NotPlain('a dataset that does not fill its place')
}
