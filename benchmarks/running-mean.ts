/** The figure that decides when enough has been measured: energy where a sensor gives it, latency elsewhere. */
import type { EnergyMeter } from '../profilers/energy-window.js'
import { type MeanInterval, neighbourMeanInterval, serialMeanInterval } from '../src/core/statistics.js'
import type { LatencyRecorder } from './latency-recorder.js'
import type { MeasuredWindow } from './protocol.js'
import { meterKind } from './protocol-plan.js'

/** Mean so far and how sure it is. */
export interface RunningMean {
  readonly quantity: 'energy' | 'latency'
  /** J per image, or seconds per batch. */
  readonly mean: number
  readonly relativeHalfWidth: number
}

/** @returns J per image of each window that has energy, in order */
export function energyPerImage(windows: readonly MeasuredWindow[], batchSize: number): readonly number[] {
  return windows.flatMap(({ energy, batches }) =>
    energy?.joules === undefined ? [] : [energy.joules / (batches * batchSize)],
  )
}

/** @returns `undefined` while there are too few windows to tell */
export function runningMean(
  windows: readonly MeasuredWindow[],
  latencies: LatencyRecorder,
  { meter, batchSize }: { readonly meter?: EnergyMeter; readonly batchSize: number },
): RunningMean | undefined {
  if (meterKind(meter) === 'measured') {
    const energy = neighbourMeanInterval(energyPerImage(windows, batchSize).map((joules) => Math.max(0, joules)))
    // A sensor that vanished on the way leaves the decision to the latency.
    if (energy !== undefined && windows.at(-1)?.energy?.joules !== undefined) return running('energy', energy)
  }
  const latency = serialMeanInterval(latencies.samples)
  return latency === undefined ? undefined : running('latency', latency)
}

const running = (quantity: RunningMean['quantity'], { mean, relativeHalfWidth }: MeanInterval): RunningMean => ({
  quantity,
  mean,
  relativeHalfWidth,
})
