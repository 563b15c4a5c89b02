/** What a profiler must be able to do: say whether its sensor can be read here, and read its counters. */
import type { Seconds } from '../src/core/units.js'

/** One thing whose energy is counted. */
export interface EnergyDomain {
  /** Unique within the profiler, e.g. `package-0`, `dram`. */
  readonly name: string
  readonly part: 'system' | 'package' | 'core' | 'uncore' | 'dram' | 'gpu' | 'other'
  /** `energy`: the counter rises with the joules used; `power`: an instant value in watts, integrated between readings. */
  readonly counter: 'energy' | 'power'
  /** Joules at which an energy counter starts again from 0; absent when it never does. */
  readonly wrapsAt?: number
  /** Highest believable power, W: readings further apart than `wrapsAt / highestWatts` cannot be told from two wraps. */
  readonly highestWatts?: number
  /** Smallest step of the counter, J (energy) or W (power). */
  readonly resolution?: number
  /** False when a domain that contains it is counted: it is shown and never added up. */
  readonly isCounted: boolean
  /** Relative error of the sensor or model, as factors on the figure: 0.9 and 1.1 for +-10%. */
  readonly low: number
  readonly high: number
}

/** Counter values at one moment, in the order of `domains()`; `undefined` where a read failed: a gap, never 0. */
export interface Reading {
  /** Monotonic clock, seconds; the same clock on every thread. */
  readonly at: Seconds
  /** J or W by the domain's `counter`. */
  readonly values: readonly (number | undefined)[]
}

/** Whether a sensor can be used, and if not, why and what fixes it. */
export type Availability =
  | { readonly isAvailable: true; readonly detail: string }
  | { readonly isAvailable: false; readonly reason: string; readonly fix?: string }

/** How a background thread makes the same profiler again. */
export interface ProfilerSource {
  /** URL of an ES module. */
  readonly module: string
  /** Its export that is called with `options` and gives a `Profiler`. */
  readonly factory: string
  /** Structured-clonable. */
  readonly options: unknown
}
