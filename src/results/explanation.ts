/** `--explain`: what each interval is made of, how the sensors were read, and who caused the energy. */
import type { EnergyRecord, InferenceRecord } from '../core/record.js'
import { printable } from './printable.js'
import { formatExact, formatPlain, SECONDS } from './quantity.js'
import { percent, type Row, sensorRows } from './sensor-rows.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

type BudgetPart = EnergyRecord['budget'][number]

/** @returns tables; a line with the reason where the record has no energy */
export function explanationText(record: InferenceRecord, width: number, style: TextStyle): string {
  const { energy, batchSize } = record
  const draw = (title: string, figure: string, rows: readonly Row[]): string =>
    rows.length === 0
      ? ''
      : drawTable(
          {
            head: [title, figure, ''],
            rows: rows.map((row) => [...row]),
            align: ['left', 'right', 'left'],
            wrapped: 2,
          },
          width,
          style,
        )
  if (energy === undefined) return `batch ${batchSize} has no energy to explain\n`
  const tables = [
    draw(`uncertainty, batch ${batchSize}`, '95%', uncertaintyRows(record, energy)),
    draw('how it was measured', '', measurementRows(record, energy)),
    draw(...dailyLife(record)),
  ]
  return tables.filter((table) => table !== '').join('\n')
}

/** A million inferences are what people can picture; the factors are rough, so two digits say all. */
function dailyLife({ equivalents = [], socialCost }: InferenceRecord): [string, string, readonly Row[]] {
  const many = equivalents[0]?.inferences ?? 1
  const rows = equivalents.map(({ amount, unit, source }): Row => [printable(unit), rounded(amount), printable(source)])
  const dollars = socialCost && rounded(socialCost.perInference * many)
  const words = socialCost && `${rounded(socialCost.dollarsPerTonne)} $/t; ${socialCost.source}`
  const cost: readonly Row[] =
    dollars === undefined || words === undefined ? [] : [['social cost, US dollars', dollars, printable(words)]]
  return [`${formatExact(many)} inferences`, '', equivalents.length === 0 ? [] : [...rows, ...cost]]
}

const rounded = (amount: number): string => String(Number(amount.toPrecision(2)))

interface Interval {
  readonly low: number
  readonly high: number
}

/** A figure with its interval, then the parts that it has beside those of the figure before: name, share, words. */
export const uncertaintyRows = (
  { carbon }: Pick<InferenceRecord, 'carbon'>,
  { perInference, netPerInference, budget }: EnergyRecord,
): readonly Row[] =>
  budgetRows({
    unit: 'inference',
    energy: perInference,
    net: netPerInference,
    carbon: carbon?.perInference,
    budget,
    factor: carbon?.factor,
  })

/** What one unit of work takes, with the reasons for its intervals. */
export interface ExplainedFigures {
  /** In words, e.g. `inference`. */
  readonly unit: string
  readonly energy: EnergyRecord['gross']
  readonly net: EnergyRecord['net']
  readonly carbon: (Interval & { readonly grams: number }) | undefined
  readonly budget: EnergyRecord['budget']
  readonly factor: Factor | undefined
}

type Factor = NonNullable<InferenceRecord['carbon']>['factor']

/** The same of any unit of work. */
export function budgetRows({ unit, energy, net, carbon, budget, factor }: ExplainedFigures): readonly Row[] {
  const parts = (of: NonNullable<BudgetPart['of']>): readonly Row[] =>
    budget.filter((part) => (part.of ?? 'gross') === of).map((part) => partRow(part, factor))
  const all = 'all of these together; edges and resolution show in the repeats, and count once'
  const rows: readonly (readonly Row[])[] = [
    [[`energy per ${unit}`, sidesText(energy.joules, energy), all]],
    parts('gross'),
    net === undefined ? [] : [['  net of idle', sidesText(net.joules, net), 'these as well']],
    parts('net'),
    carbon === undefined ? [] : [[`CO2 per ${unit}`, sidesText(carbon.grams, carbon), `energy per ${unit}, and this`]],
    parts('carbon'),
    parts('basis').length === 0 ? [] : [['another basis of CO2', '', 'in no interval']],
    parts('basis'),
  ]
  return rows.flat()
}

/** How wide an interval is, e.g. `± 2.1%`, or `-66% +147%` where the sides differ; `-` for a figure of nothing. */
export function sidesText(value: number, { low, high }: Interval): string {
  if (value === 0) return '-'
  const [down, up] = [(value - low) / Math.abs(value), (high - value) / Math.abs(value)]
  return Math.abs(down - up) < 0.05 * Math.max(down, up) ? plusMinus(up) : `-${percent(down)} +${percent(up)}`
}

const plusMinus = (share: number): string => `± ${percent(share)}`

const MEANINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sensor: 'stated error of the sensor: the same in every window',
    model: 'stated error of the model that stands in for a sensor (mean of both sides): the same in every window',
    edge: 'age of what the counters show at the ends of the windows',
    resolution: 'smallest step of the counters',
    integration: 'power between two readings',
    gap: 'time bridged by the mean power',
    repeats: "spread of the windows, by Student's t",
    'marginal instead of average intensity': 'distance of what one more kWh causes from the mean of all',
    'idle baseline': 'how far idle power wanders, or drifts from before to after, and its edges',
  }),
)

function partRow({ source, of, relative }: BudgetPart, factor: Factor | undefined): Row {
  const { intervalReason, source: table } = factor ?? {}
  const words = source === 'carbon factor' ? (intervalReason ?? table ?? '') : (MEANINGS.get(source) ?? '')
  const figure = of === 'basis' ? percent(relative) : plusMinus(relative)
  return [`    ${printable(source)}`, figure, printable(words)]
}

function measurementRows(record: InferenceRecord, energy: EnergyRecord): readonly Row[] {
  const { window, stopReason } = energy
  return [
    [
      'windows',
      formatExact(window.count),
      `of ${formatPlain(window.seconds, SECONDS)}, ${formatExact(window.inferences)} inferences; ended: ${printable(stopReason)}`,
    ],
    ...sensorRows(energy, record.own),
  ]
}
