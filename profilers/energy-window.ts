/** What a window of measurement gives: joules by domain, with what is wrong with them. */
import type { Joules, Seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'

/** Energy of one domain in a window. */
export interface DomainEnergy {
  readonly name: string
  readonly profiler: string
  readonly kind: 'measured' | 'modelled'
  readonly isCounted: boolean
  readonly joules: Joules
  /** 95% interval from the sensor (resolution, edges, stated error) or the model. */
  readonly low: Joules
  readonly high: Joules
}

/** Energy of a window over all counted domains. */
export interface WindowEnergy {
  readonly startedAt: Seconds
  readonly seconds: Seconds
  /** `undefined`, with a warning that says why, when no counted domain gave joules. */
  readonly joules: Joules | undefined
  readonly low: Joules | undefined
  readonly high: Joules | undefined
  readonly domains: readonly DomainEnergy[]
  /** Readings that fell into the window, and those that failed. */
  readonly readings: number
  readonly failedReadings: number
  readonly warnings: readonly Warning[]
}

/** Opens and closes windows over running profilers; windows may nest and overlap. */
export interface EnergyMeter {
  /** Profilers that measure, in the order asked for. */
  readonly profilers: readonly { readonly name: string; readonly kind: 'measured' | 'modelled' }[]
  /** Why others were not used, in the order tried. */
  readonly refusals: readonly { readonly profiler: string; readonly reason: string; readonly fix?: string }[]
  /** Longest update period of the counted domains, seconds, as probed. */
  readonly updatePeriod: Seconds
  begin(): OpenWindow
  /** Warnings that belong to no window: a slow sampler, a sensor that vanished. */
  readonly warnings: readonly Warning[]
  close(): Promise<void>
}

/** A window that is running. */
export interface OpenWindow {
  end(): Promise<WindowEnergy>
}
