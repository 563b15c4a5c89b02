/**
 * A trace as it grows: one JSON object a line, each handed to the system in one piece before anything else happens, so
 * that a process that is killed leaves all of it but, at worst, its last line. Several threads may append to one file.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Warning } from '../src/core/warning.js'
import { messageOf } from './checked-reading.js'
import type { Reading } from './profiler.js'

/** One line: what happened, and its facts. */
export interface TraceEvent {
  readonly type: string
}

/** A background reading of one profiler: `channel` is its place among those of the meter. */
export interface ReadingEvent {
  readonly type: 'reading'
  readonly channel: number
  readonly at: number
  /** `null` where a counter could not be read. */
  readonly values: readonly (number | null)[]
}

/** An open trace. A line that cannot be written ends it, with a warning; the measurement goes on. */
export class TraceFile implements Disposable {
  /** For another thread that appends to the same file. */
  readonly path: string
  #file: number | undefined
  #failure: string | undefined

  private constructor(path: string, flags: string) {
    this.path = resolve(path)
    this.#file = openSync(this.path, flags)
  }

  /**
   * Begins a trace; one that stood there is overwritten.
   *
   * @throws the system's error, with its `code`
   */
  static create(path: string): TraceFile {
    const trace = new TraceFile(path, 'w')
    trace.close()
    return TraceFile.append(path)
  }

  /** @throws the system's error, with its `code` */
  static append(path: string): TraceFile {
    return new TraceFile(path, 'a')
  }

  write<Event extends TraceEvent>(event: Event): void {
    if (this.#file === undefined) return
    const line = Buffer.from(`${JSON.stringify(event)}\n`)
    try {
      if (writeSync(this.#file, line) < line.length) this.#fail('the device is full')
    } catch (error) {
      this.#fail(messageOf(error))
    }
  }

  /** Says that the trace ends early. */
  get warnings(): readonly Warning[] {
    if (this.#failure === undefined) return []
    return [
      {
        code: 'W_TRACE_ENDED',
        message: `the trace ${this.path} ends early: ${this.#failure}`,
        hint: 'the record is complete; run again with --trace on a device with more room to replay it',
      },
    ]
  }

  /** Safe to call twice. */
  close(): void {
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) closeSync(file)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #fail(reason: string): void {
    this.#failure = reason
    this.close()
  }
}

/** @returns the line for a reading, with gaps as JSON can hold them */
export function readingEvent(channel: number, { at, values }: Reading): ReadingEvent {
  return { type: 'reading', channel, at, values: values.map((value) => value ?? null) }
}
