/** Axes of charts: figures in one prefix of their unit, few and quiet lines. */
import type { Unit } from '../quantity.js'
import { chartLabel, drawnWidth, forPicture } from './chart-label.js'
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
  name: forPicture(name),
  nameLocation: 'middle' as const,
  nameTextStyle: LABEL,
  axisLabel: { ...LABEL, hideOverlap: true },
  axisLine: { show: false, lineStyle: { color: MUTED } },
  ...QUIET,
  ...more,
})

/** Longer and wider names are cut in the middle. */
const NAME = { characters: 32, width: 200 } as const
/** Of a name and what stands whole behind it. */
const WIDEST_LABEL = 260

/** @returns the name of a bar as it is drawn */
export const barLabel = (name: string, apart = ''): string =>
  `${chartLabel(name, NAME.characters, Math.min(NAME.width, WIDEST_LABEL - drawnWidth(apart)))}${apart}`

/** @param labels - by `barLabel`; the first one stands at the top */
export const nameAxis = (labels: readonly string[]) => ({
  type: 'category' as const,
  data: labels.map(forPicture),
  inverse: true,
  axisLabel: { ...LABEL, interval: 0 },
  axisLine: { show: true, lineStyle: { color: MUTED } },
  axisTick: { show: false },
})

/** Room for the names of bars and the gap between them and the axis, by the widest of them. */
export const nameRoom = (labels: readonly string[]): number => Math.ceil(12 + largestOf(labels.map(drawnWidth)))
