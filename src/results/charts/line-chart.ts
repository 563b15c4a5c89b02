/** Lines over epochs: loss, accuracy, energy; lines differ in colour, in dashes and in their marks. */
import type { FigureKind } from '../pages/kind.js'
import { type Figure, formatFigure, type Unit } from '../quantity.js'
import { largestOf, scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { forPicture } from './chart-label.js'
import { lineLooksOf, MUTED, PAGE, SERIES } from './palette.js'
import { MOST_ROWS, thinned } from './thinned.js'
import { whiskers } from './whiskers.js'

/** One line; `undefined` leaves a gap. */
export interface Line {
  readonly name: string
  /** Decides how the line looks; without one it is told from others by its place. */
  readonly kind?: FigureKind
  readonly figures: readonly (Figure | undefined)[]
}

/** What the lines show, over `steps` of the same length. */
export interface LineChart {
  readonly title: string
  readonly description: string
  readonly note?: string | undefined
  /** Below the x axis, e.g. `epoch`. */
  readonly step: string
  readonly steps: readonly number[]
  readonly quantity: string
  readonly unit: Unit
  readonly lines: readonly Line[]
  readonly isFromZero?: boolean
  /** No figure is higher, e.g. 100%: the axis ends there when figures come near. */
  readonly most?: number
}

const LOOKS = [
  { color: SERIES.blue, type: 'solid', symbol: 'circle' },
  { color: SERIES.orange, type: 'dashed', symbol: 'rect' },
  { color: SERIES.green, type: 'dotted', symbol: 'triangle' },
] as const
/** Marks and whiskers of more steps would cover the lines. */
const MOST_MARKS = 40
const HEIGHT = 230

/** @returns nothing where no line has a figure; at most three lines are drawn */
export function lineChart(plan: LineChart): Chart | undefined {
  const lines = plan.lines
    .filter(({ figures }) => figures.some((figure) => figure !== undefined))
    .slice(0, LOOKS.length)
  if (lines.length === 0) return undefined
  const { title, description, note, step, steps, quantity, unit } = plan
  const rows = steps.map((at, index) => ({
    cells: [String(at), ...lines.map(({ figures }) => cellOf(figures[index], unit))],
  }))
  return {
    title,
    description,
    note,
    height: HEIGHT,
    option: optionOf(plan, lines),
    data: {
      caption: title,
      head: [step, ...lines.map(({ name }) => (lines.length === 1 ? quantity : name))],
      rows: thinned(rows, MOST_ROWS),
      numbers: lines.map((_, index) => index + 1),
    },
  }
}

const cellOf = (figure: Figure | undefined, unit: Unit): string =>
  figure === undefined ? 'not known' : formatFigure(figure, unit)

function optionOf({ step, steps, quantity, unit, isFromZero = false, most }: LineChart, lines: readonly Line[]) {
  const scale = scaleOf(
    largestOf(lines.flatMap(({ figures }) => figures.map((figure) => figure?.high ?? figure?.value ?? 0))),
    unit,
  )
  const name = scale.symbol === '' ? quantity : `${quantity}, ${scale.symbol}`
  const isMarked = steps.length <= MOST_MARKS
  return {
    grid: { left: 60, right: 18, top: lines.length > 1 ? 30 : 10, bottom: 44 },
    ...(lines.length > 1
      ? { legend: { top: 0, left: 56, itemHeight: 8, textStyle: { color: MUTED, fontSize: 12 } } }
      : {}),
    xAxis: valueAxis(step, { nameGap: 26, min: 'dataMin', max: 'dataMax', minInterval: 1, splitLine: { show: false } }),
    yAxis: valueAxis(name, { nameGap: 44, scale: !isFromZero, ...(isFromZero ? { min: 0 } : {}), ...endOf(most) }),
    series: lines.flatMap((line, index) => {
      const bounds = isMarked ? boundsOf(line, steps, scale.factor) : []
      const data = line.figures.map((figure, at) => [
        steps[at],
        figure === undefined ? '-' : figure.value / scale.factor,
      ])
      return [
        { ...looksAt(index, line.kind, isMarked), name: forPicture(line.name), data },
        ...(bounds.length === 0 ? [] : [whiskers(bounds, 'upright', { color: MUTED, z: 2 })]),
      ]
    }),
  }
}

/** `null` lets echarts choose. */
const endOf = (most: number | undefined) =>
  most === undefined ? {} : { max: ({ max }: { max: number }) => (max > 0.9 * most ? most : null) }

function looksAt(index: number, kind: FigureKind | undefined, isMarked: boolean) {
  const { color, type, symbol } = { ...(LOOKS[index] ?? LOOKS[0]), ...(kind && lineLooksOf(kind)) }
  return {
    type: 'line' as const,
    silent: true,
    z: 4,
    showSymbol: isMarked,
    symbol,
    symbolSize: 6,
    lineStyle: { color, type, width: 2 },
    itemStyle: { color, borderColor: PAGE, borderWidth: 0 },
  }
}

const boundsOf = ({ figures }: Line, steps: readonly number[], factor: number) =>
  figures.flatMap((figure, index) =>
    figure?.low === undefined || figure.high === undefined
      ? []
      : [[figure.low / factor, figure.high / factor, steps[index] ?? 0] as const],
  )
