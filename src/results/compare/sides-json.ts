/** A comparison of sides as JSON: all of it, and the list that github-action-benchmark keeps a history of. */

import { UNITS } from '../gate/metric.js'
import { printable } from '../printable.js'
import type { Row, SidesReport } from './compare-sides.js'
import { changeText } from './row-text.js'

/** @returns every figure in SI units; what is endless or not known is absent */
export function sidesJson({ base, rows, options, allowed, notes, familyTail }: SidesReport): string {
  const { maxRegress, seed } = options
  const listed = rows.map(({ metric, ...row }) => ({
    ...finite(row),
    metric: metric.name,
    unit: UNITS[metric.dimension].symbol,
    isMoreBetter: metric.isMoreBetter === true,
  }))
  const hasRegressed = rows.some(({ verdict }) => verdict === 'regression')
  const hasTooFew = rows.some(({ verdict }) => verdict === 'too few')
  const confidence = 1 - familyTail
  const report = {
    base,
    hasRegressed,
    hasTooFew,
    maxRegress,
    confidence,
    seed,
    rows: listed,
    differences: allowed,
    notes,
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}

const finite = (row: Omit<Row, 'metric'>): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => typeof value !== 'number' || Number.isFinite(value)))

/**
 * What is now, one entry a figure that is better when it is smaller; others have no place in such a list.
 *
 * @see https://github.com/benchmark-action/github-action-benchmark, `customSmallerIsBetter`
 */
export function sidesBenchmarkAction({ rows }: SidesReport): string {
  const entries = rows
    .filter(({ metric }) => metric.isMoreBetter !== true)
    .map((row) => ({
      name: printable(`${row.case}: ${row.metric.name}`),
      unit: UNITS[row.metric.dimension].symbol,
      value: row.now,
      ...rangeOf(row),
      extra: printable(`${row.side}: ${changeText(row)}, ${row.verdict}, ${row.test}`),
    }))
  return `${JSON.stringify(entries, undefined, 2)}\n`
}

/** Half of the interval of the change, in the unit of the figure. */
function rangeOf({ now, ratio, low, high }: Row): { readonly range?: string } {
  if (low === undefined || high === undefined || !Number.isFinite(high)) return {}
  const half = (((high - low) / 2) * now) / ratio
  return { range: `± ${Number(half.toPrecision(3))}` }
}
