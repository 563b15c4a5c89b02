/** Competitors of one run, which were measured in turn, set against the first of them: the surest way to see a small change. */
import { mean } from 'simple-statistics'
import { FormatError, UsageError } from '../../core/errors.js'
import { pairedDifference } from '../../core/paired-difference.js'
import type { ComparisonRecord } from '../../core/record.js'
import type { Metric } from '../gate/metric.js'
import {
  type CompareOptions,
  FAMILY_TAIL,
  isOfEnergy,
  judged,
  type SidesReport,
  type Unjudged,
} from './compare-sides.js'

type Block = ComparisonRecord['competitors'][number]['blocks'][number]

/** Figures that a comparison keeps of every round. */
const OF_BLOCKS: Readonly<Record<string, (block: Block) => number | undefined>> = {
  energyPerInference: ({ joulesPerInference }) => joulesPerInference,
  carbonPerInference: ({ joulesPerInference }) => joulesPerInference,
  'latency.mean': ({ secondsPerBatch }) => secondsPerBatch,
}

/**
 * @throws {UsageError} `E_COMPARE_PAIRED` for a figure that is not kept of every round
 * @throws {FormatError} `E_COMPARE_ABSENT` for a competitor with fewer than two rounds of a figure
 */
export function compareCompetitors(records: readonly ComparisonRecord[], options: CompareOptions): SidesReport {
  const [first] = records
  const wanted = records.flatMap((record) =>
    record.competitors.slice(1).flatMap(({ name }) => options.metrics.map((metric) => ({ record, name, metric }))),
  )
  const tail = FAMILY_TAIL / Math.max(1, wanted.length)
  const rows = wanted.map(({ record, name, metric }) => rowOf(record, name, metric, tail))
  const failed = records.flatMap((record) => record.failed.map(({ name, reason }) => `${name} was left out: ${reason}`))
  return {
    base: first?.baseline ?? '',
    rows: judged(rows, options.maxRegress),
    options,
    familyTail: FAMILY_TAIL,
    allowed: [],
    notes: failed,
  }
}

function rowOf(record: ComparisonRecord, name: string, metric: Metric, tail: number): Unjudged {
  const [base, now] = [record.competitors[0], record.competitors.find((one) => one.name === name)]
  const factor = metric.name === 'carbonPerInference' ? gramsPerJoule(record) : 1
  const pairs = (now?.blocks ?? []).flatMap((block, round) => {
    const [value, before] = [figureOf(metric, block), figureOf(metric, base?.blocks[round])]
    return value > 0 && before > 0 ? [[value * factor, before * factor] as const] : []
  })
  const ratio = pairedDifference(
    pairs.map(([value, before]) => [Math.log(value), Math.log(before)]),
    tail,
  )
  if (ratio === undefined || !Number.isFinite(factor)) {
    throw new FormatError('E_COMPARE_ABSENT', `${name}: fewer than two rounds have ${metric.name}`, {
      hint: 'measure longer, or compare another figure: --metric latency.mean',
    })
  }
  return {
    ...{ side: name, case: `batch ${record.batchSize}`, metric, test: 'paired' },
    ...{ base: mean(pairs.map(([, before]) => before)), now: mean(pairs.map(([value]) => value)) },
    ...{ ratio: Math.exp(ratio.mean), low: Math.exp(ratio.low), high: Math.exp(ratio.high) },
    samples: { base: pairs.length, now: pairs.length, unit: 'rounds' },
    probability: ratio.probability,
    isModelled: isOfEnergy(metric) && record.records.some(({ energy }) => energy?.kind !== 'measured'),
  }
}

function figureOf(metric: Metric, block: Block | undefined): number {
  const figure = OF_BLOCKS[metric.name]
  if (figure === undefined) {
    throw new UsageError('E_COMPARE_PAIRED', `a comparison keeps no ${metric.name} of its rounds`, {
      hint: `choose from ${Object.keys(OF_BLOCKS).join(', ')}, or compare two files`,
    })
  }
  return (block && figure(block)) ?? 0
}

function gramsPerJoule({ records }: ComparisonRecord): number {
  const [known] = records.filter(({ carbon, energy }) => carbon !== undefined && energy !== undefined)
  return (known?.carbon?.perInference.grams ?? Number.NaN) / (known?.energy?.perInference.joules ?? Number.NaN)
}
