// Changes entries of a LevelDB table, the index of a checkpoint, and writes it again with right sums, snappy or not.
import { ABSURD } from './chance.mjs'
import { mutateBytes } from './mutate-bytes.mjs'
import { mutateProtobuf, varintOf } from './mutate-protobuf.mjs'

/** @returns a damaged table */
export function mutateTable(bytes, chance, other) {
  if (chance.happens(0.3)) return mutateBytes(bytes, chance, other)
  const entries = readTable(bytes)
  for (let count = 1 + chance.below(2); count > 0; count -= 1) chance.pick(WAYS)(entries, chance)
  return writeTable(entries, chance)
}

const WAYS = [value, value, value, value, key, remove, double, many]

function value(entries, chance) {
  const entry = chance.pick(entries)
  if (entry !== undefined) entry.value = mutateProtobuf(entry.value, chance)
}

function key(entries, chance) {
  const [entry, other] = [chance.pick(entries), chance.pick(entries)]
  if (entry !== undefined)
    entry.key = chance.pick([other.key, Buffer.alloc(0), mutateBytes(entry.key, chance), Buffer.alloc(10_000, 'k')])
}

function remove(entries, { below }) {
  entries.splice(below(entries.length), 1)
}

function double(entries, { pick }) {
  const entry = pick(entries)
  if (entry !== undefined) entries.push(entry)
}

function many(entries, { pick }) {
  const entry = pick(entries)
  if (entry !== undefined)
    for (let index = 0; index < 20_000; index += 1) entries.push({ key: Buffer.from(`k${index}`), value: entry.value })
}

/** Of a table that is whole and not compressed, with one block in its index or more. */
function readTable(bytes) {
  const footer = bytes.subarray(bytes.length - 48)
  const [, , indexAt, indexSize] = varintsIn(footer, 4)
  const handles = entriesOf(bytes.subarray(indexAt, indexAt + indexSize))
  return handles.flatMap((handle) => {
    const [start, size] = varintsIn(handle.value, 2)
    return entriesOf(bytes.subarray(start, start + size))
  })
}

function varintsIn(bytes, count, from = 0) {
  const values = []
  let at = from
  for (; values.length < count; ) {
    let [number, scale] = [0, 1]
    for (; bytes[at] >= 0x80; at += 1, scale *= 128) number += (bytes[at] & 0x7f) * scale
    values.push(number + bytes[at] * scale)
    at += 1
  }
  values.push(at)
  return values
}

function entriesOf(block) {
  const end = block.length - 4 * (1 + block.readUInt32LE(block.length - 4))
  const entries = []
  let previous = Buffer.alloc(0)
  for (let at = 0; at < end; ) {
    const [shared, more, size, start] = varintsIn(block, 3, at)
    const name = Buffer.concat([previous.subarray(0, shared), block.subarray(start, start + more)])
    entries.push({ key: name, value: Buffer.from(block.subarray(start + more, start + more + size)) })
    previous = name
    at = start + more + size
  }
  return entries
}

function writeTable(entries, chance) {
  const kind = chance.happens(0.4) ? 1 : 0
  const block = stored(blockOf(entries, chance), kind, chance)
  const index = stored(
    blockOf([{ key: Buffer.from('~'), value: handle(0, block.length - 5, chance) }], chance),
    kind,
    chance,
  )
  const handles = Buffer.concat([handle(0, 0, chance), handle(block.length, index.length - 5, chance)])
  const magic = Buffer.from('57fb808b247547db', 'hex')
  return Buffer.concat([block, index, handles, Buffer.alloc(Math.max(0, 40 - handles.length)), magic])
}

/** Now and then it points elsewhere. */
function handle(offset, size, { happens, pick }) {
  const lie = (number) => (happens(0.02) ? pick(ABSURD) : BigInt(number))
  return Buffer.concat([varintOf(lie(offset)), varintOf(lie(size))])
}

function blockOf(entries, { happens, pick }) {
  const number = (honest) => varintOf(happens(0.01) ? pick(ABSURD) : BigInt(honest))
  const parts = entries.flatMap(({ key: name, value: content }) => [
    number(0),
    number(name.length),
    number(content.length),
    name,
    content,
  ])
  return Buffer.concat([...parts, Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])])
}

function stored(plain, kind, chance) {
  const content = kind === 1 ? snappy(plain, chance) : plain
  const trailer = Buffer.from([kind, 0, 0, 0, 0])
  const sum = crc32c(Buffer.concat([content, trailer.subarray(0, 1)]))
  trailer.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0, 1)
  return Buffer.concat([content, trailer])
}

/** Literals, with a copy or a length now and then that leads nowhere. */
function snappy(plain, { happens, pick, below }) {
  const parts = [varintOf(happens(0.1) ? pick(ABSURD) : BigInt(plain.length))]
  for (let at = 0; at < plain.length; at += 60) {
    const piece = plain.subarray(at, at + 60)
    parts.push(Buffer.from([(piece.length - 1) << 2]), piece)
    if (happens(0.01))
      parts.push(Buffer.from([pick([1, 2, 3]) | (below(64) << 2), below(256), below(256), below(256), below(256)]))
  }
  return Buffer.concat(parts)
}

function crc32c(bytes) {
  let sum = 0xffffffff
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let sum = index
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1
  return sum
})
