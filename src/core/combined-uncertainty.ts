/** Brings independent uncertainties to one 95% half-width, however few samples each was seen from. */

/** One reason why a figure is not sure. */
export interface Uncertainty {
  /** Standard error, in the unit of the figure. */
  readonly standard: number
  /** Degrees of freedom that it was estimated with; `Infinity` for one that is known. */
  readonly degrees: number
}

/** Half-width of 95% of a normal distribution, in standard deviations. */
const NORMAL_95 = 1.959963984540054

/** @param halfWidth - 95%, stated or bounded rather than estimated from samples */
export const stated = (halfWidth: number): Uncertainty => ({
  standard: halfWidth / NORMAL_95,
  degrees: Number.POSITIVE_INFINITY,
})

/** @param bound - of the difference of two errors that may be anything up to it, such as the ages of a counter at two edges */
export const bounded = (bound: number): Uncertainty => ({
  standard: bound / Math.sqrt(6),
  degrees: Number.POSITIVE_INFINITY,
})

/** @returns that of the figure times `by` */
export const scaledBy = ({ standard, degrees }: Uncertainty, by: number): Uncertainty => ({
  standard: standard * Math.abs(by),
  degrees,
})

/**
 * Standard errors add up in squares; the sum has as many degrees of freedom as Welch and Satterthwaite give it. Half-widths
 * that were widened by Student's t each for itself would come out too wide together.
 *
 * @param parts - independent of each other
 * @see JCGM 100:2008 (Guide to the expression of uncertainty in measurement), annex G.4
 */
export function combined(parts: readonly Uncertainty[]): Uncertainty {
  const standard = Math.hypot(...parts.map((part) => part.standard))
  if (!(standard > 0)) return stated(0)
  const inverse = parts.reduce((sum, part) => sum + (part.standard / standard) ** 4 / part.degrees, 0)
  return { standard, degrees: 1 / inverse }
}

/** @returns half-width of the two-sided 95% interval of independent parts, 0 when nothing is unsure */
export function combinedHalfWidth(parts: readonly Uncertainty[]): number {
  const { standard, degrees } = combined(parts)
  return standard === 0 ? 0 : standard * studentT95(degrees)
}

/** @returns the one with the widest interval: for reasons that show in each other, and must not count twice */
export function largest(parts: readonly Uncertainty[]): Uncertainty {
  const width = (part: Uncertainty): number => combinedHalfWidth([part])
  return parts.reduce((most, part) => (width(part) > width(most) ? part : most), stated(0))
}

/** Two-sided 95% points of Student's t for 1 to 10 degrees of freedom. */
const FEW_DEGREES = [12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216, 2.22814]

const z = NORMAL_95
/** Coefficients of the powers of the inverse of the degrees of freedom, from the power 0. */
const EXPANSION = [
  z,
  (z ** 3 + z) / 4,
  (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
  (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
]

/**
 * Two-sided 95% point of Student's t: less than 1e-5 off for whole numbers; fractions below 10 are interpolated by their inverse.
 *
 * @param degrees - may be a fraction, or `Infinity`; fewer than 1 count as 1
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5
 */
export function studentT95(degrees: number): number {
  const n = Math.max(1, degrees)
  const [below, above] = [FEW_DEGREES[Math.floor(n) - 1], FEW_DEGREES[Math.floor(n)]]
  if (below !== undefined && above !== undefined) {
    const whole = Math.floor(n)
    return above + (below - above) * (((whole + 1) / n - 1) * whole)
  }
  return EXPANSION.reduceRight((sum, coefficient) => coefficient + sum / n, 0)
}
