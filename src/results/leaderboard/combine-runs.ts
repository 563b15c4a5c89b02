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
 * agree within their own intervals keep a narrow one, two that do not say little. Each side has its own width, and is never
 * narrower than that of the most precise run, since runs on one machine share the error of its sensor, which does not average
 * out. Runs that agree thus have exactly the interval of the most precise one, around their mean.
 *
 * @param runs - at least one, values finite; the order does not matter beyond rounding
 * @see DerSimonian and Laird, Controlled Clinical Trials 7 (1986); Satterthwaite, Biometrics Bulletin 2 (1946)
 */
export function combineRuns(runs: readonly Interval[]): Combined {
  const [first] = runs
  if (first === undefined) throw new RangeError('there are no runs to put together')
  if (runs.length === 1) return { value: first.value, low: first.low, high: first.high }
  const errors = standardErrors(runs, ({ low, high }) => (high - low) / 2)
  const between = varianceBetween(runs, errors)
  const weights = errors.map((error) => 1 / (error ** 2 + between))
  const value = sum(runs.map((run, index) => run.value * (weights[index] ?? 0))) / sum(weights)
  const precise = runs.reduce(morePrecise)
  const reach = (side: Side) => Math.max(side(precise), halfWidth(standardErrors(runs, side), between))
  return {
    value,
    low: value - reach(({ value: own, low }) => own - low),
    high: value + reach(({ value: own, high }) => high - own),
    betweenRuns: value === 0 ? 0 : Math.sqrt(between) / Math.abs(value),
  }
}

/** How far an interval reaches from its value. */
type Side = (run: Interval) => number

/** Of equally wide ones the one that reaches less far down, so that the order of the runs does not matter. */
function morePrecise(one: Interval, other: Interval): Interval {
  const wider = one.high - one.low - (other.high - other.low)
  if (wider !== 0) return wider < 0 ? one : other
  return one.value - one.low <= other.value - other.low ? one : other
}

/** The variance of a run is known but for the part between runs, which has one degree of freedom less than there are runs. */
function halfWidth(errors: readonly number[], between: number): number {
  const total = sum(errors.map((error) => 1 / (error ** 2 + between)))
  const degrees = (errors.length - 1) * (errors.length / total / between) ** 2
  const t = degrees < MANY_DEGREES ? criticalT(0.05, degrees) : HALF_WIDTHS_OF_95
  return t / Math.sqrt(total)
}

/** A side without width would outweigh all others; it is taken for one of rounding. */
function standardErrors(runs: readonly Interval[], side: Side): readonly number[] {
  const least = runs.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0) * 1e-6
  return runs.map((run) => Math.max(side(run) / HALF_WIDTHS_OF_95, least, Number.MIN_VALUE ** 0.25))
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
