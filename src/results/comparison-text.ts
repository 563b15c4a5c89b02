/** Several engines beside each other, one column for each, with their ratios to the first. */
import type { ComparisonRecord, InferenceRecord } from '../core/record.js'
import { printable } from './printable.js'
import { BYTES, type Figure, formatFigure, formatPlain, JOULES, RATIO, SECONDS, type Unit } from './quantity.js'
import { notesOf } from './record-notes.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

type Engine = ComparisonRecord['engines'][number]

/** @param records - one per engine and batch size */
export function comparisonText(
  comparisons: readonly ComparisonRecord[],
  records: readonly InferenceRecord[],
  width: number,
  style: TextStyle,
): string {
  const [first] = comparisons
  if (first === undefined) return ''
  const tables = comparisons.map((comparison) => tableOf(comparison, records, width, style))
  return [headingOf(first, records, style), ...tables, notesOf([...records, ...comparisons], style)]
    .filter((part) => part !== '')
    .join('\n')
}

function headingOf(
  { model, baseline, seed }: ComparisonRecord,
  records: readonly InferenceRecord[],
  style: TextStyle,
): string {
  const lines = [
    `${model.format}, ${formatPlain(model.bytes, BYTES)}`,
    records[0]?.input.description ?? '',
    `in turn, in an order drawn anew for each round (seed ${seed}); ratios to ${baseline}, below 1 is less`,
  ]
  return [style('strong', printable(model.name)), ...lines.map((line) => style('faint', printable(line))), ''].join(
    '\n',
  )
}

function tableOf(
  comparison: ComparisonRecord,
  records: readonly InferenceRecord[],
  width: number,
  style: TextStyle,
): string {
  const { engines, batchSize, order } = comparison
  const row = (name: string, cell: (engine: Engine, record: InferenceRecord | undefined) => string | undefined) => [
    name,
    ...engines.map(
      (engine) =>
        cell(
          engine,
          records.find(({ id }) => id === engine.record),
        ) ?? '-',
    ),
  ]
  const rows = [
    row('version', ({ version }) => version),
    row(
      'runs on',
      ({ executionProvider, threads }) => `${executionProvider}${threads === 0 ? '' : `, ${threads} threads`}`,
    ),
    row(
      'latency, mean',
      (_, record) => record?.latency && figure({ ...record.latency, value: record.latency.mean }, SECONDS),
    ),
    row('latency, p50', (_, record) => record?.latency && formatPlain(record.latency.p50, SECONDS)),
    row(
      `energy per inference${energyKind(records)}`,
      (_, record) =>
        record?.energy && figure({ ...record.energy.perInference, value: record.energy.perInference.joules }, JOULES),
    ),
    row('time, ratio', ({ timeRatio }, record) => ratio(timeRatio, record, comparison)),
    row('energy, ratio', ({ energyRatio }, record) => ratio(energyRatio, record, comparison)),
    row('outputs differ by', ({ outputDifference }) =>
      outputDifference === 0 ? 'nothing' : outputDifference?.toExponential(0),
    ),
  ]
  const head = [`batch ${batchSize}, ${order.length} rounds`, ...engines.map(({ name }) => name)]
  return drawTable({ head, rows, align: ['left', ...engines.map(() => 'right' as const)] }, width, style)
}

const figure = (value: Figure, unit: Unit): string => formatFigure(value, unit)

function energyKind(records: readonly InferenceRecord[]): string {
  const kinds = new Set(records.flatMap(({ energy }) => (energy === undefined ? [] : [energy.kind])))
  return kinds.size === 0 ? '' : ` (${[...kinds].join(', ')})`
}

function ratio(
  value: Engine['timeRatio'],
  record: InferenceRecord | undefined,
  { baseline }: ComparisonRecord,
): string | undefined {
  if (record?.engine.name === baseline) return '1'
  return value && formatFigure({ value: value.ratio, low: value.low, high: value.high }, RATIO)
}
