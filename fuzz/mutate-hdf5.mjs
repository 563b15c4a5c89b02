// Changes the structures of an HDF5 file: headers of objects, heaps, trees, addresses, and the Keras config kept in it.
import { ABSURD } from './chance.mjs'
import { mutateBytes } from './mutate-bytes.mjs'
import { mutateJson } from './mutate-json.mjs'

const SIGNATURES = [
  'TREE',
  'HEAP',
  'SNOD',
  'GCOL',
  'OHDR',
  'OCHK',
  'FRHP',
  'FHDB',
  'FHIB',
  'BTHD',
  'BTLF',
  'BTIN',
  'FADB',
]
/** Of what follows a signature: header, first entries. */
const STRUCTURE = 96

/** @returns a damaged copy */
export function mutateHdf5(bytes, chance, other) {
  const copy = Buffer.from(bytes)
  for (let count = 1 + chance.below(3); count > 0; count -= 1) {
    const changed = chance.pick(WAYS)(copy, chance)
    if (changed === undefined) return mutateBytes(copy, chance, other)
  }
  return copy
}

const WAYS = [structure, structure, structure, address, address, message, config, config, () => undefined]

/** Bytes behind a signature, or of the first header. */
function structure(bytes, chance) {
  const starts = SIGNATURES.flatMap((name) => placesOf(bytes, name))
  const start = chance.pick([0, ...starts])
  return setNumber(bytes, start + 4 + chance.below(STRUCTURE), chance)
}

function placesOf(bytes, text) {
  const places = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at)
  return places
}

function setNumber(bytes, place, { pick, below }) {
  const width = pick([1, 2, 4, 8])
  if (place + width > bytes.length) return bytes
  const little = Buffer.alloc(8)
  little.writeBigUInt64LE(pick([...ABSURD, BigInt(below(bytes.length))]))
  bytes.set(little.subarray(0, width), place)
  return bytes
}

/** An address that points to another structure: groups inside themselves, one object under two names. */
function address(bytes, { pick, below }) {
  const addresses = []
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const value = bytes.readBigUInt64LE(at)
    if (value >= 48n && value < BigInt(bytes.length) && value % 8n === 0n) addresses.push(at)
  }
  const place = pick(addresses)
  if (place === undefined) return undefined
  const target = pick([
    () => bytes.readBigUInt64LE(pick(addresses)),
    () => BigInt(below(bytes.length)),
    () => pick(ABSURD),
  ])()
  bytes.writeBigUInt64LE(target, place)
  return bytes
}

/** Old object headers have no signature, but start with version 1, 0, and few messages. */
function message(bytes, chance) {
  const headers = []
  for (let at = 0; at + 16 <= bytes.length; at += 8) {
    const isHeader = bytes[at] === 1 && bytes[at + 1] === 0 && bytes[at + 2] < 60 && bytes.readUInt32LE(at + 4) < 200
    if (isHeader && bytes.readUInt32LE(at + 4) > 0) headers.push(at)
  }
  const start = chance.pick(headers)
  return start === undefined ? undefined : setNumber(bytes, start + chance.below(256), chance)
}

/** Another config of at most the same length, filled up with spaces. */
function config(bytes, chance) {
  const start = chance.pick(placesOf(bytes, '{"'))
  const end = start === undefined ? -1 : endOfJson(bytes, start)
  if (end < 0) return undefined
  const changed = Buffer.from(mutateJson(bytes.toString('utf8', start, end), chance))
  if (changed.length > end - start) return undefined
  bytes.fill(' ', start, end)
  bytes.set(changed, start)
  return bytes
}

function endOfJson(bytes, start) {
  let depth = 0
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] === 0x7b) depth += 1
    if (bytes[at] === 0x7d) depth -= 1
    if (depth === 0) return at + 1
    if (bytes[at] === 0) return -1
  }
  return -1
}
