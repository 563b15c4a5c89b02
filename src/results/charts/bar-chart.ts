/** Horizontal bars with their intervals: energy by domain, uncertainty, layers, models beside each other. */

import type { FigureKind } from '../pages/kind.js'
import { type Figure, formatFigure, type Unit } from '../quantity.js'
import { barLabel, largestOf, nameAxis, nameRoom, scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { looksOf, MUTED, SERIES } from './palette.js'
import { whiskers } from './whiskers.js'

/** One bar. */
export interface Bar {
  readonly name: string
  /** Behind the name, and never cut. */
  readonly apart?: string | undefined
  readonly figure: Figure
  /** Decides how the bar looks; without one it is a count, neither measured nor modelled. */
  readonly kind?: FigureKind | undefined
  /** Further cells of its row in the table, one per entry of `columns`. */
  readonly cells?: readonly string[]
}

/** What the bars show. */
export interface BarChart {
  readonly title: string
  readonly description: string
  readonly note?: string | undefined
  /** Below the axis, without unit; also head of the column of figures. */
  readonly quantity: string
  readonly unit: Unit
  readonly bars: readonly Bar[]
  /** Rows of the table alone: figures that must not be held against the bars. */
  readonly undrawn?: readonly Bar[]
  /** Head of the column of names. */
  readonly names: string
  /** Heads of further columns of the table. */
  readonly columns?: readonly string[]
  /** A line across all bars, e.g. 1 for ratios. */
  readonly reference?: number
}

const ROW_HEIGHT = 26
/** Axis and its name. */
const FOOT = 52

/** More cannot be taken in at a glance; the table has them all. */
const MOST_BARS = 50

/** @returns nothing without bars */
export function barChart(plan: BarChart): Chart | undefined {
  const { title, description, note, quantity, unit, bars, undrawn = [], names, columns = [] } = plan
  if (bars.length === 0) return undefined
  const drawn = bars.slice(0, MOST_BARS)
  const scale = scaleOf(largestOf(drawn.flatMap(({ figure }) => [figure.value, figure.high ?? 0])), unit)
  const left = bars.length > drawn.length ? [`the first ${drawn.length} of ${bars.length}`] : []
  return {
    title,
    description,
    note: [note, ...left].filter((part) => part !== undefined).join('; ') || undefined,
    height: FOOT + ROW_HEIGHT * drawn.length,
    option: optionOf(
      { ...plan, bars: drawn },
      scale.factor,
      scale.symbol === '' ? quantity : `${quantity}, ${scale.symbol}`,
    ),
    data: {
      caption: title,
      head: [names, quantity, ...columns],
      rows: [...bars, ...undrawn].map(({ name, apart = '', figure, cells = [] }) => ({
        cells: [`${name}${apart}`, formatFigure(figure, unit), ...cells],
      })),
      numbers: [1],
    },
  }
}

function optionOf({ bars, reference }: BarChart, factor: number, axisName: string) {
  const labels = bars.map(({ name, apart }) => barLabel(name, apart))
  const intervals = bars.flatMap(({ figure: { low, high } }, row) =>
    low === undefined || high === undefined ? [] : [[low / factor, high / factor, row] as const],
  )
  return {
    grid: { left: nameRoom(labels), right: 16, top: 4, bottom: FOOT - 6 },
    xAxis: valueAxis(axisName, { nameGap: 26 }),
    yAxis: nameAxis(labels),
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: 14,
        data: bars.map((bar) => ({ value: bar.figure.value / factor, itemStyle: styleOf(bar) })),
        ...(reference === undefined ? {} : { markLine: referenceLine(reference / factor) }),
      },
      ...(intervals.length === 0 ? [] : [whiskers(intervals, 'across')]),
    ],
  }
}

const styleOf = ({ kind }: Bar) => (kind === undefined ? { color: SERIES.blue } : looksOf(kind))

const referenceLine = (at: number) => ({
  silent: true,
  symbol: 'none',
  label: { show: false },
  lineStyle: { color: MUTED, type: 'solid', width: 1 },
  data: [{ xAxis: at }],
})
