/** What greenbench itself takes while it measures: its loop, and the thread that reads the sensors. */
import type { EnergyRecord, InferenceRecord } from '../src/core/record.js'
import type { Measurement } from './protocol.js'

type Own = NonNullable<InferenceRecord['own']>

/**
 * The loop's CPU time is measured with an empty run and multiplied by the batches. The sampling thread's is counted by
 * the system, or where that does not tell, taken from the idle baseline, in which nothing else of greenbench runs. The
 * share is that of the process's CPU time; the joules are that share of what is attributed to the process above idle, and
 * absent where that is not known or may be nothing.
 */
export function ownCost(measurement: Measurement, energy: EnergyRecord | undefined): InferenceRecord['own'] {
  const { windows, samplerCpuSeconds, loopCpuSeconds = 0, idleBefore, idleAfter } = measurement
  if (windows.length === 0) return undefined
  const total = (pick: (window: (typeof windows)[number]) => number) =>
    windows.reduce((sum, window) => sum + pick(window), 0)
  const idleShare = idleBefore?.cpuShare ?? idleAfter?.cpuShare ?? 0
  const sampler = samplerCpuSeconds ?? idleShare * total(({ seconds }) => seconds)
  const cpuSeconds = loopCpuSeconds * total(({ batches }) => batches) + sampler
  const process = total((window) => window.cpuSeconds)
  if (!(process > 0)) return { cpuSeconds }
  const share = Math.min(1, cpuSeconds / process)
  return { cpuSeconds, share, ...jouleShare(share, energy?.attribution) }
}

function jouleShare(share: number, attribution: EnergyRecord['attribution']): Pick<Own, 'joules' | 'low' | 'high'> {
  const { low, high } = attribution?.intervals?.process ?? {}
  if (attribution === undefined || low === undefined || high === undefined || !(low > 0)) return {}
  return { joules: share * attribution.joules.process, low: share * low, high: share * high }
}
