/** Competitors of one run, which were measured in turn, set against the first of them: the surest way to see a small change. */
import { mean } from 'simple-statistics'
import { FormatError, UsageError } from '../../core/errors.js'
import { pairedDifference } from '../../core/paired-difference.js'
import type { ComparisonRecord } from '../../core/record.js'
import type { Metric } from '../gate/metric.js'
import { LEAST_ROUNDS } from './choose-test.js'
import {
  type CompareOptions,
  FAMILY_TAIL,
  isOfEnergy,
  judged,
  type SidesReport,
  tailOf,
  type Unjudged,
} from './compare-sides.js'
import { refuseNoRatio } from './samples.js'

type Competitor = ComparisonRecord['competitors'][number]
type Block = Competitor['blocks'][number]

/** Figures that a comparison keeps of every round. */
const OF_BLOCKS: Readonly<Record<string, (block: Block) => number | undefined>> = {
  energyPerInference: ({ joulesPerInference }) => joulesPerInference,
  carbonPerInference: ({ joulesPerInference }) => joulesPerInference,
  'latency.mean': ({ secondsPerBatch }) => secondsPerBatch,
}

/**
 * @throws {UsageError} `E_COMPARE_PAIRED` for a figure that is not kept of every round
 * @throws {FormatError} `E_COMPARE_ABSENT` for a competitor without a whole round of a figure,
 *   `E_COMPARE_RANGE` for rounds of which no ratio can be made
 */
export function compareCompetitors(records: readonly ComparisonRecord[], options: CompareOptions): SidesReport {
  const [first] = records
  const wanted = records.flatMap((record) =>
    record.competitors.slice(1).flatMap(({ name }) => options.metrics.map((metric) => ({ record, name, metric }))),
  )
  const tail = tailOf(wanted.length)
  const rows = wanted.map(({ record, name, metric }) => rowOf(record, name, metric, tail))
  const failed = records.flatMap((record) => record.failed.map(({ name, reason }) => `${name} was left out: ${reason}`))
  return {
    base: first?.baseline ?? '',
    rows: judged(rows, options.maxRegress),
    options,
    familyTail: FAMILY_TAIL,
    allowed: [],
    notes: [...records.flatMap(notComplete), ...failed],
  }
}

const notComplete = ({ complete, batchSize }: ComparisonRecord): readonly string[] =>
  complete
    ? []
    : [`batch ${batchSize}: the run did not come to its end; the last round, which may be cut off, does not count`]

function rowOf(record: ComparisonRecord, name: string, metric: Metric, tail: number): Unjudged {
  const pairs = pairsOf(record, name, metric)
  if (pairs.length === 0) {
    throw new FormatError('E_COMPARE_ABSENT', `${name}: no whole round has ${metric.name}`, {
      hint: 'measure longer, or compare another figure: --metric latency.mean',
    })
  }
  refuseNoRatio(metric, name, 'rounds', pairs.flat())
  const logarithms = pairs.map(([value, before]) => [Math.log(value), Math.log(before)] as const)
  const ratio = pairs.length < LEAST_ROUNDS ? undefined : pairedDifference(logarithms, tail)
  // Geometric as the ratio, which is then that of these two.
  const [now, base] = [0, 1].map((side) => Math.exp(mean(logarithms.map((pair) => pair[side] ?? 0))))
  return {
    ...{ side: name, case: `batch ${record.batchSize}`, metric, test: 'paired' },
    ...{ base: base ?? 0, now: now ?? 0, ratio: (now ?? 0) / (base ?? 0) },
    ...(ratio && { low: Math.exp(ratio.low), high: Math.exp(ratio.high), probability: ratio.probability }),
    samples: { base: pairs.length, now: pairs.length, unit: 'rounds' },
    isModelled: isOfEnergy(metric) && record.records.some(({ energy }) => energy?.kind !== 'measured'),
  }
}

/** @returns `[value, base]` of the rounds in which both took all their turns and have the figure */
function pairsOf(record: ComparisonRecord, name: string, metric: Metric): readonly (readonly [number, number])[] {
  const [base, now] = [record.competitors[0], record.competitors.find((one) => one.name === name)]
  const factor = metric.name === 'carbonPerInference' ? gramsPerJoule(record) : 1
  return (now?.blocks ?? []).flatMap((block, round) => {
    const other = base?.blocks[round]
    if (!(isWhole(record, now, round) && isWhole(record, base, round))) return []
    const [value, before] = [figureOf(metric, block) * factor, figureOf(metric, other) * factor]
    return Number.isFinite(value) && Number.isFinite(before) ? [[value, before] as const] : []
  })
}

const TURNS_PER_ROUND = 2

/** A round lacks turns of one that failed; where the run did not come to its end its last round may be cut off as well. */
function isWhole({ complete, order }: ComparisonRecord, competitor: Competitor | undefined, round: number): boolean {
  if (competitor === undefined || (!complete && round >= competitor.blocks.length - 1)) return false
  return (order[round] ?? []).filter((turn) => turn === competitor.name).length === TURNS_PER_ROUND
}

function figureOf(metric: Metric, block: Block | undefined): number {
  const figure = OF_BLOCKS[metric.name]
  if (figure === undefined) {
    throw new UsageError('E_COMPARE_PAIRED', `a comparison keeps no ${metric.name} of its rounds`, {
      hint: `choose from ${Object.keys(OF_BLOCKS).join(', ')}, or compare two files`,
    })
  }
  return (block && figure(block)) ?? Number.NaN
}

function gramsPerJoule({ records }: ComparisonRecord): number {
  const [known] = records.filter(({ carbon, energy }) => carbon !== undefined && energy !== undefined)
  return (known?.carbon?.perInference.grams ?? Number.NaN) / (known?.energy?.perInference.joules ?? Number.NaN)
}
