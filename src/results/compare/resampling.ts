/** Tests that draw the samples again many times instead of trusting a distribution. */
import { mean, permutationTest, quantileSorted, sampleWithReplacement } from 'simple-statistics'
import type { TwoSampleResult, TwoSamples, TwoSampleTest } from './two-sample-test.js'

/** Enough for the tails that Bonferroni's correction asks for. */
const DRAWS = 10_000

/**
 * The ratio of means in samples drawn with replacement from both sides: its percentiles are the interval. Too narrow for
 * fewer than about ten samples a side.
 *
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13
 */
export const bootstrap: TwoSampleTest = (samples) => {
  const ratios = drawnRatios(samples)
  const smaller = ratios.filter((ratio) => ratio <= 1).length
  const larger = ratios.filter((ratio) => ratio >= 1).length
  const probability = Math.min(1, (2 * (Math.min(smaller, larger) + 1)) / (DRAWS + 1))
  return { ...intervalOf(samples, ratios), probability }
}

/**
 * The difference of means in samples that are dealt anew to both sides; what was found counts as one of the deals. The
 * interval is that of the bootstrap.
 */
export const permutation: TwoSampleTest = (samples) => {
  const { base, values, random } = samples
  const share = permutationTest([...values], [...base], 'two_side', DRAWS, random)
  return { ...intervalOf(samples, drawnRatios(samples)), probability: (share * DRAWS + 1) / (DRAWS + 1) }
}

function drawnRatios({ base, values, random }: TwoSamples): readonly number[] {
  const drawn = (samples: readonly number[]) => mean(sampleWithReplacement([...samples], samples.length, random))
  return Array.from({ length: DRAWS }, () => drawn(values) / drawn(base)).sort((one, other) => one - other)
}

const intervalOf = (
  { base, values, tail }: TwoSamples,
  ratios: readonly number[],
): Omit<TwoSampleResult, 'probability'> => ({
  ratio: mean([...values]) / mean([...base]),
  low: quantileSorted([...ratios], tail / 2),
  high: quantileSorted([...ratios], 1 - tail / 2),
})
