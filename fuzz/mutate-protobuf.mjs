// Changes fields of a protobuf message and keeps all lengths around them right, so that what reads the fields is reached.
import { ABSURD } from './chance.mjs'

const DEEPEST = 40

/** @returns bytes of a message with some fields changed; bytes that are no message stay as they are */
export function mutateProtobuf(bytes, chance) {
  const fields = parse(bytes, 0)
  if (fields === undefined || fields.length === 0) return bytes
  for (let count = 1 + chance.below(3); count > 0; count -= 1) {
    const lists = listsIn(fields)
    const list = chance.pick(lists.filter((candidate) => candidate.length > 0))
    if (list === undefined) break
    chance.pick(WAYS)(list, chance.below(list.length), chance, lists)
  }
  return encode(fields)
}

/** Fields as `{ number, wire, value }`; `value` is a BigInt, bytes, or a list of fields. */
function parse(bytes, depth) {
  const fields = []
  for (let at = 0; at < bytes.length; ) {
    const tag = varintAt(bytes, at)
    if (tag === undefined) return undefined
    const [number, wire] = [tag.value >> 3n, Number(tag.value & 7n)]
    if (number === 0n || number > 1000n) return undefined
    at = tag.end
    if (wire === 0) {
      const read = varintAt(bytes, at)
      if (read === undefined) return undefined
      fields.push({ number, wire, value: read.value })
      at = read.end
      continue
    }
    const read = wire === 2 ? varintAt(bytes, at) : undefined
    const width = wire === 1 ? 8 : wire === 5 ? 4 : read === undefined ? -1 : Number(read.value)
    const start = read?.end ?? at
    if (width < 0 || start + width > bytes.length) return undefined
    const content = bytes.subarray(start, start + width)
    const inner = wire === 2 && width > 1 && depth < DEEPEST && !isText(content) ? parse(content, depth + 1) : undefined
    fields.push({ number, wire, value: inner ?? content })
    at = start + width
  }
  return fields
}

const isText = (bytes) => bytes.every((byte) => byte >= 0x20 && byte < 0x7f)

function varintAt(bytes, start) {
  let value = 0n
  for (let at = start, shift = 0n; at < bytes.length && shift < 70n; at += 1, shift += 7n) {
    value |= BigInt(bytes[at] & 0x7f) << shift
    if (bytes[at] < 0x80) return { value: value & (2n ** 64n - 1n), end: at + 1 }
  }
  return undefined
}

export function varintOf(value) {
  const digits = []
  let rest = BigInt.asUintN(64, value)
  do {
    digits.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(digits)
}

function encode(fields) {
  return Buffer.concat(
    fields.flatMap(({ number, wire, value }) => {
      const tag = varintOf((number << 3n) | BigInt(wire))
      if (wire === 0) return [tag, varintOf(value)]
      const content = Array.isArray(value) ? encode(value) : value
      return wire === 2 ? [tag, varintOf(BigInt(content.length)), content] : [tag, content]
    }),
  )
}

function listsIn(fields) {
  return [fields, ...fields.flatMap(({ value }) => (Array.isArray(value) ? listsIn(value) : []))]
}

const WAYS = [change, change, change, remove, double, move, borrow, borrow, renumber, retype, nest, many]

/** Another number, another text, other bytes. */
function change(list, index, chance) {
  const field = list[index]
  const { below, pick } = chance
  if (typeof field.value === 'bigint')
    field.value = pick([...ABSURD, field.value + 1n, field.value - 1n, BigInt(below(300))])
  else if (Array.isArray(field.value)) field.value = pick([[], Buffer.alloc(0), chance.bytes(below(20))])
  else field.value = otherBytes(field, chance)
}

function otherBytes({ wire, value }, chance) {
  const { below, pick } = chance
  if (wire !== 2) return Buffer.from(pick([0, 0xff, 0x7f, 0x80].map((byte) => Buffer.alloc(value.length, byte))))
  return pick([
    () => Buffer.alloc(0),
    () => chance.bytes(below(40)),
    () => value.subarray(0, below(value.length + 1)),
    () => Buffer.concat([value, value]),
    () => Buffer.concat(Array.from({ length: 1 + below(30) }, () => varintOf(pick(ABSURD)))),
    () => Buffer.alloc(below(5000), pick(['a', '\n', '\0', '\u001b', '/../'])),
    () => {
      const copy = Buffer.from(value)
      if (copy.length > 0) copy[below(copy.length)] = below(256)
      return copy
    },
  ])()
}

function remove(list, index) {
  list.splice(index, 1)
}

function double(list, index) {
  list.splice(index, 0, frozen(list[index]))
}

function move(list, index, { below }) {
  const [field] = list.splice(index, 1)
  list.splice(below(list.length + 1), 0, field)
}

/** A value from elsewhere: names that point to something else, cycles, messages of another kind. */
function borrow(list, index, { pick, happens }, lists) {
  const field = list[index]
  const alike = lists
    .flat()
    .filter((other) => other.wire === field.wire && (other.number === field.number || happens(0.2)))
  const other = pick(alike)
  if (other !== undefined) field.value = frozen(other).value
}

/** A copy that later changes pass by: a shared one would grow with every copy. */
function frozen({ number, wire, value }) {
  return { number, wire, value: Array.isArray(value) ? encode(value) : value }
}

function renumber(list, index, { below }) {
  list[index].number = BigInt(1 + below(40))
}

function retype(list, index, { pick, below }) {
  const field = list[index]
  field.wire = pick([0, 1, 2, 3, 4, 5, 6, 7])
  if (field.wire === 0) field.value = pick(ABSURD)
  else field.value = Buffer.alloc(field.wire === 5 ? 4 : field.wire === 1 ? 8 : below(8), below(256))
}

/** A message inside itself, again and again. */
function nest(list, index, { pick }) {
  const field = list[index]
  if (!Array.isArray(field.value)) return
  let inner = encode(field.value)
  for (let depth = pick([2, 50, 150]); depth > 0; depth -= 1) {
    inner = Buffer.concat([varintOf((field.number << 3n) | 2n), varintOf(BigInt(inner.length)), inner])
    if (inner.length > 2 ** 20) break
  }
  field.value = inner
}

function many(list, index, { pick }) {
  const field = frozen(list[index])
  const size = typeof field.value === 'bigint' ? 8 : field.value.length
  const count = Math.min(pick([10, 100, 2000]), Math.ceil(2 ** 20 / (size + 1)))
  list.splice(index, 0, ...Array.from({ length: count }, () => field))
}
