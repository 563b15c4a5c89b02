/** Figures as people read them: a prefix of three powers of ten, and no more digits than the interval allows. */

/** How a quantity is scaled and called. */
export interface Unit {
  /** Without prefix, e.g. `J`. */
  readonly symbol: string
  /** Powers of ten that may be split off, in steps of three, with what stands before or instead of the symbol. */
  readonly prefixes: ReadonlyMap<number, string>
}

/** A figure with its 95% interval; without `low` and `high` it is exact or its spread is not known. */
export interface Figure {
  readonly value: number
  readonly low?: number | undefined
  readonly high?: number | undefined
}

const SMALL = [
  [-12, 'p'],
  [-9, 'n'],
  [-6, 'µ'],
  [-3, 'm'],
  [0, ''],
] as const
const LARGE = [
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
] as const

const unit = (symbol: string, prefixes: Iterable<readonly [number, string]>): Unit => ({
  symbol,
  prefixes: new Map([...prefixes].map(([power, prefix]) => [power, `${prefix}${symbol}`])),
})

export const SECONDS: Unit = unit('s', SMALL)
export const JOULES: Unit = unit('J', [...SMALL, ...LARGE])
export const WATTS: Unit = unit('W', [...SMALL, ...LARGE])
export const LITRES: Unit = unit('L', SMALL)
export const BYTES: Unit = unit('B', [[0, ''], ...LARGE])
/** Multiply-accumulates, operations, parameters. */
export const COUNT: Unit = unit('', [[0, ''], ...LARGE])
/** One figure by another. */
export const RATIO: Unit = unit('', [[0, '']])
export const IMAGES_PER_SECOND: Unit = unit('images/s', [[0, '']])
export const GRAMS_CO2E: Unit = {
  symbol: 'g CO2e',
  prefixes: new Map([...unit('g CO2e', [...SMALL, [3, 'k']]).prefixes, [6, 't CO2e']]),
}
/** Carbon intensity of electricity. */
export const GRAMS_PER_KWH: Unit = { symbol: 'g/kWh', prefixes: new Map([[0, 'g/kWh']]) }
/** Energy as it is billed. */
export const KILOWATT_HOURS: Unit = {
  symbol: 'kWh',
  prefixes: new Map([
    [-6, 'mWh'],
    [-3, 'Wh'],
    [0, 'kWh'],
    [3, 'MWh'],
  ]),
}

/** Digits of a figure whose interval is not known. */
const PLAIN_DIGITS = 4
/** More digits than this tell nobody anything, however narrow the interval. */
const MOST_DIGITS = 5
/** Powers of ten beyond the prefixes of a unit that are still written out. */
const BEYOND_PREFIXES = 12
/** Powers of ten that a step of the last digit may have: dividing by a smaller one overflows. */
const LEAST_STEP = -250
/** An interval is written as `±` when its two sides differ by less than this share. */
const SIDES_ALIKE = 0.15

/**
 * @returns e.g. `612 ± 12 mJ`; an interval that is not symmetric as `0.61 (0.31 to 1.40) J`; what is far beyond the prefixes
 * of the unit with an exponent, `1e+90 (9e+89 to 2e+90) J`
 */
export function formatFigure({ value, low, high }: Figure, unit: Unit): string {
  if (low === undefined || high === undefined || low === high) return formatPlain(value, unit)
  if (isExtreme([value, low, high], unit)) {
    return `${withExponent(value)} (${withExponent(low)} to ${withExponent(high)}) ${unit.symbol}`.trimEnd()
  }
  const sides = [value - low, high - value] as const
  const narrow = Math.min(...sides.map(Math.abs).filter((side) => side > 0))
  const step = stepOf(value, magnitude(narrow) - 1)
  // A value that is small beside its interval takes the prefix of the interval.
  const power = powerFor(Math.max(Math.abs(roundTo(value, step)), narrow), unit)
  const shown = (number: number) => plain(number / 10 ** power, step / 10 ** power)
  if (areAlike(...sides)) return withSymbol(`${shown(value)} ± ${shown(ceilTo(Math.max(...sides), step))}`, power, unit)
  return withSymbol(`${shown(value)} (${shown(low)} to ${shown(high)})`, power, unit)
}

/** @returns e.g. `23.41 ms`: four digits, small whole numbers as they are */
export function formatPlain(value: number, unit: Unit): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return withSymbol(String(value), 0, unit)
  if (isExtreme([value], unit)) return `${withExponent(value)} ${unit.symbol}`.trimEnd()
  const step = stepOf(value, magnitude(value) - (PLAIN_DIGITS - 1))
  const power = powerFor(Math.abs(roundTo(value, step)), unit)
  return withSymbol(plain(value / 10 ** power, step / 10 ** power), power, unit)
}

function isExtreme(numbers: readonly number[], { prefixes }: Unit): boolean {
  const largest = Math.max(...numbers.map(Math.abs))
  const powers = [...prefixes.keys()]
  const [least, most] = [Math.min(...powers) - BEYOND_PREFIXES, Math.max(...powers) + BEYOND_PREFIXES]
  return largest >= 10 ** most || (largest > 0 && largest < 10 ** least)
}

const withExponent = (number: number): string => String(Number(number.toPrecision(PLAIN_DIGITS)))

const withSymbol = (digits: string, power: number, { prefixes, symbol }: Unit): string =>
  `${digits} ${prefixes.get(power) ?? symbol}`.trimEnd()

/** @returns e.g. `11,689,512` */
export const formatExact = (value: number): string => value.toString().replace(/\B(?=(\d{3})+$)/g, ',')

/** @returns e.g. `73.3%` */
export const formatShare = (share: number): string => `${(share * 100).toFixed(1)}%`

/** Value of the last digit shown: as wanted, but never more than a few digits of the value. */
function stepOf(value: number, wanted: number): number {
  const finest = value === 0 ? LEAST_STEP : magnitude(value) - (MOST_DIGITS - 1)
  return 10 ** Math.max(wanted, finest, LEAST_STEP)
}

const magnitude = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value))))

/** Largest power of the unit that leaves at least 1 before the point; the smallest one for smaller values. */
function powerFor(amount: number, { prefixes }: Unit): number {
  const powers = [...prefixes.keys()].sort((a, b) => a - b)
  return powers.findLast((power) => amount * (1 + 1e-12) >= 10 ** power) ?? powers[0] ?? 0
}

/** @param currency - code of ISO 4217 where it is known */
export const formatMoney = (amount: number, currency: string | undefined): string =>
  `${Number(amount.toPrecision(3))}${currency === undefined ? '' : ` ${currency}`}`

const roundTo = (value: number, step: number): number => Math.round(value / step) * step

/** Rounds up, but not for the error of a division. */
const ceilTo = (value: number, step: number): number => Math.ceil(value / step - 1e-9) * step

const areAlike = (left: number, right: number): boolean =>
  Math.abs(left - right) <= SIDES_ALIKE * Math.max(Math.abs(left), Math.abs(right))

/** A number rounded to `step`, without an exponent and with separators for thousands. */
function plain(number: number, step: number): string {
  const decimals = Math.min(20, Math.max(0, -Math.round(Math.log10(step))))
  return grouped(roundTo(number, step).toFixed(decimals))
}

/** By hand, since the first use of `Intl` takes 20 ms. */
function grouped(digits: string): string {
  const [whole = '', decimals] = digits.split('.')
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return decimals === undefined ? separated : `${separated}.${decimals}`
}
