/** `--explain`: what each interval is made of, how the sensors were read, and who caused the energy. */
import type { EnergyRecord, InferenceRecord } from '../core/record.js'
import { printable } from './printable.js'
import { formatExact, formatPlain, formatShare, JOULES, SECONDS, WATTS } from './quantity.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

type Row = readonly [name: string, figure: string, words: string]
type CrossCheck = NonNullable<EnergyRecord['crossChecks']>[number]
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
export function uncertaintyRows({ carbon }: Pick<InferenceRecord, 'carbon'>, energy: EnergyRecord): readonly Row[] {
  const { perInference, netPerInference } = energy
  const parts = (of: NonNullable<BudgetPart['of']>): readonly Row[] =>
    energy.budget.filter((part) => (part.of ?? 'gross') === of).map((part) => partRow(part, carbon))
  return [
    [
      'energy per inference',
      sides(perInference.joules, perInference),
      'all of these together; edges and resolution show in the repeats, and count once',
    ],
    ...parts('gross'),
    ...(netPerInference === undefined
      ? []
      : ([['  net of idle', sides(netPerInference.joules, netPerInference), 'these as well']] satisfies Row[])),
    ...parts('net'),
    ...(carbon === undefined
      ? []
      : ([
          [
            'CO2 per inference',
            sides(carbon.perInference.grams, carbon.perInference),
            'energy per inference, and this',
          ],
        ] satisfies Row[])),
    ...parts('carbon'),
    ...(parts('basis').length === 0 ? [] : ([['another basis of CO2', '', 'in no interval']] satisfies Row[])),
    ...parts('basis'),
  ]
}

/** e.g. `± 2.1%`, or `-66% +147%` where the sides differ. */
function sides(value: number, { low, high }: Interval): string {
  if (value === 0) return '-'
  const [down, up] = [(value - low) / Math.abs(value), (high - value) / Math.abs(value)]
  return Math.abs(down - up) < 0.05 * Math.max(down, up) ? plusMinus(up) : `-${percent(down)} +${percent(up)}`
}

const plusMinus = (share: number): string => `± ${percent(share)}`

/** Two digits, never fewer than the ones. */
function percent(share: number): string {
  const value = share * 100
  return `${value.toFixed(value >= 10 || value === 0 ? 0 : Math.min(4, 1 - Math.floor(Math.log10(value))))}%`
}

const MEANINGS: Readonly<Record<string, string>> = {
  sensor: 'stated error of the sensor: the same in every window',
  model: 'stated error of the model that stands in for a sensor (mean of both sides): the same in every window',
  edge: 'age of what the counters show at the ends of the windows',
  resolution: 'smallest step of the counters',
  integration: 'power between two readings',
  gap: 'time bridged by the mean power',
  repeats: "spread of the windows, by Student's t",
  'marginal instead of average intensity': 'distance of what one more kWh causes from the mean of all',
  'idle baseline': 'how far idle power wanders, or drifts from before to after, and its edges',
}

function partRow({ source, of, relative }: BudgetPart, carbon: InferenceRecord['carbon']): Row {
  const { intervalReason, source: table } = carbon?.factor ?? {}
  const words = source === 'carbon factor' ? (intervalReason ?? table ?? '') : (MEANINGS[source] ?? '')
  const figure = of === 'basis' ? percent(relative) : plusMinus(relative)
  return [`    ${printable(source)}`, figure, printable(words)]
}

function measurementRows(record: InferenceRecord, energy: EnergyRecord): readonly Row[] {
  const { window, idle, stopReason, sampling = [] } = energy
  return [
    [
      'windows',
      formatExact(window.count),
      `of ${formatPlain(window.seconds, SECONDS)}, ${formatExact(window.inferences)} inferences; ended: ${printable(stopReason)}`,
    ],
    ...(idle === undefined ? [] : [idleRow(idle)]),
    ...sampling.map(samplingRow),
    ...(energy.crossChecks ?? []).map(crossCheckRow),
    ...attributionRows(energy.attribution),
    ...ownRows(record.own),
  ]
}

function idleRow({ watts, before, after, seconds }: NonNullable<EnergyRecord['idle']>): Row {
  if (before === undefined && after === undefined) return ['idle power', formatPlain(watts, WATTS), 'given']
  const each = [before, after].map((value) => (value === undefined ? 'unknown' : formatPlain(value, WATTS)))
  return [
    'idle power',
    formatPlain(watts, WATTS),
    `${each[0]} before, ${each[1]} after, ${formatPlain(seconds, SECONDS)} in all`,
  ]
}

function samplingRow(facts: NonNullable<EnergyRecord['sampling']>[number]): Row {
  const { profiler, interval, readings, failed, missed, lost, meanDelay, worstDelay, longestStep } = facts
  const late = `${formatPlain(meanDelay, SECONDS)} late on average, ${formatPlain(worstDelay, SECONDS)} at worst`
  const gaps = `longest gap ${formatPlain(longestStep, SECONDS)}`
  const words = `every ${formatPlain(interval, SECONDS)}; ${failed} failed, ${missed + lost} missing; ${late}; ${gaps}`
  return [`readings of ${printable(profiler)}`, formatExact(readings), words]
}

function crossCheckRow({ counted, other, relative, isWithinErrors }: CrossCheck): Row {
  const name = (one: CrossCheck['other']): string => printable(`${one.profiler} ${one.name}`)
  const words = isWithinErrors ? 'as far as their stated errors allow' : 'more than their stated errors allow'
  const sign = relative < 0 ? '-' : '+'
  return [
    `${name(other)}`,
    `${sign}${percent(Math.abs(relative))}`,
    `against ${name(counted)}, which is counted: ${words}`,
  ]
}

/** Of the energy of the windows. */
function attributionRows(attribution: EnergyRecord['attribution']): readonly Row[] {
  if (attribution === undefined) return []
  const { cpuShare, memoryShare, joules } = attribution
  const memory = memoryShare === undefined ? '' : ` and ${formatShare(memoryShare)} of the memory in use`
  const rows: readonly Row[] = [
    ['energy of the idle machine', formatPlain(joules.idle, JOULES), 'given to no process'],
    [
      'energy of this run',
      formatPlain(joules.process, JOULES),
      `above idle, by ${formatShare(cpuShare)} of the busy CPU time${memory}, child processes included`,
    ],
    ['energy of others', formatPlain(joules.others, JOULES), 'above idle, caused by other processes'],
    ['not attributed', formatPlain(joules.unattributed, JOULES), 'of boards that do not tell who uses them'],
  ]
  return rows.filter(([name]) => name !== 'not attributed' || joules.unattributed > 0)
}

function ownRows(own: InferenceRecord['own']): readonly Row[] {
  if (own === undefined) return []
  const joules = own.joules === undefined ? '' : `, ${formatPlain(own.joules, JOULES)}`
  return [
    ['greenbench itself', formatPlain(own.cpuSeconds, SECONDS), `of CPU time: its loop and its readings${joules}`],
  ]
}
