/** A timed run as a table: one row per quantity, one column per batch size, and where each figure comes from. */
import type { InferenceRecord } from '../core/record.js'
import { printable } from './printable.js'
import {
  BYTES,
  COUNT,
  type Figure,
  formatExact,
  formatFigure,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  SECONDS,
  type Unit,
  WATTS,
} from './quantity.js'
import { notesOf } from './record-notes.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** One line of the table: its cell and its source for a record. */
interface Quantity {
  readonly name: string
  /** `undefined`: not in this record. */
  cell(record: InferenceRecord): string | undefined
  source(record: InferenceRecord): string | undefined
  /** Left out altogether where no record has it; other quantities then show `-`. */
  readonly isOptional?: boolean
}

/** Room that one batch size takes; more of them than fit go into a further table. */
const COLUMN_WIDTH = 22
const FIXED_WIDTH = 46

/**
 * @param records - of one run, one per batch size
 * @param width - columns of the terminal
 */
export function inferenceText(records: readonly InferenceRecord[], width: number, style: TextStyle): string {
  const [first] = records
  if (first === undefined) return ''
  const perTable = Math.max(1, Math.floor((width - FIXED_WIDTH) / COLUMN_WIDTH))
  const tables: string[] = []
  for (let start = 0; start < records.length; start += perTable) {
    tables.push(drawRecords(records.slice(start, start + perTable), width, style))
  }
  return [heading(first, style), ...tables, notesOf(records, style)].filter((part) => part !== '').join('\n')
}

function heading(record: InferenceRecord, style: TextStyle): string {
  const { model, engine, input, images } = record
  const threads = engine.threads === 0 ? '' : `, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`
  const skipped = images === undefined || images.skipped.length === 0 ? '' : `, ${images.skipped.length} skipped`
  const data = images === undefined ? 'synthetic input' : `${images.count} images${skipped}`
  const lines = [
    `${model.format}, ${formatPlain(model.bytes, BYTES)}`,
    `${engine.name} ${engine.version} on ${engine.executionProvider}${threads}`,
    `${data}: ${input.description}`,
  ]
  return [style('strong', printable(model.name)), ...lines.map((line) => style('faint', printable(line))), ''].join(
    '\n',
  )
}

function drawRecords(records: readonly InferenceRecord[], width: number, style: TextStyle): string {
  const rows = QUANTITIES.flatMap((quantity) => {
    const cells = records.map((record) => quantity.cell(record))
    if (quantity.isOptional === true && cells.every((cell) => cell === undefined)) return []
    const sources = new Set(records.map((record) => quantity.source(record)).filter((source) => source !== undefined))
    return [[quantity.name, ...cells.map((cell) => cell ?? '-'), printable([...sources].join('; '))]]
  })
  const head = ['', ...records.map(({ batchSize }) => `batch ${batchSize}`), 'source']
  const align = ['left' as const, ...records.map(() => 'right' as const), 'left' as const]
  return drawTable({ head, rows, align, wrapped: head.length - 1 }, width, style)
}

const figure = (value: Figure | undefined, unit: Unit): string | undefined =>
  value === undefined ? undefined : formatFigure(value, unit)
const plain = (value: number | undefined, unit: Unit): string | undefined =>
  value === undefined ? undefined : formatPlain(value, unit)

const energyFigure = (interval: { joules: number; low: number; high: number } | undefined): string | undefined =>
  interval && formatFigure({ value: interval.joules, low: interval.low, high: interval.high }, JOULES)

const fromGraph = ({ counts }: InferenceRecord) => (counts === undefined ? undefined : 'counted in the file')
const fromClock = ({ latency }: InferenceRecord) => latency && `measured, ${formatExact(latency.count)} batches`

