/** Tests that draw the samples again many times instead of trusting a distribution. */
import { mean, permutationTest, quantileSorted, sampleWithReplacement, shuffle } from 'simple-statistics'
import { keptInterval } from './kept-interval.js'
import type { TwoSamples, TwoSampleTest } from './two-sample-test.js'

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
  const [low, high] = [samples.tail / 2, 1 - samples.tail / 2].map((share) => quantileSorted([...ratios], share))
  return {
    ratio: mean([...samples.values]) / mean([...samples.base]),
    ...{ low: low ?? 0, high: high ?? Number.POSITIVE_INFINITY },
    probability: Math.min(1, (2 * (Math.min(smaller, larger) + 1)) / (DRAWS + 1)),
  }
}

/** @returns whether so many draws tell anything apart at this tail */
export const canBootstrapApart = (tail: number): boolean => 2 / (DRAWS + 1) < tail

/**
 * The difference of means in samples that are dealt anew to both sides; what was found counts as one of the deals. The
 * interval holds every ratio at which the test of `values` against so many times `base` does not reject.
 *
 * @see Ernst, Permutation methods: a basis for exact inference, Statistical Science 19 (2004)
 */
export const permutation: TwoSampleTest = ({ base, values, tail, random }) => {
  const share = permutationTest([...values], [...base], 'two_side', DRAWS, random)
  const [before, now] = [mean([...base]), mean([...values])]
  const ratio = now / before
  const deals = dealsOf(base, values, random)
  const isKept = (factor: number): boolean => {
    // Rounding must not take the deals that are alike for less.
    const found = Math.abs(now - factor * before) * (1 - 1e-12)
    const beyond = deals.filter(([ofValues, ofBase]) => Math.abs(ofValues + factor * ofBase) >= found).length
    return (beyond + 1) / (DRAWS + 1) > tail
  }
  return { ratio, ...keptInterval(ratio, isKept), probability: (share * DRAWS + 1) / (DRAWS + 1) }
}

/** Of a share that draws give, so many standard deviations are left out of account. */
const DEVIATIONS = 3

/**
 * @param n, m - samples on each side
 * @returns whether sides are told apart at this tail where each sample of one lies beyond all of the other: of all deals,
 * two are as far apart
 */
export function canDealApart(n: number, m: number, tail: number): boolean {
  let deals = 1
  for (let taken = 1; taken <= n && deals < DRAWS ** 2; taken++) deals *= (m + taken) / taken
  const share = 2 / deals
  return share + DEVIATIONS * Math.sqrt(share / DRAWS) + 1 / (DRAWS + 1) < tail
}

/** @returns for each deal what the difference of its means has of the values and, to be multiplied by a ratio, of the base */
function dealsOf(base: readonly number[], values: readonly number[], random: () => number) {
  const [n, m] = [values.length, base.length]
  const places = [...values, ...base].map((_, place) => place)
  return Array.from({ length: DRAWS }, () => {
    let [ofValues, ofBase] = [0, 0]
    for (const [dealt, place] of shuffle(places, random).entries()) {
      const weight = dealt < n ? 1 / n : -1 / m
      if (place < n) ofValues += weight * (values[place] ?? 0)
      else ofBase += weight * (base[place - n] ?? 0)
    }
    return [ofValues, ofBase] as const
  })
}

function drawnRatios({ base, values, random }: TwoSamples): readonly number[] {
  const drawn = (samples: readonly number[]) => mean(sampleWithReplacement([...samples], samples.length, random))
  return Array.from({ length: DRAWS }, () => drawn(values) / drawn(base)).sort((one, other) => one - other)
}
