/** All that was measured of a training, live or read back from its trace. */

import { seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { IdleBaseline } from './idle-baseline.js'
import type { Latencies } from './latency-recorder.js'
import type { MachineUse } from './machine-use.js'
import type { PowerSample } from './power-curve.js'
import type { MeasuredWindow, Measurement } from './protocol.js'
import type { TrainingPart } from './training-part.js'

/** Name of the engine: what trains is neither PyTorch nor TensorFlow, and their figures are others. */
export const GRADIENT_GRAPH = 'onnxruntime gradient graph'

/** Why the epochs ended. */
export type TrainingStop = 'epochs done' | 'accuracy reached' | 'interrupted' | 'run failed'

/** Complete or not. */
export interface TrainingMeasurement {
  readonly idleBefore?: IdleBaseline
  readonly idleAfter?: IdleBaseline
  readonly warmupSeconds: number
  readonly parts: readonly TrainingPart[]
  /** Of the training steps. */
  readonly latencies: Latencies
  readonly power: readonly PowerSample[]
  readonly samplerCpuSeconds?: number
  readonly use?: { readonly before: MachineUse; readonly after: MachineUse }
  readonly stopReason: TrainingStop
  readonly failure?: unknown
  readonly warnings: readonly Warning[]
}

/** @returns whether the training came to the end that was asked for */
export const isTrained = ({ stopReason }: Pick<TrainingMeasurement, 'stopReason'>): boolean =>
  stopReason === 'epochs done' || stopReason === 'accuracy reached'

/** One part as a window; `batches` is what a window's energy is divided by. */
export const windowOf = (part: TrainingPart, batches: number): MeasuredWindow => ({
  startedAt: part.startedAt,
  seconds: part.seconds,
  batches,
  busySeconds: seconds(part.busySeconds),
  cpuSeconds: part.cpuSeconds,
  ...(part.energy === undefined ? {} : { energy: part.energy }),
})

/** @returns the windows as a measurement, with the idle baselines of the training */
export function measurementOf(training: TrainingMeasurement, windows: readonly MeasuredWindow[]): Measurement {
  const { idleBefore, idleAfter, latencies, samplerCpuSeconds, use, warnings } = training
  return {
    ...(idleBefore === undefined ? {} : { idleBefore }),
    ...(idleAfter === undefined ? {} : { idleAfter }),
    ...(samplerCpuSeconds === undefined ? {} : { samplerCpuSeconds }),
    ...(use === undefined ? {} : { use }),
    warmUp: { seconds: seconds(training.warmupSeconds), batches: 0, isSteady: true, warnings: [] },
    windows,
    latencies,
    // Told apart in the record of the training.
    stopReason: 'interval reached',
    warnings,
  }
}
