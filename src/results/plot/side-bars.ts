/** How figures changed against a base, as bars to both sides of no change. */
import type { SidesReport } from '../compare/compare-sides.js'
import type { Unit } from '../quantity.js'
import { type IntervalBar, intervalBars } from './interval-bars.js'
import type { PlotView } from './plot-view.js'

const PERCENT: Unit = { symbol: '%', prefixes: new Map([[0, '%']]) }

/** @returns one bar for each row that has a bounded change; empty where none has */
export function sideBars({ base, rows }: SidesReport, view: PlotView): string {
  const isOneSide = new Set(rows.map(({ side }) => side)).size === 1
  const bars = rows.map(({ side, case: what, metric, ratio, low, high, verdict }): IntervalBar => {
    const isBounded = [ratio, low ?? ratio, high ?? ratio].every(Number.isFinite)
    const figure = { value: percentOf(ratio), low: bound(low), high: bound(high) }
    return {
      label: [...(isOneSide ? [] : [side]), what, metric.name].join(', '),
      figure: isBounded ? figure : undefined,
      remark: verdict,
    }
  })
  return intervalBars(`change against ${base}, in percent`, bars, PERCENT, view)
}

const percentOf = (ratio: number): number => (ratio - 1) * 100

const bound = (ratio: number | undefined): number | undefined => (ratio === undefined ? undefined : percentOf(ratio))
