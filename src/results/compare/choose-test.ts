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

/** With fewer on a side the ranks can never be unlikely enough. */
const LEAST_FOR_RANKS = 4

/**
 * Percentiles are skewed and jump: ranks suit them. Means over whole windows are near enough to normal for Welch's test,
 * which also makes do with few.
 */
export function chooseTest({ name }: Metric, base: readonly number[], now: readonly number[]): TestName {
  const isPercentile = /^latency\.(p\d+|max)$/.test(name)
  return isPercentile && Math.min(base.length, now.length) >= LEAST_FOR_RANKS ? 'mann-whitney' : 'welch'
}
