/** The test of Mann and Whitney: whether samples of one side tend to be larger, whatever the shape of their distribution. */
import { median, wilcoxonRankSum } from 'simple-statistics'
import { normalTail } from '../../core/normal.js'
import type { TwoSampleTest } from './two-sample-test.js'

/** With more pairs than this the normal distribution is near enough. */
const MOST_EXACT_PAIRS = 400

/**
 * The ratio is that of the medians. The interval leaves out so many of the outermost ratios of a new sample to one before as
 * the test allows (Hodges and Lehmann), and is widened to hold the ratio of the medians where that lies beyond. Exact without
 * ties up to 400 pairs, else with the normal distribution, corrected for ties and continuity.
 *
 * @see Hollander and Wolfe, Nonparametric Statistical Methods, chapter 4
 */
export const mannWhitney: TwoSampleTest = ({ base, values, tail }) => {
  const [n, m] = [values.length, base.length]
  const u = wilcoxonRankSum([...values], [...base]) - (n * (n + 1)) / 2
  const ratios = values.flatMap((value) => base.map((before) => value / before)).sort((one, other) => one - other)
  const hasTies = new Set([...values, ...base]).size < n + m
  const law = !hasTies && n * m <= MOST_EXACT_PAIRS ? exactLaw(n, m) : normalLaw(n, m, tieTerm([...values, ...base]))
  const cut = law.cut(tail)
  const ratio = median([...values]) / median([...base])
  return {
    ratio,
    low: Math.min(ratio, ratios[cut] ?? 0),
    high: Math.max(ratio, ratios[n * m - 1 - cut] ?? Number.POSITIVE_INFINITY),
    probability: law.probability(u),
  }
}

/**
 * @param n, m - samples on each side
 * @returns whether sides are told apart at this tail where each sample of one lies beyond all of the other, also by the
 * normal distribution, which takes the place of the exact one where two samples happen to be alike
 */
export function canRankApart(n: number, m: number, tail: number): boolean {
  const laws = [normalLaw(n, m, 0), ...(n * m <= MOST_EXACT_PAIRS ? [exactLaw(n, m)] : [])]
  return laws.every((law) => law.probability(0) < tail && law.cut(tail) >= 0)
}

/** How U is distributed when both sides are alike. */
interface Law {
  probability(u: number): number
  /** Ratios to leave out at each end; -1 where even the widest interval is too narrow. */
  cut(tail: number): number
}

function exactLaw(n: number, m: number): Law {
  const counts = rankCounts(n, m)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const below: number[] = []
  let sum = 0
  for (const count of counts) {
    sum += count
    below.push(sum / total)
  }
  return {
    probability: (u) => Math.min(1, 2 * (below[Math.min(u, n * m - u)] ?? 1)),
    cut: (tail) => below.findLastIndex((share) => share <= tail / 2),
  }
}

/** @returns for every U from 0 to `n m` in how many orders of the samples it comes out (the Gaussian binomial) */
function rankCounts(n: number, m: number): readonly number[] {
  const counts = new Array<number>(n * m + 1).fill(0)
  counts[0] = 1
  for (let part = 1; part <= n; part++) {
    // Times 1 - q^(m + part), then by 1 - q^part.
    for (let u = n * m; u >= m + part; u--) counts[u] = (counts[u] ?? 0) - (counts[u - m - part] ?? 0)
    for (let u = part; u <= n * m; u++) counts[u] = (counts[u] ?? 0) + (counts[u - part] ?? 0)
  }
  return counts
}

function normalLaw(n: number, m: number, ties: number): Law {
  const deviation = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties))
  return {
    probability: (u) => {
      const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5)
      return deviation === 0 ? 1 : normalTail(distance / deviation)
    },
    cut: (tail) => Math.floor((n * m) / 2 - criticalNormal(tail) * deviation - 0.5),
  }
}

/** Samples that are alike have the mean of their ranks, which spreads U less. */
function tieTerm(samples: readonly number[]): number {
  const uses = new Map<number, number>()
  for (const sample of samples) uses.set(sample, (uses.get(sample) ?? 0) + 1)
  const sum = [...uses.values()].reduce((total, count) => total + (count ** 3 - count), 0)
  return sum / (samples.length * (samples.length - 1))
}

function criticalNormal(tail: number): number {
  let [low, high] = [0, 40]
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (normalTail(middle) > tail) low = middle
    else high = middle
  }
  return high
}
