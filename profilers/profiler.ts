/** What a profiler must be able to do: say whether its sensor can be read here, and read its counters. */
import type { Joules, Seconds } from '../src/core/units.js'
import type { Clock } from './clock.js'
import type { WindowEnergy } from './energy-window.js'

/** `measured`: a sensor counts the energy; `modelled`: a formula guesses it from something else. */
export type ProfilerKind = 'measured' | 'modelled'

/** Which part of a machine a domain covers: `system` contains all others, `package` contains `core` and `uncore`. */
export type EnergyPart = 'system' | 'package' | 'core' | 'uncore' | 'dram' | 'gpu' | 'other'

/** One thing whose energy is counted. */
export interface EnergyDomain {
  /** Unique within the profiler, e.g. `package-0`, `package-0/dram`. */
  readonly name: string
  readonly part: EnergyPart
  /** Which one of several like parts, e.g. a board's UUID; absent: all of them. */
  readonly device?: string
  /** `energy`: the counter rises with the joules used; `power`: an instant value in watts, integrated between readings. */
  readonly counter: 'energy' | 'power'
  /** Joules at which an energy counter starts again from 0; absent when it never does, or when nobody knows. */
  readonly wrapsAt?: number
  /** Highest believable power, W: readings further apart than `wrapsAt / highestWatts` cannot be told from two wraps. */
  readonly highestWatts?: number
  /** Smallest step of the counter, J (energy) or W (power). */
  readonly resolution?: number
  /** Seconds between two updates of the counter; absent: it is found out by reading until the value changes. */
  readonly updatePeriod?: Seconds
  /** The part can be off, so that 0 J is a figure; elsewhere a counter that stands still is taken for broken. */
  readonly mayRest?: boolean
  /** False when it overlaps a domain that is counted: it is shown and never added up. */
  readonly isCounted: boolean
  /**
   * One of several of its profiler that make up their part together, such as batteries: those are added up. Of others
   * that show the same part only one counts.
   */
  readonly isShare?: boolean
  /** Relative error of the sensor or model, as factors on the figure: 0.9 and 1.1 for +-10%. */
  readonly low: number
  readonly high: number
  /** Where the figure comes from, for people: the counter, or the model with its constants. */
  readonly source?: string
}

/** Counter values at one moment, in the order of `domains()`; `undefined` where a read failed: a gap, never 0. */
export interface Reading {
  /** Monotonic clock, seconds; the same clock on every thread. */
  readonly at: Seconds
  /** J or W by the domain's `counter`. */
  readonly values: readonly (number | undefined)[]
}

/** A counter that is a text file with one whole number. */
export interface CounterFile {
  readonly path: string
  /** J or W for each 1 of the number. */
  readonly scale: number
  /** Rejects numbers by which a driver says that it knows nothing. */
  readonly isBelievable?: (count: number) => boolean
}

/** Whether a sensor can be used, and if not, why and what fixes it. */
export type Availability =
  | { readonly isAvailable: true; readonly detail: string }
  | { readonly isAvailable: false; readonly reason: string; readonly fix?: string }

/** How a background thread makes the same profiler again. */
export interface ProfilerSource {
  /** URL of an ES module; `import.meta.url` in the module that defines the profiler. */
  readonly module: string
  /** Its export that is called with `options` and gives a `Profiler`. */
  readonly factory: string
  /** Structured-clonable. */
  readonly options: unknown
}

/** Options that every profiler may be made with; one that needs none of them ignores them. */
export interface ProfilerOptions {
  /** Folder that stands for `/`: sensors are read below `sys`, `proc` and `dev` in it. */
  readonly root?: string
  readonly clock?: Clock
  /** Thermal design power of one CPU package, W, for the model that stands in for a sensor. */
  readonly cpuTdp?: number
  /** GPUs to count, by index or UUID; all that the process may use when absent. */
  readonly gpus?: readonly string[]
  /** Path of Intel's PowerLog tool; the places where it is installed when absent. */
  readonly powerLog?: string
}

/** What `evaluate` gives: the function's result, and what it took. */
export interface Evaluation<Result> {
  readonly result: Result
  readonly seconds: Seconds
  /** `undefined` when no figure can be given; `energy.warnings` says why. */
  readonly joules: Joules | undefined
  readonly energy: WindowEnergy
}

/**
 * A sensor, or a model that stands in for one. `probe` is called first, once; `domains` and `read` only after it said
 * that the sensor is there. To be sampled off the main thread a profiler names its `source`.
 */
export abstract class Profiler {
  abstract readonly name: string
  abstract readonly kind: ProfilerKind
  /** Absent: the profiler is sampled on the calling thread, and the result says so. */
  readonly source?: ProfilerSource | undefined

  /**
   * True when `read` needs no event loop, e.g. because it only reads files. The sampling thread then sleeps between
   * readings without one, at half the cost. A profiler that listens to a child process or a socket leaves it out.
   */
  readonly isSynchronous?: boolean | undefined

  /** Whether the sensor can be read here; must not throw. */
  abstract probe(): Promise<Availability>

  /** What it counts; the same list for the life of the profiler. */
  abstract domains(): readonly EnergyDomain[]

  /** Reads all counters now, on the calling thread, in well under a millisecond; a failed read is `undefined`. */
  abstract read(): Reading

  /**
   * Where each domain, in their order, is a file with one whole number and nothing else is needed for a reading: those files.
   * The sampling thread then reads them by itself, at half the cost.
   */
  counterFiles?(): readonly CounterFile[] | undefined

  /** Lets go of what `probe` opened; safe to call twice. */
  async close(): Promise<void> {}

  /**
   * Runs a function in a window of its own; calls may nest and run at the same time.
   *
   * @throws what `fn` throws, after the window is closed
   * @throws {ProfilerError} `E_PROFILER_UNAVAILABLE` when the sensor cannot be read here
   */
  async evaluate<Arguments extends readonly unknown[], Result>(
    fn: (...args: Arguments) => Result,
    ...args: Arguments
  ): Promise<Evaluation<Awaited<Result>>> {
    const { openMeter } = await import('./meter.js')
    const meter = await openMeter({ profilers: [this] })
    try {
      const window = meter.begin()
      const result = await fn(...args)
      const measured = await window.end()
      await meter.close()
      const energy = { ...measured, warnings: [...measured.warnings, ...meter.warnings] }
      return { result, seconds: energy.seconds, joules: energy.joules, energy }
    } finally {
      await meter.close()
    }
  }
}
