/** The loop whose cost everything else is there to know: nothing in it but the run, two looks at the clock and a sum. */
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

/**
 * Runs batches in turn for at least `duration`, at least one of them.
 *
 * The engine blocks the thread while it runs and lets the event loop turn between two runs, so an abort is seen after
 * the batch in which it happened.
 */
export async function runFor(
  pool: RunPool,
  duration: Seconds,
  clock: Pick<Clock, 'now'>,
  recorder: LatencyRecorder,
  signal?: AbortSignal,
): Promise<LoopResult> {
  const { runs } = pool
  const start = clock.now()
  const before = recorder.total
  const countBefore = recorder.count
  let end: number = start
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
