/** Decodes protobuf messages by their schema tables; payloads and long repeated values stay in the file. */
import { FormatError } from '../../src/core/errors.js'
import {
  type Field,
  type FieldRun,
  type MessageSchema,
  NOTHING,
  type Payload,
} from '../../src/graph/protobuf-schema.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { WireBudget, type WireLimits } from './limits.js'
import { WIRE, WireReader } from './wire-reader.js'

/** Payloads up to this size are read at once: they lie in the window, and are mostly shapes that counting asks for. */
export const EAGER_BYTES = 1024

/** Options of `decodeFile`. */
export interface DecodeOptions {
  readonly limits?: WireLimits
  /** First and last byte (exclusive) of the message; the whole file where absent. */
  readonly start?: number
  readonly end?: number
}

/**
 * Decodes the message that fills a file.
 *
 * @throws {FormatError} `E_PROTOBUF_TRUNCATED`, `E_PROTOBUF_LENGTH`, `E_PROTOBUF_TAG`, `E_PROTOBUF_VARINT`,
 *   `E_PROTOBUF_TYPE`, `E_PROTOBUF_DEPTH`, `E_PROTOBUF_LIMIT`
 */
export function decodeFile<T>(file: RandomAccessFile, schema: MessageSchema<T>, options: DecodeOptions = {}): T {
  const { start = 0, end = file.size } = options
  const reader = new WireReader(file, start)
  return new Decoder(reader, new WireBudget(file.path, options.limits)).message(schema, end, 1, undefined)
}

type Values = Record<string, unknown>

class Decoder {
  readonly #reader: WireReader
  readonly #budget: WireBudget

  constructor(reader: WireReader, budget: WireBudget) {
    this.#reader = reader
    this.#budget = budget
  }

  /** @param previous - the value of a single field that appears again: protobuf merges the two */
  message<T>(schema: MessageSchema<T>, end: number, depth: number, previous: T | undefined): T {
    this.#budget.takeItem()
    this.#budget.takeDepth(depth)
    const reader = this.#reader
    const table = schema.byNumber()
    // The schema's type promises that its names and kinds are those of T.
    const values = (previous ?? { ...schema.empty() }) as Values
    while (reader.position < end) {
      const offset = reader.position
      const tag = reader.tag()
      const field = table[tag >>> 3]
      if (field === undefined) reader.skip(tag, end)
      else this.#field(values, field, { schema: schema.name, offset, tag, end, depth })
    }
    if (reader.position > end) {
      throw new FormatError(
        'E_PROTOBUF_LENGTH',
        `${reader.file.path}: ${schema.name} runs past its end at byte ${end}`,
        {
          hint: 'the file is damaged: download or export it again',
        },
      )
    }
    return values as T
  }

