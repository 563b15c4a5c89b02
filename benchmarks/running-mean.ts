/** The figure that decides when enough has been measured: energy where a sensor gives it, latency elsewhere. */
import type { EnergyMeter } from '../profilers/energy-window.js'
import { combinedHalfWidth } from '../src/core/combined-uncertainty.js'
import { serialMeanInterval } from '../src/core/statistics.js'
import type { LatencyRecorder } from './latency-recorder.js'
import type { MeasuredWindow } from './protocol.js'
import { meterKind } from './protocol-plan.js'
import { type RepeatSpread, repeatSpread } from './repeat-spread.js'

/** Mean so far and how sure it is. */
export interface RunningMean {
  readonly quantity: 'energy' | 'latency'
  /** J per image, or seconds per batch. */
  readonly mean: number
  readonly relativeHalfWidth: number
  /** Set where power wanders so slowly that a tight interval is no reason to stop. */
  readonly isWandering?: true
}

/** @returns `undefined` while there are too few windows to tell */
export function runningMean(
  windows: readonly MeasuredWindow[],
  latencies: LatencyRecorder,
  { meter, batchSize }: { readonly meter?: EnergyMeter; readonly batchSize: number },
): RunningMean | undefined {
  if (meterKind(meter) === 'measured') {
    const energy = repeatSpread(windows, batchSize)
    // A sensor that vanished on the way leaves the decision to the latency.
    if (energy !== undefined && windows.at(-1)?.energy?.joules !== undefined) return energyMean(energy)
  }
  const latency = serialMeanInterval(latencies.samples)
  return latency === undefined ? undefined : running('latency', latency)
}

const running = (
  quantity: RunningMean['quantity'],
  { mean, relativeHalfWidth }: Pick<RunningMean, 'mean' | 'relativeHalfWidth'>,
): RunningMean => ({
  quantity,
  mean,
  relativeHalfWidth,
})

const energyMean = ({ mean, uncertainty, isWandering }: RepeatSpread): RunningMean => ({
  quantity: 'energy',
  mean,
  relativeHalfWidth: uncertainty.standard === 0 ? 0 : combinedHalfWidth([uncertainty]) / Math.abs(mean),
  ...(isWandering ? { isWandering } : {}),
})
