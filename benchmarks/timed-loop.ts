/** The loop whose cost everything else is there to know: nothing in it but the run, two looks at the clock and a sum. */
import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises'
import { type Seconds, seconds } from '../src/core/units.js'
import type { BoundRun } from '../src/engines/engine.js'
import type { Clock } from './clock.js'
import type { LatencyRecorder } from './latency-recorder.js'

/** Prepared batches that are run in turn. */
export interface RunPool {
  readonly runs: readonly BoundRun[]
  /** Index of the batch that comes next. */
  next: number
}

/** What a loop did. */
export interface LoopResult {
  readonly batches: number
  readonly seconds: Seconds
  /** Time inside the engine; the rest is the loop's own. */
  readonly busySeconds: Seconds
  /** Why the loop ended early; the batches before it count. */
  readonly failure?: unknown
}

/** What may happen while a loop runs. */
export interface LoopOptions {
  readonly signal?: AbortSignal | undefined
  /** Told the seconds since the start, before each turn of the event loop. */
  readonly onTurn?: ((elapsed: number) => void) | undefined
}

/** Seconds after which the event loop gets a turn, so that signals and timers are heard whatever the engine does. */
const LONGEST_SILENCE = 0.1

/**
 * Runs batches in turn for at least `duration`, at least one of them.
 *
 * The engine blocks the thread while it runs, so an abort is seen after the batch in which it happened.
 */
export async function runFor(
  pool: RunPool,
  duration: Seconds,
  clock: Pick<Clock, 'now'>,
  recorder: LatencyRecorder,
  { signal, onTurn }: LoopOptions = {},
): Promise<LoopResult> {
  const { runs } = pool
  const start = clock.now()
  const before = recorder.total
  const countBefore = recorder.count
  let end: number = start
  let silentUntil = start + LONGEST_SILENCE
  let failure: unknown
  try {
    do {
      const run = runs[pool.next]
      if (run === undefined) throw new RangeError('a timed loop needs at least one prepared batch')
      pool.next = pool.next + 1 === runs.length ? 0 : pool.next + 1
      const started = clock.now()
      await run.run()
      end = clock.now()
      recorder.add(end - started)
      if (end > silentUntil) {
        onTurn?.(end - start)
        await turnOfTheEventLoop()
        silentUntil = end + LONGEST_SILENCE
      }
    } while (end - start < duration && signal?.aborted !== true)
  } catch (cause) {
    failure = cause
  }
  return {
    batches: recorder.count - countBefore,
    seconds: seconds(end - start),
    busySeconds: seconds(recorder.total - before),
    ...(failure === undefined ? {} : { failure }),
  }
}
