/** Measures what one turn of the timed loop takes of a processor, beside the run: with a run that does nothing. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { BoundRun } from '../src/engines/engine.js'
import type { Clock } from './clock.js'
import { LatencyRecorder } from './latency-recorder.js'
import { runFor } from './timed-loop.js'

/** Enough for the microseconds of the system's CPU clock, in about 10 ms. */
const TURNS = 20_000

const NOTHING: BoundRun = { run: () => Promise.resolve(), outputs: () => new Map() }

/** @returns CPU time of one turn */
export async function loopCost(clock: Clock): Promise<Seconds> {
  let ticks = 0
  // The real clock is looked at as often as in a measurement; its answer is replaced so that the turns are counted.
  const counting = {
    now: () => {
      clock.now()
      return seconds(ticks++)
    },
  }
  const before = clock.cpu()
  const { batches } = await runFor(
    { runs: [NOTHING], next: 0 },
    seconds(2 * TURNS),
    counting,
    new LatencyRecorder(4096),
  )
  return seconds((clock.cpu() - before) / batches)
}
