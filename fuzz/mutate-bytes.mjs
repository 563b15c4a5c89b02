// Damages bytes in the ways in which disks, downloads and attackers do, without knowing what they mean.
import { ABSURD } from './chance.mjs'

/** @returns a damaged copy; `other` is another file of the kind, for splices */
export function mutateBytes(bytes, chance, other = bytes) {
  let damaged = Buffer.from(bytes)
  for (let count = 1 + chance.below(4); count > 0; count -= 1) {
    damaged = chance.pick(WAYS)(damaged, chance, other)
    if (damaged.length === 0) return Buffer.from([0])
  }
  return damaged
}

const WAYS = [flipBit, setByte, fill, cutOff, cutOut, repeatPart, varint, word, swapParts, splice, noise]

function flipBit(bytes, { below }) {
  bytes[below(bytes.length)] ^= 1 << below(8)
  return bytes
}

function setByte(bytes, { below, pick }) {
  bytes[below(bytes.length)] = pick([0, 1, 0x7f, 0x80, 0xff, below(256)])
  return bytes
}

function fill(bytes, { below, pick }) {
  const start = below(bytes.length)
  return bytes.fill(pick([0, 0xff, 0x80, below(256)]), start, Math.min(bytes.length, start + below(64)))
}

function cutOff(bytes, { below }) {
  return bytes.subarray(0, 1 + below(bytes.length))
}

function cutOut(bytes, { below }) {
  const start = below(bytes.length)
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + below(16))])
}

function repeatPart(bytes, { below }) {
  const start = below(bytes.length)
  const end = Math.min(bytes.length, start + below(200))
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
}

/** A varint of many bits where a length may stand. */
function varint(bytes, { below }) {
  const place = below(bytes.length)
  const digits = 1 + below(10)
  const number = Buffer.concat([Buffer.alloc(digits - 1, 0xff), Buffer.from([below(128)])])
  return Buffer.concat([bytes.subarray(0, place), number, bytes.subarray(place + below(digits + 1))])
}

/** A length, count or offset of 2, 4 or 8 bytes that is far too large, or one off. */
function word(bytes, { below, pick }) {
  const width = pick([2, 4, 8])
  if (bytes.length < width) return bytes
  const place = below(bytes.length - width + 1)
  const value = pick([...ABSURD, BigInt(below(bytes.length)), BigInt(bytes.length)])
  const little = Buffer.alloc(8)
  little.writeBigUInt64LE(value)
  bytes.set(pick([little.subarray(0, width), Buffer.from(little.subarray(0, width)).reverse()]), place)
  return bytes
}

function swapParts(bytes, { below }) {
  const [a, b, c] = [0, 0, 0].map(() => below(bytes.length)).sort((left, right) => left - right)
  return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)])
}

/** The start of one file and the end of another. */
function splice(bytes, { below }, other) {
  return Buffer.concat([bytes.subarray(0, below(bytes.length)), other.subarray(below(other.length))])
}

function noise(bytes, { below, bytes: some }) {
  const place = below(bytes.length)
  return Buffer.concat([bytes.subarray(0, place), some(1 + below(32)), bytes.subarray(place + below(32))])
}
