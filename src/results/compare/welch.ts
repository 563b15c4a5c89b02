/** Welch's t test, which does not take the spreads of both sides for equal, and the interval of the ratio that belongs to it. */
import { mean, sampleVariance } from 'simple-statistics'
import { criticalT, twoSidedTail } from '../../core/student-t.js'
import { keptInterval } from './kept-interval.js'
import type { TwoSampleTest } from './two-sample-test.js'

/** Mean of a side, its squared standard error, and degrees of freedom. */
interface Side {
  readonly mean: number
  readonly squaredError: number
  readonly degrees: number
}

/**
 * The interval holds every ratio at which the test of `values` against so many times `base` does not reject (Fieller).
 *
 * @see Welch, The generalization of Student's problem, Biometrika 34 (1947)
 */
export const welch: TwoSampleTest = ({ base, values, tail }) => {
  const [one, other] = [sideOf(base), sideOf(values)]
  const ratio = other.mean / one.mean
  const { t, degrees } = statistic(one, other, 1)
  const isKept = (candidate: number): boolean => {
    const tested = statistic(one, other, candidate)
    return Math.abs(tested.t) <= criticalT(tail, tested.degrees)
  }
  const probability = t === 0 ? 1 : twoSidedTail(t, degrees)
  return { ratio, ...keptInterval(ratio, isKept), probability }
}

function sideOf(samples: readonly number[]): Side {
  return {
    mean: mean([...samples]),
    squaredError: sampleVariance([...samples]) / samples.length,
    degrees: samples.length - 1,
  }
}

/** Of the difference between `other` and `factor` times `one`, with the degrees of Welch and Satterthwaite. */
function statistic(one: Side, other: Side, factor: number): { readonly t: number; readonly degrees: number } {
  const difference = other.mean - factor * one.mean
  const [a, b] = [other.squaredError, factor ** 2 * one.squaredError]
  const together = a + b
  if (together === 0) return { t: difference === 0 ? 0 : difference / 0, degrees: one.degrees + other.degrees }
  return {
    t: difference / Math.sqrt(together),
    degrees: together ** 2 / (a ** 2 / other.degrees + b ** 2 / one.degrees),
  }
}
