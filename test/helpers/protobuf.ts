/**
 * A protobuf reader and writer of thirty lines that knows no schema: tests use it so that what they expect of a file
 * does not come from the reader under test.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** One field as it lies in the message: a varint or fixed-size number, or bytes. */
export interface Field {
  readonly number: number
  readonly value: bigint | Uint8Array
}

/** @returns the fields of a message in file order */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = []
  for (let at = 0; at < message.length; ) {
    const [key, afterKey] = varint(message, at)
    const { value, end } = valueAt(message, afterKey, Number(key & 7n))
    fields.push({ number: Number(key >> 3n), value })
    at = end
  }
  return fields
}

/** @returns the byte values of every field `number`, in file order */
export const messagesOf = (message: Uint8Array, number: number): Uint8Array[] =>
  fieldsOf(message).flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  )

/** @returns the texts of every field `number`, in file order */
export const textsOf = (message: Uint8Array, number: number): string[] =>
  messagesOf(message, number).map((bytes) => new TextDecoder().decode(bytes))

/** @returns the integers of field `number`, packed or not, read as signed 64-bit */
export const integersOf = (message: Uint8Array, number: number): bigint[] =>
  fieldsOf(message).flatMap((field) => {
    if (field.number !== number) return []
    const values = field.value instanceof Uint8Array ? unpackVarints(field.value) : [field.value]
    return values.map((value) => BigInt.asIntN(64, value))
  })

/** @returns bytes of one length-delimited field */
export function writeField(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return Buffer.concat([writeVarint(number * 8 + 2), writeVarint(bytes.length), bytes])
}

function valueAt(message: Uint8Array, at: number, wireType: number): { value: bigint | Uint8Array; end: number } {
  if (wireType === 0) {
    const [value, end] = varint(message, at)
    return { value, end }
  }
  if (wireType === 2) {
    const [length, start] = varint(message, at)
    const end = start + Number(length)
    if (end > message.length) throw new Error(`field at ${at} ends at ${end}, past ${message.length}`)
    return { value: message.subarray(start, end), end }
  }
  if (wireType !== 1 && wireType !== 5) throw new Error(`wire type ${wireType} at ${at}`)
  const end = at + (wireType === 1 ? 8 : 4)
  return { value: message.subarray(at, end), end }
}

function varint(bytes: Uint8Array, start: number): [bigint, number] {
  let value = 0n
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] ?? 0
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start))
    if (byte < 0x80) return [value, at + 1]
  }
  throw new Error(`varint at ${start} has no end`)
}

function unpackVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = []
  for (let at = 0; at < bytes.length; ) {
    const [value, end] = varint(bytes, at)
    values.push(value)
    at = end
  }
  return values
}

function writeVarint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Uint8Array.from([...bytes, rest])
}
