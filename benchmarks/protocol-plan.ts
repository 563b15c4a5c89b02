/** How long everything takes: the caller's wishes, the sensor's needs and the defaults brought together. */

import type { EnergyMeter } from '../profilers/energy-window.js'
import { UsageError } from '../src/core/errors.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { RunOptions } from './options.js'

/** Times and limits of one measurement. */
export interface ProtocolPlan {
  /** Length of one window. */
  readonly window: Seconds
  /** Windows before the interval may end the run, as far as the time budget allows. */
  readonly minWindows: number
  /** Time budget of all windows. */
  readonly maxDuration: Seconds
  /** Relative half-width of the 95% interval of the mean at which to stop. */
  readonly target: number
  /** Idle baseline before and after, each. */
  readonly idle: Seconds
  /** Most warm-up. */
  readonly warmUp: Seconds
  /** Most time to cool down between two batch sizes. */
  readonly cooldown: Seconds
  readonly warnings: readonly Warning[]
}

/** What the plan must know of the sensors. */
export type MeterFacts = Pick<EnergyMeter, 'profilers' | 'updatePeriod'>

/** What is taken where the caller says nothing; times in seconds. */
export const DEFAULTS = {
  maxDuration: 60,
  targetInterval: 0.02,
  warmup: 5,
  /** Of everything random. */
  seed: 1,
  /** By what measures: a sensor, a model, or nothing. */
  window: { measured: 5, modelled: 1, none: 1 },
  idle: { measured: 3, modelled: 1, none: 0 },
  cooldown: { measured: 10, modelled: 0, none: 0 },
} as const

/** So many windows are to fit into the time budget. */
const LEAST_WINDOWS = 5
/** A window shorter than this many update periods of the sensor is mostly edge. */
const PERIODS_PER_WINDOW = 100
/** An idle baseline must hold at least one whole update. */
const PERIODS_PER_IDLE = 2
/** Models that follow the load more finely than this, seconds, are good for windows of any length. */
const FINE_PERIOD = 0.1
/** More windows would only make the record longer: what they tell of the spread is known after a hundred. */
const MOST_WINDOWS = 10_000
/** A day: longer runs are taken for a mistyped unit. */
const LONGEST = 86_400

/** @returns what gives the joules: a sensor as soon as one takes part, else a model, else nothing */
export function meterKind(meter: MeterFacts | undefined): 'measured' | 'modelled' | 'none' {
  if (meter === undefined || meter.profilers.length === 0) return 'none'
  return meter.profilers.some(({ kind }) => kind === 'measured') ? 'measured' : 'modelled'
}

/**
 * A window lasts `minDuration`, or where that is not given 5 s with a sensor (longer for a slow one) and 1 s without,
 * cut so that five of them fit into `maxDuration`.
 *
 * @param leastWindows - instead of five
 * @throws {UsageError} `E_DURATION`, `E_TARGET` for numbers that cannot be
 */
export function planProtocol(
  options: RunOptions,
  meter: MeterFacts | undefined,
  leastWindows: number = LEAST_WINDOWS,
): ProtocolPlan {
  const kind = meterKind(meter)
  const maxDuration = duration('maxDuration', options.maxDuration ?? DEFAULTS.maxDuration, 0.01)
  const target = options.targetInterval ?? DEFAULTS.targetInterval
  if (!(target > 0 && target <= 1)) {
    throw new UsageError('E_TARGET', `targetInterval is ${target}, expected a share above 0 and up to 1, such as 0.02`)
  }
  const period = meter?.updatePeriod ?? 0
  const needed = kind === 'measured' || period > FINE_PERIOD ? PERIODS_PER_WINDOW * period : 0
  const usualIdle = Math.min(Math.max(DEFAULTS.idle[kind], PERIODS_PER_IDLE * period), maxDuration)
  const wanted = Math.min(Math.max(DEFAULTS.window[kind], needed), maxDuration / leastWindows)
  const given = duration('minDuration', options.minDuration ?? wanted, 0.001)
  const window = Math.min(Math.max(given, maxDuration / MOST_WINDOWS), maxDuration)
  return {
    window: seconds(window),
    minWindows: Math.max(1, Math.min(leastWindows, Math.floor(maxDuration / window + 1e-9))),
    maxDuration: seconds(maxDuration),
    target,
    idle: seconds(duration('idleDuration', options.idleDuration ?? usualIdle, 0)),
    warmUp: seconds(duration('warmupDuration', options.warmupDuration ?? Math.min(DEFAULTS.warmup, maxDuration), 0)),
    cooldown: seconds(duration('cooldownDuration', options.cooldownDuration ?? DEFAULTS.cooldown[kind], 0)),
    warnings: window < needed ? [shortWindow(window, needed)] : [],
  }
}

function duration(name: string, value: number, least: number): number {
  if (value >= least && value <= LONGEST) return value
  throw new UsageError('E_DURATION', `${name} is ${value}, expected seconds from ${least} to ${LONGEST}`)
}

function shortWindow(window: number, needed: number): Warning {
  return {
    code: 'W_WINDOW_SHORT',
    message: `windows of ${window.toFixed(2)} s are short for a sensor that needs ${needed.toFixed(1)} s`,
    hint: `give it time: --max-duration ${Math.ceil(needed * LEAST_WINDOWS)}`,
  }
}
