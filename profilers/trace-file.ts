/**
 * A trace as it grows: one JSON object a line, each handed to the system in one piece before anything else happens, so
 * that a process that is killed leaves all of it but, at worst, its last line. Several threads may append to one file.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Warning } from '../src/core/warning.js'
import { messageOf } from './checked-reading.js'
import type { SystemCalls } from './system-calls.js'

/** One line: what happened, and its facts. */
export interface TraceEvent {
  readonly type: string
}

type WriteCalls = Pick<SystemCalls, 'addressOf' | 'write'>

/** An open trace. A line that cannot be written ends it, with a warning; the measurement goes on. */
export class TraceFile implements Disposable {
  /** For another thread that appends to the same file. */
  readonly path: string
  #file: number | undefined
  #failure: string | undefined
  /** Where the lines of readings are put together. */
  #line = Buffer.allocUnsafe(1024)
  /** Where it lies in memory; known only with the calls. */
  #lineAt: number
  readonly #calls: WriteCalls | undefined

  private constructor(path: string, flags: string, calls?: WriteCalls) {
    this.path = resolve(path)
    this.#file = openSync(this.path, flags)
    this.#calls = calls
    this.#lineAt = calls?.addressOf(this.#line) ?? 0
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

  /**
   * @param calls - by which the lines of readings are written; by Node's own otherwise
   * @throws the system's error, with its `code`
   */
  static append(path: string, calls?: WriteCalls): TraceFile {
    return new TraceFile(path, 'a', calls)
  }

  write<Event extends TraceEvent>(event: Event): void {
    if (this.#file === undefined) return
    const line = Buffer.from(`${JSON.stringify(event)}\n`)
    this.#append(line, line.length)
  }

  /**
   * Writes a background reading, with `null` where a counter could not be read.
   *
   * @param channel - place of its profiler among those of the meter
   * @param at - seconds
   * @param values - a gap is `undefined` or `NaN`
   */
  writeReading(channel: number, at: number, values: ArrayLike<number | undefined>): void {
    // Put together by hand and in one place: on a thread that wakes up with cold caches this takes two thirds of the time.
    let line = `{"type":"reading","channel":${channel},"at":${at},"values":[`
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN
      line += `${index === 0 ? '' : ','}${Number.isNaN(value) ? null : value}`
    }
    line += ']}\n'
    if (line.length > this.#line.length) this.#makeRoom(2 * line.length)
    const length = this.#line.write(line, 'latin1')
    if (this.#file === undefined) return
    if (this.#calls === undefined) this.#append(this.#line, length)
    else this.#settle(this.#calls.write(this.#file, this.#lineAt, length), length)
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

  #makeRoom(size: number): void {
    this.#line = Buffer.allocUnsafe(size)
    this.#lineAt = this.#calls?.addressOf(this.#line) ?? 0
  }

  /** @param written - bytes of the line, or -1, of which Node's own call finds out the reason */
  #settle(written: number, length: number): void {
    if (written === length) return
    if (written < 0) this.#append(this.#line, length)
    else this.#fail('the device is full')
  }

  #append(line: Buffer, length: number): void {
    if (this.#file === undefined) return
    try {
      if (writeSync(this.#file, line, 0, length, null) < length) this.#fail('the device is full')
    } catch (error) {
      this.#fail(messageOf(error))
    }
  }

  #fail(reason: string): void {
    this.#failure = reason
    this.close()
  }
}
