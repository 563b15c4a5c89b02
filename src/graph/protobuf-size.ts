/** How many bytes protobuf messages take: lengths stand before what they measure, so they come first. */
import type { Field, FieldRun, MessageSchema, Payload } from './protobuf-schema.js'
import { textBytes } from './protobuf-text.js'

type Values = Readonly<Record<string, unknown>>

/** The value of every field that is there; the schema's type promises names and kinds. */
export function eachField(
  schema: MessageSchema<unknown>,
  value: unknown,
  take: (field: Field, value: NonNullable<unknown>) => void,
): void {
  const values = value as Values
  for (const field of schema.fields()) {
    const present = values[field.name]
    if (present === undefined || present === null) continue
    if (field.isRepeated && (present as readonly unknown[]).length === 0) continue
    take(field, present)
  }
}

/** @returns bytes of the message; `sizes` gets the size of each message and packed list, in the order of writing */
export function measure(schema: MessageSchema<unknown>, value: unknown, sizes: number[]): number {
  const index = sizes.push(0) - 1
  let total = 0
  eachField(schema, value, (field, present) => {
    total += measureField(field, present, sizes)
  })
  sizes[index] = total
  return total
}

function measureField(field: Field, value: NonNullable<unknown>, sizes: number[]): number {
  const tag = varintBytes(field.number * 8)
  switch (field.kind) {
    case 'int':
      return tag + varintBytes(value as number)
    case 'float':
      return tag + 4
    case 'double':
      return tag + 8
    case 'text':
      return tag + delimited(textBytes(value as string))
    case 'payload':
      return tag + delimited((value as Payload).byteLength)
    case 'texts':
      return sum(value as readonly string[], (text) => tag + delimited(textBytes(text)))
    case 'runs':
      return sum(value as readonly FieldRun[], (run) => run.byteLength)
    case 'ints':
    case 'floats':
    case 'doubles': {
      const size = listBytes(field, value as readonly number[])
      sizes.push(size)
      return tag + delimited(size)
    }
    default: {
      const { schema } = field
      if (schema === undefined) return 0
      if (field.kind === 'message') return tag + delimited(measure(schema, value, sizes))
      return sum(value as readonly unknown[], (element) => tag + delimited(measure(schema, element, sizes)))
    }
  }
}

function listBytes(field: Field, values: readonly number[]): number {
  if (field.kind === 'floats') return values.length * 4
  return field.kind === 'doubles' ? values.length * 8 : sum(values, varintBytes)
}

const delimited = (size: number): number => varintBytes(size) + size

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  let total = 0
  for (const value of values) total += of(value)
  return total
}

/** @returns bytes of a signed 64-bit varint: ten when negative */
function varintBytes(value: number): number {
  if (value < 0) return 10
  let bytes = 1
  for (let rest = value; rest >= 128 && bytes < 9; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}
