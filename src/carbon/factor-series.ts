/** An intensity that changes during a run: each stretch of time meets the figure that held in it. */
import { type GramsPerKwh, gramsPerKwh } from '../core/units.js'
import { type DailyTable, type TimedValue, valuesBetween } from './daily-table.js'

/** Figures by time, g/kWh. */
export interface IntensitySeries {
  /** @returns the stretches from `start` to `end` in order, without gap */
  between(start: Date, end: Date): readonly TimedValue[]
}

/** A figure from a time on. */
export interface IntensityPoint {
  readonly from: Date
  readonly gramsPerKwh: GramsPerKwh
}

/** Energy of a stretch of time, used evenly in it. */
export interface TimedEnergy {
  readonly start: Date
  readonly end: Date
  readonly joules: number
}

/** The mean by energy, with the lowest and highest figure met. */
export interface MeanIntensity {
  readonly gramsPerKwh: GramsPerKwh
  readonly lowest: GramsPerKwh
  readonly highest: GramsPerKwh
}

/** The same figures every day. */
export const dailySeries = (table: DailyTable): IntensitySeries => ({
  between: (start, end) => valuesBetween(table, start, end),
})

/** @param points - at least one, in the order of time; the first holds before it, too */
export function pointSeries(points: readonly IntensityPoint[]): IntensitySeries {
  const between = (start: Date, end: Date): TimedValue[] =>
    points.flatMap(({ from, gramsPerKwh: value }, index) => {
      const begin = index === 0 || from < start ? start : from
      const until = points[index + 1]?.from ?? end
      const stop = until < end ? until : end
      return begin < stop ? [{ start: begin, end: stop, value }] : []
    })
  return { between }
}

/**
 * @param energies - where they add up to nothing, time is the weight
 * @returns `undefined` without any stretch of time
 */
export function meanIntensity(series: IntensitySeries, energies: readonly TimedEnergy[]): MeanIntensity | undefined {
  const parts = energies.flatMap(({ start, end, joules }) => {
    const whole = end.getTime() - start.getTime()
    return series.between(start, end).map((part) => {
      const share = (part.end.getTime() - part.start.getTime()) / whole
      return { value: part.value, joules: joules * share, time: whole * share }
    })
  })
  if (parts.length === 0) return undefined
  const total = parts.reduce((sum, part) => sum + part.joules, 0)
  const weight = total > 0 ? 'joules' : 'time'
  const weights = parts.reduce((sum, part) => sum + part[weight], 0)
  return {
    gramsPerKwh: gramsPerKwh(parts.reduce((sum, part) => sum + part.value * part[weight], 0) / weights),
    lowest: gramsPerKwh(parts.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY)),
    highest: gramsPerKwh(parts.reduce((most, { value }) => Math.max(most, value), 0)),
  }
}
