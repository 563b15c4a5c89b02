/** What a window of measurement gives: joules by domain, with what is wrong with them. */
import type { Joules, Seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { EnergyPart, ProfilerKind } from './profiler.js'
import type { SamplerStatistics } from './sampler.js'

/** Energy of one domain in a window. */
export interface DomainEnergy {
  readonly name: string
  readonly profiler: string
  readonly kind: ProfilerKind
  readonly part: EnergyPart
  readonly device?: string
  readonly isCounted: boolean
  readonly joules: Joules
  /** 95% interval from the sensor (resolution, edges, stated error) or the model. */
  readonly low: Joules
  readonly high: Joules
  /** The counter, or the model with its constants, for people. */
  readonly source?: string
}

/** One reason for the width of an interval, as a half-width relative to the joules. */
export interface BudgetPart {
  /** `sensor`, `model`: stated error; `edge`: counter updates at the window's ends; `gap`: time bridged by the mean power. */
  readonly source: 'sensor' | 'model' | 'edge' | 'resolution' | 'integration' | 'gap'
  readonly relative: number
}

/** Energy of a window over all counted domains. */
export interface WindowEnergy {
  readonly startedAt: Seconds
  readonly seconds: Seconds
  /** `undefined`, with a warning that says why, when a counted domain has no figure or none is counted. */
  readonly joules: Joules | undefined
  readonly low: Joules | undefined
  readonly high: Joules | undefined
  /** `mixed` when some counted domains are measured and others modelled; `undefined` without joules. */
  readonly kind: 'measured' | 'modelled' | 'mixed' | undefined
  /** Share of the joules that sensors gave, 0 to 1; `undefined` without joules. */
  readonly measuredShare: number | undefined
  /** Half-width of what differs from window to window (edges, resolution, gaps); it averages out over windows. */
  readonly random: Joules | undefined
  /** Stated error of sensors and models as factors on the joules: the same in each window, it does not average out. */
  readonly systematic: { readonly low: number; readonly high: number } | undefined
  readonly budget: readonly BudgetPart[]
  /** Mean power of equal parts of the window, in order, W: how much it wanders. Absent where parts would be too short. */
  readonly partWatts?: readonly number[]
  /** Counted or not; a domain without a figure is left out, and a warning names it. */
  readonly domains: readonly DomainEnergy[]
  /** Readings that fell into the window, its two edges included, and those in which a counter could not be read. */
  readonly readings: number
  readonly failedReadings: number
  readonly warnings: readonly Warning[]
}

/** A profiler that was asked for and does not measure. */
export interface Refusal {
  readonly profiler: string
  readonly reason: string
  readonly fix?: string
}

/** How the background readings of one profiler went, since the meter was opened. */
export interface SamplingFacts extends SamplerStatistics {
  readonly profiler: string
}

/** A window with a name, after its end. */
export interface NamedWindow {
  readonly name: string
  readonly energy: WindowEnergy
}

/** Opens and closes windows over running profilers; windows may nest and overlap. */
export interface EnergyMeter extends AsyncDisposable {
  /** Profilers that give energy, in the order asked for; `detail` says what they read. */
  readonly profilers: readonly { readonly name: string; readonly kind: ProfilerKind; readonly detail?: string }[]
  /** Why others were not used, in the order tried. */
  readonly refusals: readonly Refusal[]
  /** Longest update period of the counted domains, seconds, as probed; 0 when nothing is counted. */
  readonly updatePeriod: Seconds
  begin(): OpenWindow
  /** Begins a window whose energy is kept in `windows` as well: `await using epoch = meter.window('epoch 1')`. */
  window(name: string): OpenWindow
  /** Named windows in the order in which they ended. */
  readonly windows: readonly NamedWindow[]
  /** Jitter, missed readings and gaps of the background readings, by profiler. */
  sampling(): readonly SamplingFacts[]
  /** Warnings that belong to no window: a modelled figure, a slow sampler, a sensor that vanished. */
  readonly warnings: readonly Warning[]
  /** CPU seconds of the sampling thread so far; `undefined` where the system does not tell. */
  samplerCpuSeconds(): Seconds | undefined
  close(): Promise<void>
}

/** A window that is running; disposing of it ends it. */
export interface OpenWindow extends AsyncDisposable {
  /** Closes the window at the moment of the call; further calls give the same result. */
  end(): Promise<WindowEnergy>
}
