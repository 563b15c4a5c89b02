/**
 * Energy between readings of a counter: wraps are corrected, and what cannot be known is told instead of guessed.
 *
 * @see https://docs.kernel.org/power/powercap/powercap.html
 */
import type { EnergyDomain } from './profiler.js'

/** Why the energy between two readings is not known. */
export type Doubt =
  /** The counter could not be read at one end. */
  | 'failed'
  /** The readings lie further apart than the shortest time in which the counter can wrap. */
  | 'ambiguous'
  /** The counter fell, and not because it wrapped at a known range: the machine slept, or a driver was loaded again. */
  | 'backwards'
  /** More joules than the domain can use in that time. */
  | 'implausible'
  /** Readings of a power sensor too far apart to integrate between them. */
  | 'gap'
  /** The counter showed the same for longer than it does while it works. */
  | 'still'

/** One known value of a domain. */
export interface Point {
  /** Seconds. */
  readonly at: number
  /** J or W, by the domain's `counter`. */
  readonly value: number
}

/** What happened between two points. */
export type Step =
  | { readonly joules: number; readonly error: number; readonly hasWrapped: boolean }
  | { readonly doubt: Doubt }

/** Energy that may come at once when a counter is updated in bursts: this many seconds at the highest power. */
const BURST_SECONDS = 0.1

/** Energy of an energy counter between two points, J; `error` is 0, since the counter leaves nothing out. */
export function energyStep(domain: EnergyDomain, before: Point, after: Point): Step {
  const { wrapsAt, highestWatts } = domain
  const seconds = after.at - before.at
  if (wrapsAt !== undefined && highestWatts !== undefined && seconds > wrapsAt / highestWatts) {
    return { doubt: 'ambiguous' }
  }
  const isFalling = after.value < before.value
  if (isFalling && wrapsAt === undefined) return { doubt: 'backwards' }
  const joules = after.value - before.value + (isFalling ? (wrapsAt ?? 0) : 0)
  if (highestWatts !== undefined && joules > highestWatts * (seconds + BURST_SECONDS)) {
    return { doubt: isFalling ? 'backwards' : 'implausible' }
  }
  return { joules, error: 0, hasWrapped: isFalling }
}

/**
 * Energy of a power sensor between two points by the trapezoid rule, J.
 * `error`: half the difference between holding either value over the whole time.
 *
 * @param longestGap - seconds beyond which nothing is integrated
 */
export function powerStep(before: Point, after: Point, longestGap: number): Step {
  const seconds = after.at - before.at
  if (seconds > longestGap) return { doubt: 'gap' }
  return {
    joules: ((before.value + after.value) / 2) * seconds,
    error: (Math.abs(after.value - before.value) / 2) * seconds,
    hasWrapped: false,
  }
}
