/** Mean, standard error and sum of a variable over the runs of a group. */
import { mean, sampleStandardDeviation, sum } from 'simple-statistics'
import { formatPlain, type Unit } from '../quantity.js'

/** Of the runs in which the variable is known. */
export interface Summary {
  readonly count: number
  readonly mean: number
  /** Sample standard deviation by the root of `count`; absent for a single run. */
  readonly standardError: number | undefined
  readonly sum: number
}

/** @returns nothing where no run knows the variable */
export function summaryOf(values: readonly (number | undefined)[]): Summary | undefined {
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0) return undefined
  return {
    count: known.length,
    mean: mean(known),
    standardError: known.length < 2 ? undefined : sampleStandardDeviation(known) / Math.sqrt(known.length),
    sum: sum(known),
  }
}

/** e.g. `23.4 ms, SE 1.2 ms`. */
export function summaryText(summary: Summary | undefined, unit: Unit): string {
  if (summary === undefined) return 'not known'
  const { mean: value, standardError } = summary
  return `${formatPlain(value, unit)}${standardError === undefined ? '' : `, SE ${formatPlain(standardError, unit)}`}`
}
