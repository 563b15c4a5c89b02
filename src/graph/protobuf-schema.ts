/**
 * Tables that say which field number of a protobuf message holds what; one table serves reader and writer.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import type { ByteSource } from './pieces.js'

/** Bytes of a length-delimited field that are read only when asked for. */
export type Payload = ByteSource

/** Consecutive appearances of one repeated field, tags included, as they lie in the file; read-only. */
export interface FieldRun extends Payload {
  /** Bytes of the values alone, without tags and lengths. */
  readonly valueBytes: number
  /** True for one packed appearance: its values are the last `valueBytes` bytes. */
  readonly isPacked: boolean
  /** @returns the values of a packed run */
  readValues(): Uint8Array
}

/** Kinds of single fields. `int` is every varint up to 64 bits, signed; `text` is UTF-8, see `protobuf-text.ts`. */
export type SingleKind = 'int' | 'float' | 'double' | 'text' | 'payload'
/** Kinds of repeated fields. Packed or not is the reader's business; `runs` are not decoded at all. */
export type RepeatedKind = 'ints' | 'floats' | 'doubles' | 'texts' | 'runs'

/** What a field of TypeScript type `Value` may be on the wire; a message in brackets is repeated. */
export type FieldType<Value> = [Value] extends [number]
  ? 'int' | 'float' | 'double'
  : [Value] extends [string]
    ? 'text'
    : [Value] extends [readonly number[]]
      ? 'ints' | 'floats' | 'doubles'
      : [Value] extends [readonly string[]]
        ? 'texts'
        : [Value] extends [readonly FieldRun[]]
          ? 'runs'
          : [Value] extends [Payload]
            ? 'payload'
            : [Value] extends [readonly (infer Element)[]]
              ? readonly [MessageSchema<Element>]
              : MessageSchema<Value>

/** Field number and type of every property of a message. */
export type FieldTable<T> = {
  readonly [Name in keyof T]-?: readonly [number, FieldType<NonNullable<T[Name]>>]
}

/** One field as reader and writer see it. */
export interface Field {
  readonly name: string
  readonly number: number
  readonly isRepeated: boolean
  readonly kind: SingleKind | RepeatedKind | 'message' | 'messages'
  /** Set for messages. */
  readonly schema: MessageSchema<unknown> | undefined
}

/** A message: repeated properties are always there, single ones are `undefined` where the file has none. */
export interface MessageSchema<T> {
  /** Name in the `.proto` file. */
  readonly name: string
  /** In the order of their numbers. */
  fields(): readonly Field[]
  /** By field number; holes for numbers that are not used. */
  byNumber(): readonly (Field | undefined)[]
  /** What a message without any field decodes to; shared, never written to. */
  empty(): T
  /** @returns a new message without any field: it inherits the values of `empty`, so that it holds only what is there */
  create(): T
}

/** @returns the schema of a message; the table is made at first use, since messages refer to each other */
export function messageSchema<T>(name: string, table: () => NoInfer<FieldTable<T>>): MessageSchema<T> {
  let fields: readonly Field[] | undefined
  let byNumber: (Field | undefined)[] | undefined
  let empty: T | undefined
  let Message: (new () => T) | undefined
  const schema: MessageSchema<T> = {
    name,
    fields: () => {
      fields ??= compile(table())
      return fields
    },
    byNumber: () => {
      byNumber ??= indexByNumber(schema.fields())
      return byNumber
    },
    empty: () => {
      // Every property of T is in the table, which the type of the table promises.
      empty ??= Object.fromEntries(
        schema.fields().map((field) => [field.name, field.isRepeated ? NOTHING : undefined]),
      ) as T
      return empty
    },
    create: () => {
      Message ??= messageClass(schema.empty())
      return new Message()
    },
  }
  return schema
}

/** A class of its own per message: engines learn the layout of its objects. */
function messageClass<T>(empty: T): new () => T {
  class Message {}
  Object.assign(Message.prototype, empty)
  // Its objects have all properties of T, by inheritance.
  return Message as new () => T
}

/** The repeated field that does not appear. */
export const NOTHING: readonly never[] = Object.freeze([])

type AnyFieldType = SingleKind | RepeatedKind | MessageSchema<unknown> | readonly [MessageSchema<unknown>]

function compile(table: object): Field[] {
  // The table's values are pairs by its type; `Object.entries` forgets it.
  const rows = Object.entries(table) as [string, readonly [number, AnyFieldType]][]
  return rows.map(([name, [number, type]]) => compileField(name, number, type)).sort((a, b) => a.number - b.number)
}

function compileField(name: string, number: number, type: AnyFieldType): Field {
  if (typeof type === 'string') return { name, number, kind: type, isRepeated: type.endsWith('s'), schema: undefined }
  if ('fields' in type) return { name, number, kind: 'message', isRepeated: false, schema: type }
  return { name, number, kind: 'messages', isRepeated: true, schema: type[0] }
}

function indexByNumber(fields: readonly Field[]): (Field | undefined)[] {
  const highest = Math.max(0, ...fields.map((field) => field.number))
  const table: (Field | undefined)[] = new Array(highest + 1).fill(undefined)
  for (const field of fields) table[field.number] = field
  return table
}