  #field(values: Values, field: Field, place: Place): void {
    const type = place.tag & 7
    switch (field.kind) {
      case 'int':
        this.#expect(type === WIRE.varint, field, place)
        values[field.name] = this.#reader.varint()
        return
      case 'float':
        this.#expect(type === WIRE.fixed32, field, place)
        values[field.name] = this.#reader.float()
        return
      case 'double':
        this.#expect(type === WIRE.fixed64, field, place)
        values[field.name] = this.#reader.double()
        return
      case 'ints':
      case 'floats':
      case 'doubles':
        this.#numbers(listOf<number>(values, field), field, place)
        return
      case 'runs':
        this.#run(listOf<OpenRun>(values, field), place)
        return
      default:
        this.#expect(type === WIRE.bytes, field, place)
        this.#delimited(values, field, place)
    }
  }

  /** Texts, payloads and messages. */
  #delimited(values: Values, field: Field, place: Place): void {
    const length = this.#reader.length(place.end)
    switch (field.kind) {
      case 'text':
        values[field.name] = this.#text(length)
        return
      case 'texts':
        listOf<string>(values, field).push(this.#text(length))
        return
      case 'payload':
        values[field.name] = this.#payload(length)
        return
      default: {
        if (field.schema === undefined) return
        const end = this.#reader.position + length
        if (field.kind === 'messages') {
          listOf<unknown>(values, field).push(this.message(field.schema, end, place.depth + 1, undefined))
        } else {
          values[field.name] = this.message(field.schema, end, place.depth + 1, values[field.name])
        }
      }
    }
  }

  #text(length: number): string {
    this.#budget.takeItem()
    this.#budget.takeText(length)
    return this.#reader.text(length)
  }

  #payload(length: number): Payload {
    this.#budget.takeItem()
    const reader = this.#reader
    if (length <= EAGER_BYTES) {
      const bytes = reader.bytes(length)
      return { byteLength: length, read: () => bytes }
    }
    const offset = reader.position
    reader.seek(offset + length)
    return reader.file.region(offset, length)
  }

  #numbers(list: number[], field: Field, place: Place): void {
    const type = place.tag & 7
    const read = this.#numberReader(field)
    if (type !== WIRE.bytes) {
      this.#expect(type === read.wire, field, place)
      this.#budget.takeNumbers(1)
      list.push(read.one())
      return
    }
    const length = this.#reader.length(place.end)
    const end = this.#reader.position + length
    // A varint takes a byte at least.
    this.#budget.takeNumbers(read.bytes === 1 ? length : Math.floor(length / read.bytes))
    while (this.#reader.position < end) list.push(read.one())
    this.#expect(this.#reader.position === end, field, place)
  }

  #numberReader(field: Field): { wire: number; bytes: number; one: () => number } {
    const reader = this.#reader
    if (field.kind === 'floats') return { wire: WIRE.fixed32, bytes: 4, one: () => reader.float() }
    if (field.kind === 'doubles') return { wire: WIRE.fixed64, bytes: 8, one: () => reader.double() }
    return { wire: WIRE.varint, bytes: 1, one: () => reader.varint() }
  }

  #run(list: OpenRun[], place: Place): void {
    const reader = this.#reader
    const start = reader.position
    reader.skip(place.tag, place.end)
    const end = reader.position
    const isPacked = (place.tag & 7) === WIRE.bytes
    const valueBytes = isPacked ? lengthWithout(start, end) : end - start
    let run = list.at(-1)
    if (run?.end === place.offset) run.extend(end, valueBytes)
    else {
      this.#budget.takeItem()
      run = new OpenRun(reader.file, place.offset, end, valueBytes, isPacked)
      list.push(run)
    }
    if (run.byteLength <= EAGER_BYTES) {
      reader.seek(run.start)
      run.keep(reader.bytes(run.byteLength))
    }
  }

  #expect(isRight: boolean, field: Field, place: Place): void {
    if (isRight) return
    throw new FormatError(
      'E_PROTOBUF_TYPE',
      `${this.#reader.file.path} is broken at byte ${place.offset}: ${place.schema}.${field.name} has wire type ${place.tag & 7}`,
      { hint: 'the file is damaged or of another kind: download or export it again' },
    )
  }
}

/** Where a field lies. */
interface Place {
  readonly schema: string
  readonly offset: number
  readonly tag: number
  readonly end: number
  readonly depth: number
}

/** A run that grows while its field goes on. */
class OpenRun implements FieldRun {
  readonly #file: RandomAccessFile
  readonly start: number
  end: number
  valueBytes: number
  isPacked: boolean
  #kept: Uint8Array | undefined

  constructor(file: RandomAccessFile, start: number, end: number, valueBytes: number, isPacked: boolean) {
    this.#file = file
    this.start = start
    this.end = end
    this.valueBytes = valueBytes
    this.isPacked = isPacked
  }

  get byteLength(): number {
    return this.end - this.start
  }

  extend(end: number, valueBytes: number): void {
    this.end = end
    this.valueBytes += valueBytes
    this.isPacked = false
    this.#kept = undefined
  }

  keep(bytes: Uint8Array): void {
    this.#kept = bytes
  }

  read(): Uint8Array {
    return this.#kept ?? this.#file.region(this.start, this.byteLength).read()
  }

  readValues(): Uint8Array {
    return (
      this.#kept?.slice(this.byteLength - this.valueBytes) ??
      this.#file.region(this.end - this.valueBytes, this.valueBytes).read()
    )
  }
}

/** @returns bytes of a length-delimited value, of the `end - start` bytes that it takes with its length in front */
function lengthWithout(start: number, end: number): number {
  const total = end - start
  for (let lengthBytes = 1; lengthBytes <= 10; lengthBytes += 1) {
    if (total - lengthBytes < 2 ** (7 * lengthBytes)) return total - lengthBytes
  }
  return 0
}

function listOf<T>(values: Values, field: Field): T[] {
  const list = values[field.name]
  if (list !== NOTHING) return list as T[]
  const fresh: T[] = []
  values[field.name] = fresh
  return fresh
}
