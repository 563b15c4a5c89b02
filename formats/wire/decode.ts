/** Decodes protobuf messages by their schema tables; payloads and long repeated values stay in the file. */
import type { FormatError } from '../../src/core/errors.js'
import { type Field, type MessageSchema, NOTHING, type Payload } from '../../src/graph/protobuf-schema.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { WireBudget, type WireLimits } from './limits.js'
import { EAGER_BYTES, HeldPayload, OpenRun } from './payloads.js'
import { brokenFile } from './wire-errors.js'
import { WIRE, WireReader } from './wire-reader.js'

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
    const values = (previous ?? schema.create()) as Values
    while (reader.position < end) {
      const tag = reader.tag()
      const field = table[tag >>> 3]
      if (field === undefined) reader.skip(tag, end)
      else if ((tag & 7) === WIRE.bytes) this.#delimited(values, field, end, depth)
      else this.#scalar(values, field, tag, end)
    }
    if (reader.position > end) throw this.#overrun(schema.name, end)
    return values as T
  }

  /** Texts, payloads, messages and packed lists. */
  #delimited(values: Values, field: Field, outerEnd: number, depth: number): void {
    const reader = this.#reader
    if (field.kind === 'runs') {
      this.#run(listOf<OpenRun>(values, field), field.number * 8 + WIRE.bytes, outerEnd)
      return
    }
    const length = reader.length(outerEnd)
    switch (field.kind) {
      case 'text':
        values[field.name] = this.#text(length)
        return
      case 'texts':
        listOf<string>(values, field).push(this.#text(length))
        return
      case 'messages':
        listOf<unknown>(values, field).push(
          this.message(schemaOf(field), reader.position + length, depth + 1, undefined),
        )
        return
      case 'message':
        values[field.name] = this.message(schemaOf(field), reader.position + length, depth + 1, values[field.name])
        return
      case 'payload':
        values[field.name] = this.#payload(length)
        return
      case 'ints':
      case 'floats':
      case 'doubles':
        this.#packed(listOf<number>(values, field), field, length)
        return
      default:
        throw this.#wrongType(field, WIRE.bytes)
    }
  }

  /** Single numbers, and the elements of lists that are not packed. */
  #scalar(values: Values, field: Field, tag: number, end: number): void {
    if (field.kind === 'runs') {
      this.#run(listOf<OpenRun>(values, field), tag, end)
      return
    }
    if ((tag & 7) !== wireTypeOf(field)) throw this.#wrongType(field, tag & 7)
    const value = this.#number(field)
    if (!field.isRepeated) values[field.name] = value
    else {
      this.#budget.takeNumbers(1)
      listOf<number>(values, field).push(value)
    }
  }

  #packed(list: number[], field: Field, length: number): void {
    const end = this.#reader.position + length
    // A varint takes a byte at least.
    const size = field.kind === 'floats' ? 4 : field.kind === 'doubles' ? 8 : 1
    this.#budget.takeNumbers(Math.floor(length / size))
    while (this.#reader.position < end) list.push(this.#number(field))
    if (this.#reader.position > end) throw this.#overrun(field.name, end)
  }

  #number(field: Field): number {
    switch (field.kind) {
      case 'float':
      case 'floats':
        return this.#reader.float()
      case 'double':
      case 'doubles':
        return this.#reader.double()
      default:
        return this.#reader.varint()
    }
  }

  #text(length: number): string {
    this.#budget.takeText(length)
    return this.#reader.text(length)
  }

  #payload(length: number): Payload {
    this.#budget.takeItem()
    const reader = this.#reader
    if (length <= EAGER_BYTES) return new HeldPayload(reader.bytes(length))
    const offset = reader.position
    reader.seek(offset + length)
    return reader.file.region(offset, length)
  }

  /** The tag has been read; the run begins with it. */
  #run(list: OpenRun[], tag: number, outerEnd: number): void {
    const reader = this.#reader
    const start = reader.tagStart
    const isPacked = (tag & 7) === WIRE.bytes
    const length = isPacked ? reader.length(outerEnd) : 0
    const valueStart = reader.position
    if (isPacked) reader.seek(valueStart + length)
    else reader.skip(tag, outerEnd)
    const end = reader.position
    const valueBytes = end - valueStart
    let run = list.at(-1)
    if (run?.end === start) run.extend(end, valueBytes)
    else {
      this.#budget.takeItem()
      run = new OpenRun(reader.file, start, end, valueBytes, isPacked)
      list.push(run)
    }
    if (run.byteLength <= EAGER_BYTES) {
      reader.seek(run.start)
      run.keep(reader.bytes(run.byteLength))
    }
  }

  #wrongType(field: Field, type: number): FormatError {
    const { file, tagStart } = this.#reader
    return brokenFile('E_PROTOBUF_TYPE', file.path, tagStart, `field ${field.name} has wire type ${type}`)
  }

  #overrun(what: string, end: number): FormatError {
    return brokenFile('E_PROTOBUF_LENGTH', this.#reader.file.path, end, `${what} runs past its end`)
  }
}

/** The schema of a field that holds messages. */
function schemaOf(field: Field): MessageSchema<unknown> {
  if (field.schema === undefined) throw new TypeError(`field ${field.name} holds no messages`)
  return field.schema
}

function wireTypeOf(field: Field): number {
  switch (field.kind) {
    case 'int':
    case 'ints':
      return WIRE.varint
    case 'float':
    case 'floats':
      return WIRE.fixed32
    case 'double':
    case 'doubles':
      return WIRE.fixed64
    default:
      return WIRE.bytes
  }
}

function listOf<T>(values: Values, field: Field): T[] {
  const list = values[field.name]
  if (list !== NOTHING) return list as T[]
  const fresh: T[] = []
  values[field.name] = fresh
  return fresh
}
