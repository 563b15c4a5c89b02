/** Which of several competitors needs less than which: paired tests of every two, corrected for how many there are. */
import { holm } from '../src/core/holm.js'
import { pairedDifference } from '../src/core/paired-difference.js'
import { type PairedRatio, pairedRatio } from '../src/core/paired-ratio.js'
import type { ComparisonRecord, InferenceRecord } from '../src/core/record.js'
import {
  type BlockFigure,
  joulesPerBatch,
  type PairedMeasurement,
  pairsOf,
  secondsPerBatch,
} from './paired-protocol.js'

type Difference = ComparisonRecord['differences'][number]
type Figure = Difference['figure']

/** What the measurement gave, in the order of the competitors. */
export interface MeasuredCompetitors extends Pick<PairedMeasurement, 'blocks'> {
  readonly batchSize: number
  readonly names: readonly string[]
  readonly records: readonly InferenceRecord[]
}

/** Two competitors, by their places. */
interface Pair {
  readonly of: number
  readonly than: number
}

/** A difference is significant when chance alone gives one so large less often. */
const SIGNIFICANCE = 0.05

/** @returns for energy, latency and CO2 one row for every two that have two rounds in common */
export function differencesOf(found: MeasuredCompetitors): readonly Difference[] {
  const { names, batchSize, records } = found
  const pairs = names.flatMap((_, than) => names.slice(than + 1).map((_name, more) => ({ of: than + 1 + more, than })))
  const joules: BlockFigure = (block) => {
    const perBatch = joulesPerBatch(block)
    return perBatch === undefined ? undefined : perBatch / batchSize
  }
  const energy = tested(found, pairs, 'energy', joules)
  const factor = gramsPerJoule(records)
  const carbon = factor === undefined ? [] : energy.map((row) => carbonOf(row, factor))
  return [...energy, ...tested(found, pairs, 'latency', secondsPerBatch), ...carbon]
}

function tested(
  { names, blocks }: MeasuredCompetitors,
  pairs: readonly Pair[],
  figure: Figure,
  value: BlockFigure,
): Difference[] {
  const found = pairs.flatMap(({ of, than }) => {
    const values = pairsOf(blocks[of] ?? [], blocks[than] ?? [], value)
    const difference = pairedDifference(values)
    const ratio = pairedRatio(values)
    if (difference === undefined || ratio === undefined) return []
    // Noise of a machine grows with the figure: differences of logarithms, that is ratios, have the same spread throughout.
    const logarithms = pairedDifference(values.map(([one, other]) => [Math.log(one), Math.log(other)]))
    const { mean, low, high } = difference
    const probability = logarithms?.probability ?? 1
    return [{ of: names[of] ?? '', than: names[than] ?? '', difference: { mean, low, high }, ratio, probability }]
  })
  const adjusted = holm(found.map(({ probability }) => probability))
  return found.map((row, index) => {
    const corrected = adjusted[index] ?? 1
    return { figure, ...row, ratio: { ...row.ratio }, adjusted: corrected, verdict: verdictOf(row.ratio, corrected) }
  })
}

function verdictOf({ ratio }: PairedRatio, adjusted: number): Difference['verdict'] {
  if (!(adjusted < SIGNIFICANCE)) return 'tie'
  return ratio < 1 ? 'less' : 'more'
}

/** All run at the same place and time: one factor turns the joules of every competitor into CO2. */
function gramsPerJoule(records: readonly InferenceRecord[]): number | undefined {
  const known = records.find(({ carbon, energy }) => carbon !== undefined && (energy?.perInference.joules ?? 0) > 0)
  return known?.carbon && known.energy && known.carbon.perInference.grams / known.energy.perInference.joules
}

function carbonOf({ probability: _p, adjusted: _a, ...row }: Difference, factor: number): Difference {
  const { mean, low, high } = row.difference
  return { ...row, figure: 'carbon', difference: { mean: mean * factor, low: low * factor, high: high * factor } }
}

/**
 * A rank is one more than how many are significantly better, by energy where it is known, else by latency.
 *
 * @returns a rank for each name that was compared at all
 */
export function ranksOf(
  names: readonly string[],
  differences: readonly Difference[],
): { readonly ranks: readonly (number | undefined)[]; readonly rankedBy?: 'energy' | 'latency' } {
  const rankedBy = (['energy', 'latency'] as const).find((figure) => differences.some((row) => row.figure === figure))
  if (rankedBy === undefined) return { ranks: [] }
  const rows = differences.filter(({ figure }) => figure === rankedBy)
  const ranks = names.map((name) => {
    const own = rows.filter(({ of, than }) => of === name || than === name)
    const better = own.filter(({ of, verdict }) => verdict === (of === name ? 'more' : 'less'))
    return own.length === 0 ? undefined : 1 + better.length
  })
  return { ranks, rankedBy }
}
