/** Axes of charts: figures in one prefix of their unit, few and quiet lines. */
import { shortened } from '../printable.js'
import type { Unit } from '../quantity.js'
import { LINE, MUTED } from './palette.js'

/** A unit with the prefix that suits the largest value of an axis. */
export interface Scale {
  /** Divides a value in SI. */
  readonly factor: number
  /** e.g. `mJ`. */
  readonly symbol: string
}

/** @param largest - largest size of a value on the axis, SI */
export function scaleOf(largest: number, { prefixes, symbol }: Unit): Scale {
  const powers = [...prefixes.keys()].sort((one, other) => one - other)
  const power = powers.findLast((candidate) => largest >= 10 ** candidate) ?? powers[0] ?? 0
  return { factor: 10 ** power, symbol: prefixes.get(power) ?? symbol }
}

/** @returns the largest size, 0 without values; the lists may be long */
export const largestOf = (values: readonly number[]): number =>
  values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)

const LABEL = { color: MUTED, fontSize: 12 } as const
const QUIET = { axisTick: { show: false }, splitLine: { lineStyle: { color: LINE } } } as const

/** @param name - quantity and unit, e.g. `power, W` */
export const valueAxis = (name: string, more: object = {}) => ({
  type: 'value' as const,
  name,
  nameLocation: 'middle' as const,
  nameTextStyle: LABEL,
  axisLabel: { ...LABEL, hideOverlap: true },
  axisLine: { show: false, lineStyle: { color: MUTED } },
  ...QUIET,
  ...more,
})

/** Longer names are cut in the middle. */
const NAME_CHARACTERS = 26

/** The first name stands at the top. */
export const nameAxis = (names: readonly string[]) => ({
  type: 'category' as const,
  data: names.map((name) => shortened(name, NAME_CHARACTERS)),
  inverse: true,
  axisLabel: { ...LABEL, interval: 0 },
  axisLine: { show: true, lineStyle: { color: MUTED } },
  axisTick: { show: false },
})

/** Room for the names of bars, by the longest of them; about 7 units a character. */
export const nameRoom = (names: readonly string[]): number =>
  14 + 7 * Math.min(NAME_CHARACTERS, largestOf(names.map((name) => name.length)))
