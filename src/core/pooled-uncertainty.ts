/** What short stretches of one wandering process, each seen in equal parts, tell together of how sure their mean is. */
import { stated, type Uncertainty } from './combined-uncertainty.js'

/** Of a few parts, neighbours that are more alike cannot be told from a trend. */
const HIGHEST_CORRELATION = 0.95

/**
 * Uncertainty of the mean of the means of some series, as for an autoregressive process of order 1 that each shows a stretch
 * of. Seen together, since a few values tell little of what neighbours have in common, which is seen too small by about
 * (1 + 3r)/n. Values that tell nothing new are no degrees of freedom.
 *
 * @param series - each of two values or more
 * @see Marriott and Pope, Bias in the estimation of autocorrelations, Biometrika 41 (1954)
 */
export function pooledUncertainty(series: readonly (readonly number[])[]): Uncertainty {
  const { spread, shared } = spreadOf(series)
  if (!(spread > 0)) return stated(0)
  const lengths = series.map(({ length }) => length)
  const seen = shared / spread
  const correction = (1 + 3 * seen) / (sum(lengths) / series.length)
  const correlation = Math.min(HIGHEST_CORRELATION, Math.max(0, seen + correction))
  const shares = lengths.map((length) => shareOfMean(length, correlation))
  const variance = spread / sum(lengths.map((length) => length - 1))
  return {
    standard: Math.sqrt(variance * sum(shares)) / series.length,
    degrees: Math.max(1, sum(shares.map((share) => 1 / share)) - 1),
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Squares about the mean of each series, and products of neighbours. */
function spreadOf(series: readonly (readonly number[])[]) {
  let [spread, shared] = [0, 0]
  for (const values of series) {
    const mean = sum(values) / values.length
    for (const [index, value] of values.entries()) {
      spread += (value - mean) ** 2
      if (index > 0) shared += (value - mean) * ((values[index - 1] ?? 0) - mean)
    }
  }
  return { spread, shared }
}

/** Variance of the mean of so many values by that of one of them. */
function shareOfMean(length: number, correlation: number): number {
  let total = 1
  for (let lag = 1; lag < length; lag++) total += 2 * (1 - lag / length) * correlation ** lag
  return total / length
}
