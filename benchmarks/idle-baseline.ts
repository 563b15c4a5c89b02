/** Power of the machine while greenbench does nothing but read its sensors. */
import type { EnergyMeter, WindowEnergy } from '../profilers/energy-window.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Clock } from './clock.js'
import { beginWindow } from './window-energy.js'

/** What was seen while idle. */
export interface IdleBaseline {
  readonly seconds: Seconds
  /** Processor time of this process per second: what its own sampling costs. */
  readonly cpuShare: number
  readonly energy?: WindowEnergy
  /** Mean power of equal parts of that time, in order, W: how much idle power wanders. Absent where parts are too short. */
  readonly partWatts?: readonly number[]
  readonly warnings: readonly Warning[]
}

/** Parts of a baseline; a part has at least so many updates of the slowest counter, else it is mostly edge. */
const MOST_PARTS = 12
const LEAST_PARTS = 3
const UPDATES_PER_PART = 100

interface IdleParts {
  readonly clock: Clock
  readonly meter?: EnergyMeter
  readonly signal?: AbortSignal
}

/**
 * Waits for `duration`, less when `signal` aborts. Before it begins one update passes, since a slow counter would bring
 * joules of what ran before into the baseline.
 */
export async function measureIdle(duration: Seconds, parts: IdleParts): Promise<IdleBaseline> {
  const { clock, meter, signal } = parts
  if (meter !== undefined) await clock.sleep(meter.updatePeriod, signal)
  const endWindow = beginWindow(meter)
  const start = clock.now()
  const cpuBefore = clock.cpu()
  const partWatts = await wait(duration, parts)
  const elapsed = seconds(clock.now() - start)
  const cpuShare = elapsed > 0 ? (clock.cpu() - cpuBefore) / elapsed : 0
  const known = partWatts.length < LEAST_PARTS ? {} : { partWatts }
  return { seconds: elapsed, cpuShare, ...known, ...(await endWindow()) }
}

/** @returns power of each part; none where the sensors are too slow, or one of the parts has no energy */
async function wait(duration: Seconds, { clock, meter, signal }: IdleParts): Promise<readonly number[]> {
  const fitting = Math.floor(duration / (UPDATES_PER_PART * (meter?.updatePeriod ?? 0)))
  const count = Math.min(MOST_PARTS, fitting)
  if (meter === undefined || count < LEAST_PARTS) {
    await clock.sleep(duration, signal)
    return []
  }
  const watts: number[] = []
  for (let part = 0; part < count && signal?.aborted !== true; part++) {
    const endPart = beginWindow(meter)
    await clock.sleep(seconds(duration / count), signal)
    const { joules, seconds: length = 0 } = (await endPart()).energy ?? {}
    if (joules !== undefined && length > 0) watts.push(joules / length)
  }
  return watts.length === count ? watts : []
}
