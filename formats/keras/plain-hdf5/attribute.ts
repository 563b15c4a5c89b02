/**
 * Attributes that hold texts, which may lie in a global heap.
 *
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html sections IV.A.2.m and III.E
 */
import { fixedTexts, zeroEnded } from '../hdf5.js'
import { readElementType, readExtent } from './datatype.js'
import { startsWith } from './group.js'
import { definedWide, NotPlain, type PlainBytes } from './plain-bytes.js'

/** An attribute that is taken apart when asked for. */
export interface Attribute {
  readonly name: string
  /** @returns its texts; none where it holds numbers or nothing */
  texts(bytes: PlainBytes): string[]
}

const LARGEST_COLLECTION = 256 * 2 ** 20
const REFERENCE = 16

/** @throws {NotPlain} for versions and types that are not read here */
export function readAttribute(body: Buffer): Attribute {
  const version = body[0] ?? 0
  if (version < 1 || version > 3 || (version > 1 && body[1] !== 0))
    throw new NotPlain(`an attribute of version ${version}`)
  const sizes = [body.readUInt16LE(2), body.readUInt16LE(4), body.readUInt16LE(6)]
  let at = version === 3 ? 9 : 8
  const [name, type, extent] = sizes.map((size) => {
    const part = body.subarray(at, at + size)
    if (part.length < size) throw new NotPlain('an attribute that is cut off')
    at += version === 1 ? Math.ceil(size / 8) * 8 : size
    return part
  })
  if (name === undefined || type === undefined || extent === undefined) throw new NotPlain('an attribute without parts')
  return { name: zeroEnded(name), texts: (bytes) => textsOf(bytes, type, extent, body.subarray(at)) }
}

function textsOf(bytes: PlainBytes, typeBody: Buffer, extentBody: Buffer, data: Buffer): string[] {
  const extent = readExtent(extentBody)
  const count = extent?.reduce((product, size) => product * size, 1) ?? 0
  if (count === 0) return []
  const type = readElementType(typeBody)
  if (type.kind === 'number') return []
  const size = type.kind === 'text' ? type.size : REFERENCE
  if (!(count * size <= data.length)) throw new NotPlain('an attribute that is cut off')
  if (type.kind === 'text') return fixedTexts(data.subarray(0, count * size), size)
  const collections = new Map<number, Buffer>()
  return Array.from({ length: count }, (_, index) => {
    const at = index * REFERENCE
    const length = data.readUInt32LE(at)
    if (length === 0) return ''
    const address = definedWide(data, at + 4)
    const collection = collections.get(address) ?? readCollection(bytes, address)
    collections.set(address, collection)
    return zeroEnded(objectIn(collection, data.readUInt32LE(at + 12)).subarray(0, length))
  })
}

function readCollection(bytes: PlainBytes, address: number): Buffer {
  const head = bytes.read(address, 16)
  const size = definedWide(head, 8)
  if (!startsWith(head, 'GCOL') || head[4] !== 1 || size > LARGEST_COLLECTION) throw new NotPlain('no global heap')
  return bytes.read(address, size)
}

/** Objects follow each other: a header of 16 bytes, and contents filled up to 8. */
function objectIn(collection: Buffer, wanted: number): Buffer {
  for (let at = 16; at + 16 <= collection.length; ) {
    const [index, size] = [collection.readUInt16LE(at), definedWide(collection, at + 8)]
    if (index === 0) break
    const end = at + 16 + size
    if (end > collection.length) break
    if (index === wanted) return collection.subarray(at + 16, end)
    at += 16 + Math.ceil(size / 8) * 8
  }
  throw new NotPlain('a text that is not in its heap')
}
