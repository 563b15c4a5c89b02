/** Which competitor needs significantly less than which, in words; all else is called a tie. */
import type { ComparisonRecord } from '../core/record.js'
import { printable } from './printable.js'
import type { TextStyle } from './text-style.js'

type Difference = ComparisonRecord['differences'][number]

/** Figures that are tested; CO2 follows from the energy. */
const TESTED = [
  { figure: 'energy', title: 'energy per inference' },
  { figure: 'latency', title: 'latency of a batch' },
] as const

/** What was found of one figure. */
export interface FigureVerdict {
  /** e.g. `energy per inference`. */
  readonly title: string
  /** e.g. `b needs less than a by 40% (39 to 41%)`, `tie: c and b, +1.2% (-2.0 to +4.5%)`. */
  readonly lines: readonly string[]
}

/** @returns which competitor needs less than which, for each figure that was compared; names are printable */
export function figureVerdicts({ differences, competitors }: ComparisonRecord): readonly FigureVerdict[] {
  const names = [...new Set(competitors.map(({ name }) => name))]
  return TESTED.flatMap(({ figure, title }) => {
    const rows = differences.filter((row) => row.figure === figure)
    if (rows.length === 0) return []
    return [{ title, lines: names.flatMap((name) => lessThan(name, rows)).concat(tiesOf(rows)) }]
  })
}

/** @returns a paragraph for each figure that was compared, and how it was tested */
export function verdictLines(comparison: ComparisonRecord, style: TextStyle): string[] {
  const paragraphs = figureVerdicts(comparison).map(
    ({ title, lines }) => `${style('strong', title)}\n${lines.map((line) => `  ${line}\n`).join('')}`,
  )
  return paragraphs.length === 0 ? [] : [...paragraphs, `${style('faint', testLines(comparison).join('\n'))}\n`]
}

/** @returns the test by its name, what it was corrected for, and what modelled energy cannot tell */
export function testLines({ records, differences }: ComparisonRecord): readonly string[] {
  const pairs = Math.max(...TESTED.map(({ figure }) => differences.filter((row) => row.figure === figure).length))
  const corrected = pairs > 1 ? `, corrected for ${pairs} pairs by Holm's method` : ''
  const isModelled = records.some(({ energy }) => energy !== undefined && energy.kind !== 'measured')
  return [
    `Less: paired t test of the ratios of each round, p < 0.05${corrected}; 95% intervals.`,
    ...(isModelled ? ['Energy is modelled: what the model gets wrong alike for all is in no ratio.'] : []),
  ]
}

function lessThan(name: string, rows: readonly Difference[]): string[] {
  const others = rows.flatMap((row) => {
    if (row.verdict === 'less' && row.of === name) return [`${printable(row.than)} by ${share(row.ratio)}`]
    if (row.verdict === 'more' && row.than === name) return [`${printable(row.of)} by ${share(inverse(row.ratio))}`]
    return []
  })
  return others.length === 0 ? [] : [`${printable(name)} needs less than ${others.join(', ')}`]
}

const tiesOf = (rows: readonly Difference[]): string[] =>
  rows
    .filter(({ verdict }) => verdict === 'tie')
    .map(({ of, than, ratio }) => `tie: ${printable(of)} and ${printable(than)}, ${change(ratio)}`)

type Ratio = Pick<Difference['ratio'], 'ratio' | 'low' | 'high'>

const inverse = ({ ratio, low, high }: Ratio): Ratio => ({ ratio: 1 / ratio, low: 1 / high, high: 1 / low })

/** e.g. `38% (36 to 40%)` for a ratio of 0.62. */
function share({ ratio, low, high }: Ratio): string {
  const [value, least, most] = percents([1 - ratio, 1 - high, 1 - low])
  return `${value}% (${least} to ${most}%)`
}

/** e.g. `+1.2% (-2.1 to +4.4%)`. */
function change({ ratio, low, high }: Ratio): string {
  const [value, least, most] = percents([ratio - 1, low - 1, high - 1]).map((text) =>
    /^[-0]/.test(text) ? text : `+${text}`,
  )
  return `${value}% (${least} to ${most}%)`
}

/** In so many digits that the ends of an interval can be told apart, where two of them are enough. */
function percents(values: readonly number[]): readonly string[] {
  const isSmall = values.some((value) => Math.abs(value) < 0.0995)
  const rounded = [isSmall ? 1 : 0, 1, 2].map((digits) => values.map((value) => (value * 100).toFixed(digits)))
  const told = rounded.find(([, least, most]) => least !== most) ?? rounded[2] ?? []
  return told.map((text) => text.replace(/^-(0(\.0+)?)$/, '$1'))
}
