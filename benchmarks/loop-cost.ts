/** Measures what one turn of the timed loop takes of a processor, beside the run: with a run that does nothing. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { BoundRun } from '../src/engines/engine.js'
import type { Clock } from './clock.js'
import { LatencyRecorder } from './latency-recorder.js'
import { runFor } from './timed-loop.js'

/** Short enough to fit between two interruptions by other programs. */
const TURNS = 1000
const REPEATS = 10

const NOTHING: BoundRun = { run: () => Promise.resolve(), outputs: () => new Map() }

/**
 * The shortest of several loops, by the clock: it is one thread's work, and the CPU time of the process would count
 * engine threads that still spin.
 *
 * @returns time of one turn
 */
export async function loopCost(clock: Pick<Clock, 'now'>): Promise<Seconds> {
  let shortest = Number.POSITIVE_INFINITY
  for (let repeat = 0; repeat < REPEATS; repeat++) shortest = Math.min(shortest, await emptyLoop(clock))
  return seconds(shortest / TURNS)
}

/** The clock is looked at as often as in a measurement, but its answer is replaced by a count that ends the loop. */
async function emptyLoop(clock: Pick<Clock, 'now'>): Promise<number> {
  let looks = 0
  const counting = {
    now: () => {
      clock.now()
      return seconds(looks++)
    },
  }
  const start = clock.now()
  await runFor({ runs: [NOTHING], next: 0 }, seconds(2 * TURNS), counting, new LatencyRecorder(TURNS * 2))
  return clock.now() - start
}
