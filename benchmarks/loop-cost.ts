/** Measures what one turn of the timed loop takes of a processor, beside the run: with a run that does nothing. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { BoundRun } from '../src/engines/engine.js'
import type { Clock } from './clock.js'
import { LatencyRecorder } from './latency-recorder.js'
import { runFor } from './timed-loop.js'

/** About 5 ms, in which garbage is collected. */
const TURNS = 30_000
/** In the first the compiler meets another clock than that of the measurement, and makes up its mind anew. */
const PASSES = 6
/** What a look at the counting clock seems to take, seconds: so little that the event loop never gets a turn. */
const LOOK = 1e-9

const NOTHING: BoundRun = { run: () => Promise.resolve(), outputs: () => new Map() }

/**
 * The CPU time of the process, collection of garbage included, or the time by the clock where that is shorter: the first
 * also counts engine threads that still spin, the second time that other programs had. The least of several passes.
 *
 * @returns CPU time of one turn
 */
export async function loopCost(clock: Pick<Clock, 'now' | 'cpu'>): Promise<Seconds> {
  let least = Number.POSITIVE_INFINITY
  for (let pass = 0; pass < PASSES; pass++) {
    const [start, startCpu] = [clock.now(), clock.cpu()]
    const batches = await emptyLoop(clock)
    least = Math.min(least, (clock.now() - start) / batches, (clock.cpu() - startCpu) / batches)
  }
  return seconds(least)
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
  const pool = { runs: [NOTHING], next: 0 }
  return (await runFor(pool, seconds(2 * TURNS * LOOK), counting, new LatencyRecorder())).batches
}
