/** The tests by their names, and which of them suits a figure, its samples and the number of figures. */
import { mean, median } from 'simple-statistics'
import type { Metric } from '../gate/metric.js'
import { canRankApart, mannWhitney } from './mann-whitney.js'
import { bootstrap, canBootstrapApart, canDealApart, permutation } from './resampling.js'
import type { TestName, TwoSampleTest } from './two-sample-test.js'
import { welch } from './welch.js'

/** All tests by their names. */
export const TESTS: Readonly<Record<TestName, TwoSampleTest>> = {
  welch,
  'mann-whitney': mannWhitney,
  bootstrap,
  permutation,
}

/** What a test compares of each side. */
export const CENTRES: Readonly<Record<TestName, (samples: readonly number[]) => number>> = {
  welch: (samples) => mean([...samples]),
  'mann-whitney': (samples) => median([...samples]),
  bootstrap: (samples) => mean([...samples]),
  permutation: (samples) => mean([...samples]),
}

/** Two samples say next to nothing of a spread; three against three are ranked in 20 ways only; the bootstrap is too narrow below ten. */
const LEAST_SAMPLES: Readonly<Record<TestName, number>> = {
  welch: 3,
  'mann-whitney': 4,
  bootstrap: 10,
  permutation: 4,
}

/** Whether sides of so many samples would be told apart where each sample of one lies beyond all of the other, however far. */
const CAN_TELL: Readonly<Record<TestName, (base: number, now: number, tail: number) => boolean>> = {
  welch: () => true,
  'mann-whitney': canRankApart,
  bootstrap: (_base, _now, tail) => canBootstrapApart(tail),
  permutation: canDealApart,
}

/** Rounds of a paired test. */
export const LEAST_ROUNDS = 2

/**
 * @param base, now - samples on each side
 * @param tail - share of intervals that may miss the truth: the more figures, the smaller
 * @returns whether a difference can be found at all; a test that cannot would call everything a tie
 */
export const canTell = (test: TestName, base: number, now: number, tail: number): boolean =>
  Math.min(base, now) >= LEAST_SAMPLES[test] && CAN_TELL[test](base, now, tail)

/** A test that needs more than this asks for too much of its draws. */
const MOST_SAMPLES = 100

/** @returns samples that a test needs on each side; `undefined` where no number of them would do */
export function neededSamples(test: TestName, tail: number): number | undefined {
  for (let samples = LEAST_SAMPLES[test]; samples <= MOST_SAMPLES; samples++) {
    if (canTell(test, samples, samples, tail)) return samples
  }
  return undefined
}

/**
 * Percentiles are skewed and jump: ranks suit them, where there are enough for so many figures. Means over whole windows are
 * near enough to normal for Welch's test, which also makes do with few.
 *
 * @param base, now - samples on each side
 */
export function chooseTest(metric: Metric, base: number, now: number, tail: number): TestName {
  return isPercentile(metric) && canTell('mann-whitney', base, now, tail) ? 'mann-whitney' : 'welch'
}

/** @returns whether a figure is one of the ordered latencies */
export const isPercentile = ({ name }: Metric): boolean => /^latency\.(p\d+|max)$/.test(name)
