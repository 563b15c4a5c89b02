/**
 * Encodes protobuf messages by their schema tables; payloads are passed through, so that weights are never copied twice.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import type { Field, FieldRun, MessageSchema, Payload } from './protobuf-schema.js'
import { eachField, measure } from './protobuf-size.js'
import { encodeText } from './protobuf-text.js'

/** A message as pieces to write one after the other. */
export interface EncodedMessage {
  readonly byteLength: number
  /** Bytes, or payloads to be read when their turn comes. */
  readonly parts: readonly (Uint8Array | Payload)[]
}

/** @param value - of the schema's type; properties that are `undefined` or empty are left out */
export function encodeMessage<T>(schema: MessageSchema<T>, value: T): EncodedMessage {
  const sizes: number[] = []
  const byteLength = measure(schema, value, sizes)
  const encoder = new Encoder(sizes)
  encoder.message(schema, value)
  return { byteLength, parts: encoder.finish() }
}

const CHUNK = 65_536
const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Writes what `measure` has measured, in the same order. */
class Encoder {
  readonly #sizes: readonly number[]
  readonly #parts: (Uint8Array | Payload)[] = []
  #nextSize = 0
  #chunk = Buffer.allocUnsafeSlow(CHUNK)
  #at = 0

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes
  }

  message(schema: MessageSchema<unknown>, value: unknown): void {
    this.#takeSize()
    eachField(schema, value, (field, present) => this.#field(field, present))
  }

  finish(): readonly (Uint8Array | Payload)[] {
    this.#flush()
    return this.#parts
  }

  #field(field: Field, value: NonNullable<unknown>): void {
    switch (field.kind) {
      case 'int':
        this.#tag(field, VARINT)
        this.#varint(value as number)
        return
      case 'float':
        this.#tag(field, FIXED32)
        this.#float(value as number)
        return
      case 'double':
        this.#tag(field, FIXED64)
        this.#double(value as number)
        return
      case 'text':
        this.#text(field, value as string)
        return
      case 'texts':
        for (const text of value as readonly string[]) this.#text(field, text)
        return
      case 'payload':
        this.#tag(field, BYTES)
        this.#varint((value as Payload).byteLength)
        this.#pass(value as Payload)
        return
      case 'runs':
        for (const run of value as readonly FieldRun[]) this.#pass(run)
        return
      case 'message':
        this.#nested(field, value)
        return
      case 'messages':
        for (const element of value as readonly unknown[]) this.#nested(field, element)
        return
      default:
        this.#numbers(field, value as readonly number[])
    }
  }

  #nested(field: Field, value: unknown): void {
    if (field.schema === undefined) return
    this.#tag(field, BYTES)
    this.#varint(this.#sizes[this.#nextSize] ?? 0)
    this.message(field.schema, value)
  }

  #numbers(field: Field, values: readonly number[]): void {
    this.#tag(field, BYTES)
    this.#varint(this.#takeSize())
    for (const value of values) {
      if (field.kind === 'floats') this.#float(value)
      else if (field.kind === 'doubles') this.#double(value)
      else this.#varint(value)
    }
  }

  #takeSize(): number {
    this.#nextSize += 1
    return this.#sizes[this.#nextSize - 1] ?? 0
  }

  #text(field: Field, text: string): void {
    this.#tag(field, BYTES)
    const bytes = encodeText(text)
    this.#varint(bytes.length)
    this.#bytes(bytes)
  }

  #tag(field: Field, wireType: number): void {
    this.#varint(field.number * 8 + wireType)
  }

  /** Numbers past the 64-bit range, which only rounding of its ends gives, become those ends. */
  #varint(value: number): void {
    this.#room(10)
    if (value >= 0 && value < 0x8000_0000) {
      let rest = value
      for (; rest >= 128; rest >>>= 7) this.#byte((rest & 0x7f) | 0x80)
      this.#byte(rest)
      return
    }
    const clamped = value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(Math.max(Math.trunc(value), -(2 ** 63)))
    let rest = BigInt.asUintN(64, clamped)
    for (; rest >= 128n; rest >>= 7n) this.#byte(Number(rest & 0x7fn) | 0x80)
    this.#byte(Number(rest))
  }

  #byte(value: number): void {
    this.#chunk[this.#at] = value
    this.#at += 1
  }

  #float(value: number): void {
    this.#room(4)
    this.#at = this.#chunk.writeFloatLE(value, this.#at)
  }

  #double(value: number): void {
    this.#room(8)
    this.#at = this.#chunk.writeDoubleLE(value, this.#at)
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length > CHUNK / 2) {
      this.#flush()
      this.#parts.push(bytes)
      return
    }
    this.#room(bytes.length)
    this.#chunk.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #pass(payload: Payload): void {
    if (payload.byteLength === 0) return
    this.#flush()
    this.#parts.push(payload)
  }

  /** Makes room for so many bytes in one piece, at most half a chunk. */
  #room(count: number): void {
    if (this.#at + count <= this.#chunk.length) return
    this.#flush()
    if (this.#chunk.length < count) this.#chunk = Buffer.allocUnsafeSlow(CHUNK)
  }

  /** What was written stays where it is; the rest of the chunk goes on being filled. */
  #flush(): void {
    if (this.#at > 0) this.#parts.push(this.#chunk.subarray(0, this.#at))
    this.#chunk = this.#chunk.subarray(this.#at)
    this.#at = 0
  }
}
