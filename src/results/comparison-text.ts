/** Competitors that were measured in turn, as text: a table, bars, and which of them needs less than which. */
import type { ComparisonRecord, InferenceRecord } from '../core/record.js'
import { verdictLines } from './comparison-verdict.js'
import { macsPerInference } from './macs-per-inference.js'
import { intervalBars } from './plot/interval-bars.js'
import type { PlotView } from './plot/plot-view.js'
import { printable, shortened } from './printable.js'
import { COUNT, formatFigure, formatPlain, formatShare, GRAMS_CO2E, JOULES, RATIO, SECONDS } from './quantity.js'
import { notesOf } from './record-notes.js'
import { roundsText } from './rounds-text.js'
import { drawTable } from './text-table.js'

type Competitor = ComparisonRecord['competitors'][number]

/** A competitor with its record, where it is known. */
interface Row {
  readonly competitor: Competitor
  readonly record: InferenceRecord | undefined
}

/** Longer names are cut in the middle. */
const LONGEST_NAME = 28

/** @param comparisons - of one run, one per batch size */
export function comparisonText(comparisons: readonly ComparisonRecord[], view: PlotView): string {
  const [first] = comparisons
  if (first === undefined) return ''
  const parts = comparisons.flatMap((comparison) => {
    const rows = rowsOf(comparison)
    return [figuresTable(comparison, rows, view), ratiosTable(comparison, rows, view), chart(rows, view)].concat(
      verdictLines(comparison, view.style),
    )
  })
  const notes = notesOf([...comparisons.flatMap(namedNotes), ...comparisons], view.style)
  return [headingOf(first, view), ...parts, dropouts(comparisons, view), notes].filter((part) => part !== '').join('\n')
}

/** What holds for some of the competitors only is said with their names. */
function namedNotes({ competitors, records }: ComparisonRecord): readonly InferenceRecord[] {
  const isShared = (reads: (record: InferenceRecord) => readonly string[], note: string) =>
    records.every((record) => reads(record).includes(note))
  const reasons = ({ missing }: InferenceRecord) => missing.map(({ reason }) => reason)
  const messages = ({ warnings }: InferenceRecord) => warnings.map(({ message }) => message)
  return records.map((record) => {
    const name = competitors.find((competitor) => competitor.record === record.id)?.name ?? record.model.name
    return {
      ...record,
      missing: record.missing.map(({ field, reason }) =>
        isShared(reasons, reason) ? { field, reason } : { field: `${field} of ${name}`, reason },
      ),
      warnings: record.warnings.map((warning) =>
        isShared(messages, warning.message) ? warning : { ...warning, message: `${name}: ${warning.message}` },
      ),
    }
  })
}

/** Best rank first; what ties, and what has no rank, in the order of the mean. */
function rowsOf({ competitors, records, rankedBy }: ComparisonRecord): readonly Row[] {
  const rows = competitors.map((competitor) => ({
    competitor,
    record: records.find(({ id }) => id === competitor.record),
  }))
  const figure = ({ record }: Row) =>
    (rankedBy === 'latency' ? record?.latency?.mean : record?.energy?.perInference.joules) ?? Number.POSITIVE_INFINITY
  const rank = ({ competitor }: Row) => competitor.rank ?? competitors.length + 1
  return rows.sort((one, other) => rank(one) - rank(other) || figure(one) - figure(other))
}

function headingOf({ records, seed, competitors }: ComparisonRecord, { style }: PlotView): string {
  const engines = new Set(
    records.map(({ engine: { name, version, executionProvider, threads } }) =>
      [`${name} ${version} on ${executionProvider}`, threads === 0 ? '' : `, ${threads} threads`].join(''),
    ),
  )
  const inputs = new Set(
    records.map(({ input, images }) => `${images === undefined ? '' : `${images.count} images: `}${input.description}`),
  )
  const models = new Set(competitors.map(({ model }) => model))
  const lines = [
    [...engines].join('; '),
    ...inputs,
    `in turn: each round in an order drawn anew (seed ${seed}), then backwards`,
  ]
  const title = models.size === 1 ? [...models].join('') : `${competitors.length} competitors`
  return [style('strong', printable(title)), ...lines.map((line) => style('faint', printable(line))), ''].join('\n')
}

