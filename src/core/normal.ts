/** The normal distribution, as exactly as its tails are wanted. */

/** Below, the series of erf converges quickly; above, the continued fraction of erfc. */
const SERIES_END = 3
const MOST_TERMS = 500
const PRECISION = 1e-17

/**
 * Probability that a standard normal lies further from 0 than `z`, to either side.
 *
 * @see https://dlmf.nist.gov/7.6 and https://dlmf.nist.gov/7.9
 */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  return x < SERIES_END ? 1 - series(x) : fraction(x)
}

/** erf(x) = 2x e^(-x²) / √π · Σ (2x²)^n / (1·3·5···(2n+1)) */
function series(x: number): number {
  let [term, sum] = [1, 1]
  for (let n = 1; n <= MOST_TERMS && term > PRECISION * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** erfc(x) = e^(-x²) / √π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ···)))), from its far end. */
function fraction(x: number): number {
  let value = x
  for (let n = 60; n >= 1; n--) value = x + n / 2 / value
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / value
}
