/** Several runs of one model as one figure: what differs from run to run belongs into the interval. */
import { criticalT } from '../../core/student-t.js'

/** A figure with its 95% interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Figures put together. */
export interface Combined extends Interval {
  /** Standard deviation between runs as a share of the value; absent for one run. */
  readonly betweenRuns?: number
}

const HALF_WIDTHS_OF_95 = 1.959_963_984_540_054
/** From here on Student's t is that of the normal distribution to four digits. */
const MANY_DEGREES = 20_000

/**
 * Random effects after DerSimonian and Laird. The interval is Student's, with Satterthwaite's degrees of freedom: runs that
 * agree within their own intervals keep a narrow one, two that do not say little. It never gets narrower than that of the
 * most precise run, since runs on one machine share the error of its sensor, which does not average out.
 *
 * @param runs - at least one, values finite; the order does not matter beyond rounding
 * @see DerSimonian and Laird, Controlled Clinical Trials 7 (1986); Satterthwaite, Biometrics Bulletin 2 (1946)
 */
export function combineRuns(runs: readonly Interval[]): Combined {
  const [first] = runs
  if (first === undefined) throw new RangeError('there are no runs to put together')
  if (runs.length === 1) return { value: first.value, low: first.low, high: first.high }
  const errors = standardErrors(runs)
  const between = varianceBetween(runs, errors)
  const weights = errors.map((error) => 1 / (error ** 2 + between))
  const total = sum(weights)
  const value = sum(runs.map((run, index) => run.value * (weights[index] ?? 0))) / total
  const half = halfWidth(runs.length, between, total)
  const [down, up] = [narrowest(runs, (run) => run.value - run.low), narrowest(runs, (run) => run.high - run.value)]
  return {
    value,
    low: value - Math.max(half, down),
    high: value + Math.max(half, up),
    betweenRuns: value === 0 ? 0 : Math.sqrt(between) / Math.abs(value),
  }
}

/** The variance of a run is known but for the part between runs, which has one degree of freedom less than there are runs. */
function halfWidth(count: number, between: number, totalWeight: number): number {
  const variance = count / totalWeight
  const degrees = (count - 1) * (variance / between) ** 2
  const t = degrees < MANY_DEGREES ? criticalT(0.05, degrees) : HALF_WIDTHS_OF_95
  return t / Math.sqrt(totalWeight)
}

/** An interval without width would outweigh all others; it is taken for one of rounding. */
function standardErrors(runs: readonly Interval[]): readonly number[] {
  const least = runs.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0) * 1e-6
  return runs.map(({ low, high }) => Math.max((high - low) / 2 / HALF_WIDTHS_OF_95, least, Number.MIN_VALUE ** 0.25))
}

/** What the runs differ by beyond their own errors; never below 0. */
function varianceBetween(runs: readonly Interval[], errors: readonly number[]): number {
  const weights = errors.map((error) => 1 / error ** 2)
  const total = sum(weights)
  const mean = sum(runs.map(({ value }, index) => value * (weights[index] ?? 0))) / total
  const scatter = sum(runs.map(({ value }, index) => (value - mean) ** 2 * (weights[index] ?? 0)))
  const scale = total - sum(weights.map((weight) => weight ** 2)) / total
  return scale > 0 ? Math.max(0, (scatter - (runs.length - 1)) / scale) : 0
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const narrowest = (runs: readonly Interval[], width: (run: Interval) => number): number =>
  runs.reduce((least, run) => Math.min(least, Math.max(0, width(run))), Number.POSITIVE_INFINITY)