function figuresTable(comparison: ComparisonRecord, rows: readonly Row[], { width, style }: PlotView): string {
  const kinds = [...new Set(rows.flatMap(({ record }) => record?.energy?.kind ?? []))].join(', ')
  const hasAccuracy = rows.some(({ record }) => record?.accuracy !== undefined)
  const head = [
    'rank',
    `batch ${comparison.batchSize}, ${roundsText(comparison)}`,
    `energy / inference${kinds === '' ? '' : ` (${kinds})`}`,
    'CO2 / inference',
    'latency, mean',
    ...(hasAccuracy ? ['top-1'] : []),
  ]
  const cells = rows.map(({ competitor, record }) => {
    const { energy, carbon, latency, accuracy } = record ?? {}
    return [
      String(competitor.rank ?? '-'),
      nameOf(competitor),
      energy ? formatFigure({ ...energy.perInference, value: energy.perInference.joules }, JOULES) : '-',
      carbon ? formatFigure({ ...carbon.perInference, value: carbon.perInference.grams }, GRAMS_CO2E) : '-',
      latency ? formatFigure({ ...latency, value: latency.mean }, SECONDS) : '-',
      ...(hasAccuracy ? [accuracy ? formatShare(accuracy.top1) : '-'] : []),
    ]
  })
  const align = ['right' as const, 'left' as const, ...head.slice(2).map(() => 'right' as const)]
  return drawTable({ head, rows: cells, align }, width, style)
}

function ratiosTable({ baseline }: ComparisonRecord, rows: readonly Row[], { width, style }: PlotView): string {
  const hasTwins = rows.some(({ competitor }) => competitor.outputDifference !== undefined)
  const head = [
    `by ${shortened(printable(baseline), LONGEST_NAME)}`,
    'energy, ratio',
    'time, ratio',
    'parameters',
    'MACs / inference',
    ...(hasTwins ? ['outputs differ'] : []),
  ]
  const cells = rows.map(({ competitor, record }) => [
    nameOf(competitor),
    ratio(competitor.energyRatio, competitor.name === baseline),
    ratio(competitor.timeRatio, competitor.name === baseline),
    plain(record?.counts?.parameters.total),
    plain(macsPerInference(record?.counts)),
    ...(hasTwins ? [difference(competitor.outputDifference)] : []),
  ])
  return drawTable({ head, rows: cells, align: ['left', ...head.slice(1).map(() => 'right' as const)] }, width, style)
}

function chart(rows: readonly Row[], view: PlotView): string {
  const hasEnergy = rows.some(({ record }) => record?.energy !== undefined)
  const bars = rows.map(({ competitor, record }) => {
    const { energy, latency } = record ?? {}
    const value = hasEnergy ? energy?.perInference.joules : latency?.mean
    return { label: competitor.name, figure: value === undefined ? undefined : { value } }
  })
  const title = hasEnergy ? 'energy per inference' : 'latency, mean'
  return intervalBars(title, bars, hasEnergy ? JOULES : SECONDS, view)
}

function dropouts(comparisons: readonly ComparisonRecord[], { style }: PlotView): string {
  const lines = comparisons.flatMap(({ failed, batchSize }) =>
    failed.map(
      ({ name, reason }) =>
        `${style('bad', 'left out:')} ${printable(name)}, batch ${batchSize}: ${printable(reason)}\n`,
    ),
  )
  return lines.join('')
}

const nameOf = ({ name }: Competitor): string => shortened(printable(name), LONGEST_NAME)

const plain = (value: number | undefined): string => (value === undefined ? '-' : formatPlain(value, COUNT))

const difference = (value: number | undefined): string =>
  value === undefined ? '-' : value === 0 ? 'nothing' : value.toExponential(0)

function ratio(value: Competitor['timeRatio'], isBaseline: boolean): string {
  if (isBaseline) return '1'
  return value === undefined ? '-' : formatFigure({ value: value.ratio, low: value.low, high: value.high }, RATIO)
}
