/** What the tests of two sets of samples have in common. */

/** How much larger the new samples are than those before. */
export interface TwoSampleResult {
  /** New by base: of the means, or of the medians. */
  readonly ratio: number
  readonly low: number
  /** `Infinity` where the base may as well be 0. */
  readonly high: number
  /** Of a ratio so far from 1 by chance. */
  readonly probability: number
}

/** Names of the tests, as `--test` takes them. */
export const TEST_NAMES = ['welch', 'mann-whitney', 'bootstrap', 'permutation'] as const

/** Name of a test. */
export type TestName = (typeof TEST_NAMES)[number]

/** What is compared; samples are from 1e-30 to 1e30, at least two on each side. */
export interface TwoSamples {
  readonly base: readonly number[]
  readonly values: readonly number[]
  /** Share of intervals that may miss the truth, e.g. 0.05. */
  readonly tail: number
  /** Uniform in [0, 1), for the tests that draw. */
  readonly random: () => number
}

/** A test with the interval that belongs to it. */
export type TwoSampleTest = (samples: TwoSamples) => TwoSampleResult
