/** The windows so far and what they add up to, without going through all of them after each. */
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { Warning } from '../src/core/warning.js'
import type { LatencyRecorder } from './latency-recorder.js'
import type { MeasuredWindow } from './protocol.js'
import { type RunningMean, runningMean } from './running-mean.js'

/** The interval is computed anew once the windows have grown by this share: short windows may be thousands. */
const GROWTH = 0.02

/** Grows by one window at a time. */
export class WindowTally {
  readonly windows: MeasuredWindow[] = []
  /** Of all windows. */
  readonly latencies: LatencyRecorder
  readonly #parts: { readonly meter?: EnergyMeter; readonly batchSize: number }
  #seconds = 0
  #batches = 0
  #running: RunningMean | undefined
  #nextLook = 1

  /** @param latencies - takes those of the windows as they run */
  constructor(parts: { readonly meter?: EnergyMeter; readonly batchSize: number }, latencies: LatencyRecorder) {
    this.#parts = parts
    this.latencies = latencies
  }

  add(window: MeasuredWindow): void {
    this.windows.push(window)
    this.#seconds += window.seconds
    this.#batches += window.batches
    if (this.windows.length < this.#nextLook) return
    this.#running = runningMean(this.windows, this.latencies, this.#parts)
    this.#nextLook = Math.floor(this.windows.length * (1 + GROWTH)) + 1
  }

  /** Of all windows together. */
  get seconds(): number {
    return this.#seconds
  }

  get batches(): number {
    return this.#batches
  }

  /** `undefined` while there are too few windows to tell. */
  get running(): RunningMean | undefined {
    return this.#running
  }
}

/** Says that the interval is not to be trusted wholly; nothing where power is steady. */
export function wanderingWarning({ running, seconds }: WindowTally): readonly Warning[] {
  if (running?.isWandering !== true) return []
  return [
    {
      code: 'W_POWER_WANDERS',
      message: `power wanders slowly against the ${seconds.toFixed(0)} s that were measured: the interval may be too narrow`,
      hint: 'let the machine warm up (--warmup), or measure longer with --max-duration',
    },
  ]
}
