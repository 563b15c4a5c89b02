/** Horizontal bars with their intervals, one a row: `███████▒▒┃▒▒`, in ASCII `#######--|--`. */
import { printable, shortened } from '../printable.js'
import { type Figure, formatFigure, type Unit } from '../quantity.js'
import { drawTable } from '../text-table.js'
import type { PlotView } from './plot-view.js'

/** One row of the chart. */
export interface IntervalBar {
  readonly label: string
  /** Absent: not known, shown as `-` without a bar. */
  readonly figure: Figure | undefined
  /** Behind the figure, e.g. `tie`. */
  readonly remark?: string | undefined
}

/** Longer labels are cut in the middle. */
const LONGEST_LABEL = 40
/** A bar never gets narrower, even where the terminal is, nor wider, where the eye loses it. */
const BAR_WIDTHS = { least: 10, most: 60 } as const
const GLYPHS = {
  unicode: { bar: '█', interval: '▒', value: '┃' },
  ascii: { bar: '#', interval: '-', value: '|' },
} as const

/**
 * Bars start at 0 and share one scale, which ends at the highest bound.
 *
 * @param title - head of the chart, with what the bars are, e.g. `energy per inference`
 * @returns lines, each ended by a line break; empty where there are no bars
 */
export function intervalBars(title: string, bars: readonly IntervalBar[], unit: Unit, view: PlotView): string {
  if (bars.length === 0) return ''
  const labels = bars.map(({ label }) => shortened(printable(label), LONGEST_LABEL))
  const figures = bars.map(({ figure }) => (figure === undefined ? '-' : formatFigure(figure, unit)))
  const remarks = bars.map(({ remark = '' }) => printable(remark))
  const head = ['', '', '', ...(remarks.every((remark) => remark === '') ? [] : [''])]
  const taken = [labels, figures, ...(head.length === 4 ? [remarks] : [])].map(longest)
  const width = barWidth(view.width - taken.reduce((sum, size) => sum + size + 2, 0))
  const draw = barsOf(bars, width, view)
  const rows = bars.map(({ figure }, row) =>
    [labels[row] ?? '', draw(figure), figures[row] ?? '', remarks[row] ?? ''].slice(0, head.length),
  )
  const align = (['left', 'left', 'right', 'left'] as const).slice(0, head.length)
  // The title stands over all columns, so that a long one takes no room from the bars.
  const [, ...lines] = drawTable({ head, rows, align }, view.width, view.style).split('\n')
  return [view.style('strong', printable(title)), ...lines].join('\n')
}

const longest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length))

const barWidth = (room: number): number => Math.max(BAR_WIDTHS.least, Math.min(BAR_WIDTHS.most, room))

/** @returns how a figure is drawn on the scale of all bars */
function barsOf(bars: readonly IntervalBar[], width: number, { style, isUnicode }: PlotView) {
  const bounds = bars.flatMap(({ figure }) =>
    figure === undefined ? [] : [figure.value, figure.low ?? figure.value, figure.high ?? figure.value],
  )
  const [least, most] = [Math.min(0, ...bounds), Math.max(0, ...bounds)]
  const columnOf = (value: number): number =>
    most === least ? 0 : Math.min(width - 1, Math.floor(((value - least) / (most - least)) * width))
  const glyphs = isUnicode ? GLYPHS.unicode : GLYPHS.ascii
  return (figure: Figure | undefined): string => {
    if (figure === undefined) return ''
    const [zero, value] = [columnOf(0), columnOf(figure.value)]
    const interval = [figure.low, figure.high].map((bound) => (bound === undefined ? value : columnOf(bound)))
    const [low = value, high = value] = interval
    const cells = Array.from({ length: width }, (_, column) => {
      if (low !== high && column === value) return style('strong', glyphs.value)
      if (low !== high && column >= low && column <= high) return style('faint', glyphs.interval)
      const isBar = figure.value !== 0 && column >= Math.min(zero, value) && column <= Math.max(zero, value)
      return isBar ? style('good', glyphs.bar) : ' '
    })
    return cells.join('').trimEnd()
  }
}
