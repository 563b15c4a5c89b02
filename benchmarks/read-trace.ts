/** Reads a trace back: every line is checked, and a last line that was cut off with its process is left out. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { FormatError } from '../src/core/errors.js'
import { repeatedLine } from './repeated-line.js'
import { EVENT_SCHEMAS, type RunTraceEvent, TRACE_VERSION } from './trace-events.js'

/** A day of ten readings a second of a machine with sixteen counters. */
const MOST_BYTES = 512 * 2 ** 20
/** The record of a large run has some hundred kilobytes. */
const MOST_BYTES_OF_A_LINE = 16 * 2 ** 20

/** A trace as it was read. */
export interface TraceContents {
  readonly events: readonly RunTraceEvent[]
  /** Its last line was cut off. */
  readonly isTorn: boolean
}

/**
 * @throws {FormatError} `E_TRACE_READ` when it cannot be read, `E_TRACE_SIZE` when it is too large, `E_TRACE_VERSION` when a
 * later greenbench wrote it, `E_TRACE_INVALID` with the line for everything else
 */
export async function readTrace(path: string): Promise<TraceContents> {
  const events: RunTraceEvent[] = []
  let torn: string | undefined
  for await (const { text, number, isLast } of linesOf(path)) {
    if (torn !== undefined) throw invalid(path, number - 1, 'is not JSON')
    const json = parsed(text)
    if (json === undefined && isLast) torn = text
    else if (json === undefined) throw invalid(path, number, 'is not JSON')
    else events.push(check(json, path, number))
  }
  if (events.length === 0) throw invalid(path, 1, 'is not the start of a trace')
  const repeated = repeatedLine(events)
  if (repeated >= 0) throw invalid(path, repeated + 1, `(${events[repeated]?.type}): it repeats one before it`)
  return { events, isTorn: torn !== undefined }
}

function check(json: unknown, path: string, line: number): RunTraceEvent {
  if (line === 1) checkVersion(json, path)
  const type = line === 1 ? 'start' : typeOf(json)
  if (type === undefined) throw invalid(path, line, 'has no type of event')
  const validate = validatorOf(type)
  if (validate(json)) return json as RunTraceEvent
  const [problem] = validate.errors ?? []
  throw invalid(path, line, `(${type}): ${problem?.instancePath.slice(1) || 'it'} ${problem?.message ?? 'is wrong'}`)
}

/** Compiled when the first event of a type is met, since that takes longer than reading most traces. */
const validators = new Map<string, ValidateFunction>()

function validatorOf(type: keyof typeof EVENT_SCHEMAS): ValidateFunction {
  const known = validators.get(type)
  if (known !== undefined) return known
  const ajv = new Ajv({ strict: false })
  addFormats.default(ajv)
  const validate = ajv.compile(EVENT_SCHEMAS[type])
  validators.set(type, validate)
  return validate
}

function checkVersion(json: unknown, path: string): void {
  const version: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'traceVersion') : undefined
  if (typeof version !== 'number' || version <= TRACE_VERSION) return
  throw new FormatError('E_TRACE_VERSION', `${path} is a trace of version ${version}, expected ${TRACE_VERSION}`, {
    hint: 'a later greenbench wrote it: update greenbench',
  })
}

function typeOf(json: unknown): keyof typeof EVENT_SCHEMAS | undefined {
  const type: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'type') : undefined
  return typeof type === 'string' && Object.hasOwn(EVENT_SCHEMAS, type)
    ? (type as keyof typeof EVENT_SCHEMAS)
    : undefined
}

interface Line {
  readonly text: string
  /** From 1. */
  readonly number: number
  /** Without a line break behind it. */
  readonly isLast: boolean
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  await checkSize(path)
  let rest = Buffer.alloc(0)
  let number = 0
  let total = 0
  for await (const chunk of chunksOf(path)) {
    total += chunk.length
    if (total > MOST_BYTES) throw tooLarge(path, `more than ${MOST_BYTES} bytes`)
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; start = end + 1, end = chunk.indexOf(10, start)) {
      yield { text: joined(rest, chunk.subarray(start, end)), number: ++number, isLast: false }
      rest = Buffer.alloc(0)
    }
    rest = Buffer.concat([rest, chunk.subarray(start)])
    if (rest.length > MOST_BYTES_OF_A_LINE) throw tooLarge(path, `a line of more than ${MOST_BYTES_OF_A_LINE} bytes`)
  }
  if (rest.length > 0) yield { text: rest.toString(), number: ++number, isLast: true }
}

const joined = (rest: Buffer, more: Buffer): string =>
  rest.length === 0 ? more.toString() : Buffer.concat([rest, more]).toString()

async function checkSize(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (!found.isFile()) throw new FormatError('E_TRACE_READ', `cannot read the trace ${path}: it is no file`)
  if (found.size > MOST_BYTES) throw tooLarge(path, `${found.size} bytes`)
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller knows which line it is.
    return undefined
  }
}

function invalid(path: string, line: number, problem: string): FormatError {
  return new FormatError('E_TRACE_INVALID', `${path} is no trace: line ${line} ${problem}`, {
    hint: 'traces are the files that greenbench writes with --trace',
  })
}

const tooLarge = (path: string, what: string): FormatError =>
  new FormatError('E_TRACE_SIZE', `${path} has ${what}, too many for a trace`)

function unreadable(path: string, cause: unknown): FormatError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new FormatError('E_TRACE_READ', `cannot read the trace ${path}: ${reason}`, { cause })
}
