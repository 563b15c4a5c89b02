/** A quantity over time as columns of block characters, with its axes. */
import { printable } from '../printable.js'
import { formatPlain, SECONDS, type Unit } from '../quantity.js'
import type { PlotView } from './plot-view.js'

/** A stretch of time in which the quantity had one mean value. */
export interface Stretch {
  /** Seconds. */
  readonly startedAt: number
  readonly seconds: number
  /** Not below 0. */
  readonly value: number
}

const HEIGHT = 8
const WIDEST = 100
const NARROWEST = 20
/** From nothing to a whole cell. */
const GLYPHS = {
  unicode: { levels: ' ▁▂▃▄▅▆▇█', tick: '┤', axis: '│', corner: '└', rule: '─' },
  ascii: { levels: '  ..::==#', tick: '+', axis: '|', corner: '+', rule: '-' },
} as const

/**
 * Columns start at 0. One that several stretches share shows their mean by time; one that none touches stays empty.
 *
 * @param title - head of the chart, with what the columns are, e.g. `power`
 * @returns lines, each ended by a line break; empty where there is no stretch
 */
export function columnChart(title: string, stretches: readonly Stretch[], unit: Unit, view: PlotView): string {
  const timed = stretches.filter(({ seconds }) => seconds > 0)
  if (timed.length === 0) return ''
  const start = timed.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY)
  const end = timed.reduce((most, { startedAt, seconds }) => Math.max(most, startedAt + seconds), start)
  const top = roundUp(timed.reduce((most, { value }) => Math.max(most, value), 0))
  const labels = [top, top / 2, 0].map((value) => formatPlain(value, unit))
  const margin = Math.max(...labels.map((label) => label.length))
  const width = Math.max(NARROWEST, Math.min(WIDEST, view.width - margin - 3))
  const values = columnMeans(timed, start, (end - start) / width, width)
  const { tick, axis, corner, rule } = view.isUnicode ? GLYPHS.unicode : GLYPHS.ascii
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const label = row === 0 ? labels[0] : row === HEIGHT / 2 ? labels[1] : undefined
    const cells = values.map((value) => cellOf(value, top, HEIGHT - 1 - row, view)).join('')
    return `${(label ?? '').padStart(margin)} ${label === undefined ? axis : tick}${dressed(cells, view)}`.trimEnd()
  })
  const foot = `${(labels[2] ?? '').padStart(margin)} ${corner}${rule.repeat(width)}`
  const times = `${' '.repeat(margin + 2)}0 s${formatPlain(end - start, SECONDS).padStart(width - 3)}`
  return `${[view.style('strong', printable(title)), ...rows, foot, times].join('\n')}\n`
}

const dressed = (cells: string, { style }: PlotView): string => {
  const drawn = cells.trimEnd()
  return drawn === '' ? '' : style('good', drawn)
}

/** @returns the mean of each column, `undefined` where nothing was */
function columnMeans(
  stretches: readonly Stretch[],
  start: number,
  step: number,
  width: number,
): readonly (number | undefined)[] {
  const [sums, times] = [new Float64Array(width), new Float64Array(width)]
  for (const { startedAt, seconds, value } of stretches) {
    const [from, to] = [(startedAt - start) / step, (startedAt + seconds - start) / step]
    for (let column = Math.max(0, Math.floor(from)); column < Math.min(width, to); column++) {
      const shared = Math.min(column + 1, to) - Math.max(column, from)
      sums[column] = (sums[column] ?? 0) + value * shared
      times[column] = (times[column] ?? 0) + shared
    }
  }
  return Array.from(times, (time, column) => (time < 1e-9 ? undefined : (sums[column] ?? 0) / time))
}

function cellOf(value: number | undefined, top: number, row: number, { isUnicode }: PlotView): string {
  const { levels } = isUnicode ? GLYPHS.unicode : GLYPHS.ascii
  if (value === undefined || top === 0) return ' '
  const eighths = Math.round((value / top) * HEIGHT * 8) - row * 8
  // What is more than nothing can be seen.
  const least = row === 0 && value > 0 ? 1 : 0
  return levels[Math.max(least, Math.min(8, eighths))] ?? ' '
}

/** @returns the next of 1, 2, 2.5, 5 and 10 times a power of ten; 0 for what no unit has a prefix for */
function roundUp(value: number): number {
  if (value < 1e-9) return 0
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 2.5, 5, 10].find((one) => value <= one * power * (1 + 1e-9)) ?? 10
  return step * power
}
