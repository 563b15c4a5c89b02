/** Competitors of one run, which were measured in turn, set against the first of them: the surest way to see a small change. */
import { mean } from 'simple-statistics'
import { FormatError, UsageError } from '../../core/errors.js'
import { pairedDifference } from '../../core/paired-difference.js'
import type { ComparisonRecord, InferenceRecord } from '../../core/record.js'
import type { Metric } from '../gate/metric.js'
import { LEAST_ROUNDS } from './choose-test.js'
import {
  type CompareOptions,
  FAMILY_TAIL,
  isOfEnergy,
  judged,
  ratioOf,
  refuseAbsent,
  type SidesReport,
  tailOf,
  type Unjudged,
} from './compare-sides.js'
import { roundFigures } from './round-figures.js'
import { isExact, refuseNoRatio } from './samples.js'

type Competitor = ComparisonRecord['competitors'][number]
type Block = Competitor['blocks'][number]

/** Figures that a comparison keeps of every round, also one of an older schema, whose records lie beside it. */
const OF_BLOCKS: Readonly<Record<string, (block: Block) => number | undefined>> = {
  energyPerInference: ({ joulesPerInference }) => joulesPerInference,
  carbonPerInference: ({ joulesPerInference }) => joulesPerInference,
  'latency.mean': ({ secondsPerBatch }) => secondsPerBatch,
}

/**
 * @throws {UsageError} `E_COMPARE_PAIRED` for a figure that is of no round
 * @throws {FormatError} `E_COMPARE_ABSENT` for a competitor without the figure, or a whole round of it,
 *   `E_COMPARE_RANGE` for rounds of which no ratio can be made
 */
export function compareCompetitors(records: readonly ComparisonRecord[], options: CompareOptions): SidesReport {
  const [first] = records
  const wanted = records.flatMap((record) =>
    record.competitors.slice(1).flatMap(({ name }) => options.metrics.map((metric) => ({ record, name, metric }))),
  )
  const tail = tailOf(wanted.filter(({ metric }) => !isExact(metric)).length)
  const rows = wanted.map(({ record, name, metric }) =>
    isExact(metric) ? exactRow(record, name, metric) : rowOf(record, name, metric, tail),
  )
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

function exactRow(record: ComparisonRecord, name: string, metric: Metric): Unjudged {
  const [base, now] = [record.baseline, name].map((one) => {
    const own = recordOf(
      record,
      record.competitors.find((competitor) => competitor.name === one),
    )
    if (own === undefined) throw notOfRounds(metric)
    refuseAbsent(metric, own)
    return metric.of(own)?.value ?? 0
  })
  const about = { side: name, case: `batch ${record.batchSize}`, metric, test: 'exact', isModelled: false } as const
  return { ...about, base: base ?? 0, now: now ?? 0, ratio: ratioOf(now, base) }
}

/** Those of an older comparison lie beside it. */
const recordOf = ({ records }: ComparisonRecord, competitor: Competitor | undefined): InferenceRecord | undefined =>
  records.find(({ id }) => id === competitor?.record)

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
  const [values, before] = [now, base].map((competitor) => figuresOf(record, competitor, metric))
  return (values ?? []).flatMap((value, round) => {
    const other = before?.[round] ?? Number.NaN
    if (!(isWhole(record, now, round) && isWhole(record, base, round))) return []
    return Number.isFinite(value) && Number.isFinite(other) ? [[value, other] as const] : []
  })
}

/** @returns a figure for each round, `NaN` where it is not known */
function figuresOf(record: ComparisonRecord, competitor: Competitor | undefined, metric: Metric): readonly number[] {
  const { blocks = [] } = competitor ?? {}
  const figure = OF_BLOCKS[metric.name]
  const factor = metric.name === 'carbonPerInference' ? gramsPerJoule(record) : 1
  if (figure !== undefined) return blocks.map((block) => (figure(block) ?? Number.NaN) * factor)
  const own = recordOf(record, competitor)
  if (own === undefined || !metric.kinds.includes('inference')) throw notOfRounds(metric)
  return roundFigures(metric, own, blocks)
}

const notOfRounds = ({ name }: Metric): UsageError =>
  new UsageError('E_COMPARE_PAIRED', `a comparison keeps no ${name} of its rounds`, {
    hint: `choose from ${Object.keys(OF_BLOCKS).join(', ')}, or compare two files`,
  })

const TURNS_PER_ROUND = 2

/** A round lacks turns of one that failed; where the run did not come to its end its last round may be cut off as well. */
function isWhole({ complete, order }: ComparisonRecord, competitor: Competitor | undefined, round: number): boolean {
  if (competitor === undefined || (!complete && round >= competitor.blocks.length - 1)) return false
  return (order[round] ?? []).filter((turn) => turn === competitor.name).length === TURNS_PER_ROUND
}

function gramsPerJoule({ records }: ComparisonRecord): number {
  const [known] = records.filter(({ carbon, energy }) => carbon !== undefined && energy !== undefined)
  return (known?.carbon?.perInference.grams ?? Number.NaN) / (known?.energy?.perInference.joules ?? Number.NaN)
}
