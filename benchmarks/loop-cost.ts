/** Measures what one turn of the timed loop takes of a processor, beside the run: with a run that does nothing. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { BoundRun } from '../src/engines/engine.js'
import type { Clock } from './clock.js'
import { LatencyRecorder } from './latency-recorder.js'
import { runFor } from './timed-loop.js'

/** Short enough to fit between two interruptions by other programs. */
const TURNS = 1000
const REPEATS = 10
/** What a look at the counting clock seems to take, seconds: so little that the event loop never gets a turn. */
const LOOK = 1e-9

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
  return seconds(shortest)
}

/** The clock is looked at as often as in a measurement, but its answer is replaced by a count that ends the loop. */
async function emptyLoop(clock: Pick<Clock, 'now'>): Promise<number> {
  let looks = 0
  const counting = {
    now: () => {
      clock.now()
      return seconds(looks++ * LOOK)
    },
  }
  const start = clock.now()
  const pool = { runs: [NOTHING], next: 0 }
  const { batches } = await runFor(pool, seconds(2 * TURNS * LOOK), counting, new LatencyRecorder(TURNS * 2))
  return (clock.now() - start) / batches
}
