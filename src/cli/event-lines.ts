/** `--events`: what happens in a training as lines of JSON, for programs that watch it. */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Progress } from '../../benchmarks/options.js'
import { UsageError } from '../core/errors.js'
import type { EpochRecord, TrainingRecord } from '../core/record.js'
import { parseRecord } from '../core/validate-record.js'
import { type Terminal, write } from './terminal.js'

/** Takes what happens; the lines are written at once, so that whoever follows the file is never behind. */
export interface EventLines {
  progress(this: void, progress: Progress): void
  epoch(this: void, epoch: EpochRecord): void
  end(record: TrainingRecord): Promise<void>
  close(): void
}

/** Milliseconds between two lines of progress of one phase. */
const PERIOD = 1000

/**
 * @param path - a file, or `-` for standard output; `undefined` writes nothing
 * @param start - fields of the first line
 * @throws {UsageError} `E_OUTPUT` when the file cannot be written
 */
export function eventLines(
  path: string | undefined,
  terminal: Terminal,
  start: Readonly<Record<string, unknown>>,
  now: () => number = () => performance.now(),
): EventLines {
  const sink = path === undefined ? NOTHING : path === '-' ? standardOutput(terminal) : fileSink(path)
  const line = (event: string, fields: object) => sink.write(`${JSON.stringify({ event, ...fields })}\n`)
  void line('start', start)
  let [phase, at] = ['', Number.NEGATIVE_INFINITY]
  return {
    progress: (progress) => {
      if (progress.phase === phase && now() - at < PERIOD) return
      ;[phase, at] = [progress.phase, now()]
      void line('progress', progress)
    },
    epoch: (epoch) => void line('epoch', { row: epoch }),
    end: async (record) => {
      await line('end', { record: parseRecord(record) })
    },
    close: () => sink.close(),
  }
}

interface Sink {
  write(text: string): Promise<void>
  close(): void
}

const NOTHING: Sink = { write: () => Promise.resolve(), close: () => {} }

const standardOutput = ({ stdout }: Terminal): Sink => ({ write: (text) => write(stdout, text), close: () => {} })

function fileSink(path: string): Sink {
  let file: number
  try {
    file = openSync(path, 'w')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError('E_OUTPUT', `cannot write the events to ${path}: ${reason}`, { cause })
  }
  return {
    write: (text) => {
      writeSync(file, text)
      return Promise.resolve()
    },
    close: () => closeSync(file),
  }
}
