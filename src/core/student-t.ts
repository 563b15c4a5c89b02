/** Student's t distribution: how likely a t is by chance, and which t is likely enough. */
import { gammaln } from 'simple-statistics'

/** Terms of the continued fraction; it settles in about the root of the larger parameter. */
const MOST_TERMS = 10_000
const PRECISION = 1e-15
/** Ordinary degrees of freedom need eight. */
const MOST_STEPS = 200
/** Stands for a 0 that would be divided by, after Lentz. */
const TINY = 1e-300

/**
 * Probability that Student's t lies further from 0 than `t`, to either side.
 *
 * @param degrees - degrees of freedom, above 0; need not be whole
 * @returns from 0 to 1; relative error below 1e-10 down to probabilities of 1e-300
 * @see https://dlmf.nist.gov/8.17
 */
export function twoSidedTail(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? Number.NaN : 0
  return incompleteBeta(degrees / (degrees + t * t), (t * t) / (degrees + t * t), degrees / 2, 0.5)
}

/**
 * The t beyond which, to both sides together, a share `tail` lies.
 *
 * @param tail - above 0, below 1; 0.05 for a 95% interval
 * @param degrees - degrees of freedom, above 0
 */
export function criticalT(tail: number, degrees: number): number {
  let high = 1
  while (twoSidedTail(high, degrees) > tail && high < Number.MAX_VALUE / 4) high *= 2
  // From below, Newton's steps end below: the further out, the more slowly the tail falls.
  let t = high === 1 ? 0 : high / 2
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = (twoSidedTail(t, degrees) - tail) / (2 * density(t, degrees))
    if (!(change > PRECISION * t) || !Number.isFinite(t + change)) break
    t += change
  }
  return t
}

function density(t: number, degrees: number): number {
  const scale = gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - Math.log(degrees * Math.PI) / 2
  return Math.exp(scale - ((degrees + 1) / 2) * Math.log1p((t * t) / degrees))
}

/** @param rest - `1 - x`, given apart, since it is lost where `x` is nearly 1 */
function incompleteBeta(x: number, rest: number, a: number, b: number): number {
  if (x <= 0 || rest <= 0) return x <= 0 ? 0 : 1
  const scale = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(rest))
  // Each form converges quickly on its own side of the mean.
  return x < (a + 1) / (a + b + 2) ? (scale * betaFraction(x, a, b)) / a : 1 - (scale * betaFraction(rest, b, a)) / b
}

/** Continued fraction 8.17.22, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / apartFromZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let change = 1
    for (const term of [even, odd]) {
      d = 1 / apartFromZero(1 + term * d)
      c = apartFromZero(1 + term / c)
      change = c * d
      fraction *= change
    }
    if (Math.abs(change - 1) < PRECISION) break
  }
  return fraction
}

const apartFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
