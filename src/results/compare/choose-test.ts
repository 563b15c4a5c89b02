/** The tests by their names, and which of them suits a figure and its samples. */
import type { Metric } from '../gate/metric.js'
import { mannWhitney } from './mann-whitney.js'
import { bootstrap, permutation } from './resampling.js'
import type { TestName, TwoSampleTest } from './two-sample-test.js'
import { welch } from './welch.js'

/** All tests by their names. */
export const TESTS: Readonly<Record<TestName, TwoSampleTest>> = {
  welch,
  'mann-whitney': mannWhitney,
  bootstrap,
  permutation,
}

/**
 * With fewer samples on a side nothing can be told: three against three are dealt or ranked in 20 ways only, of which two
 * are as far apart, which is p = 0.1; two say next to nothing of a spread; the bootstrap is too narrow below ten.
 */
export const LEAST_SAMPLES: Readonly<Record<TestName, number>> = {
  welch: 3,
  'mann-whitney': 4,
  bootstrap: 10,
  permutation: 4,
}

/** Rounds of a paired test. */
export const LEAST_ROUNDS = 2

/**
 * Percentiles are skewed and jump: ranks suit them. Means over whole windows are near enough to normal for Welch's test,
 * which also makes do with few.
 */
export function chooseTest({ name }: Metric, base: readonly number[], now: readonly number[]): TestName {
  const isPercentile = /^latency\.(p\d+|max)$/.test(name)
  return isPercentile && Math.min(base.length, now.length) >= LEAST_SAMPLES['mann-whitney'] ? 'mann-whitney' : 'welch'
}
