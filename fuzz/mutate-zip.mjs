// Changes one file inside a zip archive and packs it again with right sums, or lies in the directory of the archive.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { ABSURD } from './chance.mjs'
import { mutateBytes } from './mutate-bytes.mjs'
import { mutateHdf5 } from './mutate-hdf5.mjs'
import { mutateJson } from './mutate-json.mjs'

/** @returns a damaged archive of Keras */
export function mutateKerasArchive(bytes, chance, other) {
  return mutateArchive(bytes, chance, other, mutateHdf5)
}

/**
 * @param mutateContent - damages an entry that is no JSON: contents, chance, contents to mix in, name
 * @returns a damaged archive
 */
export function mutateArchive(bytes, chance, other, mutateContent) {
  if (chance.happens(0.1)) return mutateBytes(bytes, chance, other)
  const entries = readEntries(bytes)
  for (let count = 1 + chance.below(2); count > 0; count -= 1) chance.pick(WAYS)(entries, chance, mutateContent)
  return writeEntries(entries, chance)
}

const WAYS = [contents, contents, contents, contents, bomb, rename, remove, double, lie]

function contents(entries, chance, mutateContent) {
  const entry = chance.pick(entries)
  const isJson = entry?.name.endsWith('.json') === true
  if (isJson) entry.content = Buffer.from(mutateJson(entry.content.toString('utf8'), chance))
  else if (entry !== undefined) entry.content = mutateContent(entry.content, chance, entry.content, entry.name)
}

/** Little that becomes much. */
function bomb(entries, chance) {
  const entry = chance.pick(entries)
  if (entry === undefined) return
  entry.packed = deflateRawSync(Buffer.alloc(chance.pick([2 ** 20, 2 ** 26]), chance.pick([0, 0x20, 0x5b])))
  entry.claimed = chance.pick([undefined, 10n, 2n ** 28n, 2n ** 32n - 2n])
}

function rename(entries, { pick }) {
  const entry = pick(entries)
  if (entry !== undefined)
    entry.name = pick([
      pick(entries).name,
      'config.json',
      'model.weights.h5',
      'metadata.json',
      '../config.json',
      '',
      '\0',
      'x'.repeat(60_000),
    ])
}

function remove(entries, { below }) {
  entries.splice(below(entries.length), 1)
}

function double(entries, { pick }) {
  const entry = pick(entries)
  if (entry !== undefined) entries.push({ ...entry })
}

/** A number in the headers that is not true. */
function lie(entries, chance) {
  const entry = chance.pick(entries)
  if (entry !== undefined)
    entry.lie = { place: chance.below(42), value: chance.pick(ABSURD), width: chance.pick([2, 4]) }
}

/** Of an archive that is whole. */
function readEntries(bytes) {
  const end = bytes.lastIndexOf('PK\x05\x06')
  const entries = []
  for (let at = bytes.readUInt32LE(end + 16); bytes.readUInt32LE(at) === 0x02014b50; ) {
    const [method, packedSize, start] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ]
    const [nameLength, more] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)]
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28)
    const packed = bytes.subarray(from, from + packedSize)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    entries.push({ name, content: Buffer.from(method === 0 ? packed : inflateRawSync(packed)) })
    at += 46 + nameLength + more
  }
  return entries
}

function writeEntries(entries, chance) {
  const [parts, directory] = [[], []]
  let offset = 0
  for (const entry of entries) {
    const isPacked = entry.packed !== undefined || chance.happens(0.1)
    const stored = isPacked ? (entry.packed ?? deflateRawSync(entry.content)) : entry.content
    const size = Number(entry.claimed ?? BigInt(entry.content.length))
    const name = Buffer.from(entry.name)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(isPacked ? 8 : 0, 4)
    head.writeUInt32LE(crc32(entry.content), 10)
    head.writeUInt32LE(stored.length, 14)
    head.writeUInt32LE(size, 18)
    head.writeUInt16LE(name.length, 22)
    const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, Buffer.alloc(14), name])
    central.writeUInt32LE(offset, 42)
    if (entry.lie !== undefined) tell(entry.lie, central)
    directory.push(central)
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), head, name, stored)
    offset += 30 + name.length + stored.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, listed, end])
}

function tell({ place, value, width }, bytes) {
  const little = Buffer.alloc(8)
  little.writeBigUInt64LE(value)
  bytes.set(little.subarray(0, width), 4 + place)
}

/** Node's own came with version 22. */
function crc32(bytes) {
  let sum = 0xffffffff
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})
