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
  readonly warnings: readonly Warning[]
}

/** Waits for `duration`, less when `signal` aborts. */
export async function measureIdle(
  duration: Seconds,
  { clock, meter, signal }: { readonly clock: Clock; readonly meter?: EnergyMeter; readonly signal?: AbortSignal },
): Promise<IdleBaseline> {
  const endWindow = beginWindow(meter)
  const start = clock.now()
  const cpuBefore = clock.cpu()
  await clock.sleep(duration, signal)
  const elapsed = seconds(clock.now() - start)
  const cpuShare = elapsed > 0 ? (clock.cpu() - cpuBefore) / elapsed : 0
  return { seconds: elapsed, cpuShare, ...(await endWindow()) }
}