const QUANTITIES: readonly Quantity[] = [
  { name: 'parameters', cell: ({ counts }) => plain(counts?.parameters.total, COUNT), source: fromGraph },
  { name: 'MACs per batch', cell: ({ counts }) => plain(counts?.macs, COUNT), source: fromGraph },
  { name: 'FLOPs per batch', cell: ({ counts }) => plain(counts?.flops, COUNT), source: fromGraph },
  {
    name: 'latency, mean',
    cell: ({ latency }) => figure(latency && { value: latency.mean, low: latency.low, high: latency.high }, SECONDS),
    source: fromClock,
  },
  { name: 'latency, p50', cell: ({ latency }) => plain(latency?.p50, SECONDS), source: fromClock },
  { name: 'latency, p90', cell: ({ latency }) => plain(latency?.p90, SECONDS), source: fromClock },
  { name: 'latency, p95', cell: ({ latency }) => plain(latency?.p95, SECONDS), source: fromClock },
  { name: 'latency, p99', cell: ({ latency }) => plain(latency?.p99, SECONDS), source: fromClock },
  {
    name: 'throughput',
    cell: ({ throughput }) =>
      throughput &&
      formatFigure(
        { value: throughput.imagesPerSecond, low: throughput.low, high: throughput.high },
        IMAGES_PER_SECOND,
      ),
    source: fromClock,
  },
  {
    name: 'energy per inference',
    cell: ({ energy }) => energyFigure(energy?.perInference),
    source: (record) => energySource(record),
  },
  {
    name: '  less idle',
    cell: ({ energy }) => energyFigure(energy?.netPerInference),
    source: ({ energy }) => energy?.idle && `idle power ${formatPlain(energy.idle.watts, WATTS)}`,
    isOptional: true,
  },
  {
    name: 'CO2 per inference',
    cell: ({ carbon }) =>
      carbon &&
      formatFigure(
        { value: carbon.perInference.grams, low: carbon.perInference.low, high: carbon.perInference.high },
        GRAMS_CO2E,
      ),
    source: (record) => carbonSource(record),
  },
  {
    name: 'CO2 of the run',
    cell: ({ carbon }) =>
      carbon && formatFigure({ value: carbon.total.grams, low: carbon.total.low, high: carbon.total.high }, GRAMS_CO2E),
    source: (record) => record.energy && `energy of the run: ${energyFigure(record.energy.gross)}`,
    isOptional: true,
  },
  {
    name: 'accuracy, top-1',
    cell: ({ accuracy }) => accuracy && formatShare(accuracy.top1),
    source: ({ accuracy }) => accuracy && `measured, ${formatExact(accuracy.count)} labelled images`,
    isOptional: true,
  },
  {
    name: 'accuracy, top-5',
    cell: ({ accuracy }) => (accuracy?.top5 === undefined ? undefined : formatShare(accuracy.top5)),
    source: ({ accuracy }) => accuracy && `measured, ${formatExact(accuracy.count)} labelled images`,
    isOptional: true,
  },
  {
    name: 'image decoding',
    cell: ({ images }) => plain(images?.decodedPerSecond, IMAGES_PER_SECOND),
    source: () => 'measured, outside the inference',
    isOptional: true,
  },
  { name: 'model load', cell: ({ phases }) => plain(phases.load, SECONDS), source: () => 'measured' },
]

/** e.g. `measured: rapl package-0, dram`. */
function energySource({ energy }: InferenceRecord): string | undefined {
  if (energy === undefined) return undefined
  const share = energy.kind === 'mixed' ? `, ${formatShare(energy.measuredShare)} measured` : ''
  const counted = energy.domains.filter(({ isCounted }) => isCounted)
  const profilers = [...new Set(counted.map(({ profiler }) => profiler))].map((profiler) => {
    const names = counted.filter((domain) => domain.profiler === profiler).map(({ name }) => name)
    return `${profiler} ${names.join(', ')}`
  })
  return `${energy.kind}${share}: ${profilers.join('; ')}`
}

/** The factor is a model even where the energy is measured. */
function carbonSource({ carbon, energy }: InferenceRecord): string | undefined {
  if (carbon === undefined) return undefined
  const { gramsPerKwh, zone, zoneName, year, source } = carbon.factor
  const pue = carbon.pue === 1 ? '' : `, PUE ${carbon.pue}`
  const place = [`${Number(gramsPerKwh.toPrecision(3))} g/kWh in ${zoneName ?? zone}`, year]
    .filter((part) => part !== undefined)
    .join(' ')
  const kind = energy?.kind === 'modelled' ? 'modelled' : `modelled from ${energy?.kind ?? ''} energy`
  return `${kind}: ${place}, ${source}${pue}`
}
