/** What the electricity costs: flat or by the hour of the day. */
import { UsageError } from '../core/errors.js'
import { JOULES_PER_KWH, type Joules } from '../core/units.js'
import { type DailyTable, meanBetween, readDailyTable } from './daily-table.js'

/** Per kWh, in `currency` where it is known. */
export interface ElectricityPrice {
  readonly perKwh: number | DailyTable
  /** Code of ISO 4217, e.g. `EUR`. */
  readonly currency?: string
}

/** Dearer than any electricity was for a day. */
const HIGHEST = 1_000_000

/**
 * @param text - `0.30`, `0.30 EUR`, or a table by hour: `{"8:30-19:00": 0.30, "19:00-8:30": 0.22}`, also with a currency
 * @throws {UsageError} `E_PRICE`, `E_DAILY_TABLE`
 */
export function readPrice(text: string): ElectricityPrice {
  const [, amount = '', currency] = /^\s*([\s\S]*?)\s*([A-Za-z]{3})?\s*$/.exec(text.slice(0, 10_000)) ?? []
  const code = currency === undefined ? {} : { currency: currency.toUpperCase() }
  if (amount.startsWith('{')) return { perKwh: readDailyTable(amount, isPrice), ...code }
  const perKwh = /^-?(\d+\.?\d*|\.\d+)$/.test(amount) ? Number(amount) : Number.NaN
  if (isPrice(perKwh)) return { perKwh, ...code }
  throw new UsageError('E_PRICE', `the price of electricity is "${text.slice(0, 40)}", expected a figure per kWh`, {
    hint: 'e.g. 0.30, 0.30 EUR, or by hour {"8:30-19:00": 0.30, "19:00-8:30": 0.22}',
  })
}

/** At some hours producers pay for being rid of electricity. */
const isPrice = (value: number): boolean => Math.abs(value) <= HIGHEST

/**
 * @param energy - J, used evenly between `start` and `end`
 * @returns in the currency of the price
 */
export function costOf(energy: Joules, { perKwh }: ElectricityPrice, start: Date, end: Date): number {
  const price = typeof perKwh === 'number' ? perKwh : meanBetween(perKwh, start, end)
  return (energy / JOULES_PER_KWH) * price
}
