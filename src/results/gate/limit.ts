/** Limits such as `energyPerInference>0.5J`: how they are written, and whether a record is over one. */
import { UnsupportedError } from '../../core/errors.js'
import { scaledDecimal } from '../../core/scaled-decimal.js'
import { type Figure, formatFigure, formatPlain, formatShare } from '../quantity.js'
import { type Dimension, METRICS, type Metric, type SingleRecord, UNITS, whyAbsent } from './metric.js'

/** A figure must not be on the far side of a bound. */
export interface Limit {
  /** As the user wrote it. */
  readonly text: string
  readonly metric: Metric
  readonly operator: '>' | '>=' | '<' | '<='
  /** SI. */
  readonly bound: number
}

/** A record set against a limit. */
export interface Verdict {
  readonly limit: Limit
  readonly record: SingleRecord
  readonly figure: Figure
  /** Whether the figure itself is on the far side; its interval does not count. */
  readonly isOver: boolean
  /** Whether the bound lies within the 95% interval, so that another run may end otherwise. */
  readonly isDoubtful: boolean
}

/** A unit in SI: so many times a power of ten. */
interface Factor {
  readonly exponent: number
  readonly times?: number
}

const ten = (exponent: number): Factor => ({ exponent })

const PREFIXES = { n: ten(-9), µ: ten(-6), u: ten(-6), m: ten(-3), k: ten(3), M: ten(6), G: ten(9), T: ten(12) }

/** @returns a unit with some of the prefixes, and without one */
const prefixed = (unit: string, prefixes: readonly (keyof typeof PREFIXES)[]): Readonly<Record<string, Factor>> => ({
  [unit]: ten(0),
  ...Object.fromEntries(prefixes.map((prefix) => [`${prefix}${unit}`, PREFIXES[prefix]])),
})

const WATT_HOUR = { times: 3600 }

/** Words for the units; the empty word stands for no unit. */
const UNIT_WORDS: Readonly<Record<Dimension, Readonly<Record<string, Factor>>>> = {
  joules: {
    ...prefixed('J', ['m', 'µ', 'u', 'n', 'k', 'M']),
    Wh: { exponent: 0, ...WATT_HOUR },
    mWh: { exponent: -3, ...WATT_HOUR },
    kWh: { exponent: 3, ...WATT_HOUR },
  },
  seconds: { ...prefixed('s', ['m', 'µ', 'u']), min: { exponent: 0, times: 60 }, h: { exponent: 0, times: 3600 } },
  grams: { ...prefixed('g', ['m', 'µ', 'u', 'n', 'k']), t: ten(6) },
  watts: prefixed('W', ['m', 'k']),
  litres: prefixed('L', ['m', 'µ', 'u']),
  bytes: {
    '': ten(0),
    ...prefixed('B', ['k', 'M', 'G']),
    KiB: { exponent: 0, times: 2 ** 10 },
    MiB: { exponent: 0, times: 2 ** 20 },
    GiB: { exponent: 0, times: 2 ** 30 },
  },
  count: prefixed('', ['k', 'M', 'G', 'T']),
  share: { '': ten(0), '%': ten(-2) },
  imagesPerSecond: { '': ten(0), '/s': ten(0) },
}

const SHAPE = /^\s*([A-Za-z][\w.]*)\s*(>=|<=|>|<)\s*(\d+\.?\d*(?:e[+-]?\d{1,3})?|\.\d+(?:e[+-]?\d{1,3})?)\s*(\S*)\s*$/i

/** What is wrong with a text, and what it may have stood for. */
export interface WrongLimit {
  readonly problem: string
  readonly meant?: string
}

/** @returns the limit, or what is wrong with the text */
export function readLimit(text: string): Limit | WrongLimit {
  const [, name = '', operator = '', amount = '', unit = ''] = SHAPE.exec(text) ?? []
  const metric = METRICS.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (name === '') return { problem: 'it is not of the form name>value' }
  if (metric === undefined) return { problem: `there is no figure ${name}` }
  const decimals = /^,(\d.*)$/.exec(unit)
  if (decimals !== null) {
    return { problem: 'decimals stand behind a point', meant: `${metric.name}${operator}${amount}.${decimals[1]}` }
  }
  const factor = factorOf(metric, unit)
  if ('problem' in factor) return factor
  const bound = scaledDecimal(amount, factor.exponent) * (factor.times ?? 1)
  if (!Number.isFinite(bound)) return { problem: `${amount} is more than any figure can be` }
  if (metric.dimension === 'share' && unit === '' && bound > 1) {
    return { problem: `no share is more than 1`, meant: `${metric.name}${operator}${amount}%` }
  }
  return { text: text.trim(), metric, operator: operator as Limit['operator'], bound }
}

function factorOf(metric: Metric, unit: string): Factor | WrongLimit {
  const words = UNIT_WORDS[metric.dimension]
  const factor = Object.hasOwn(words, unit) ? words[unit] : undefined
  if (factor !== undefined) return factor
  const known = Object.keys(words).filter((word) => word !== '')
  return { problem: `${metric.name} needs a unit, one of ${known.slice(0, 4).join(', ')}, ...` }
}

/**
 * Sets every record against every limit that is about its kind.
 *
 * @throws {UnsupportedError} `E_LIMIT_ABSENT` when a figure is not in a record, with the reason that the record gives
 */
export function checkLimits(limits: readonly Limit[], records: readonly SingleRecord[]): readonly Verdict[] {
  return limits.flatMap((limit) => records.map((record) => verdictOf(limit, record)))
}

function verdictOf(limit: Limit, record: SingleRecord): Verdict {
  const figure = limit.metric.of(record)
  if (figure === undefined) {
    const reason = whyAbsent(limit.metric, record)
    throw new UnsupportedError('E_LIMIT_ABSENT', `cannot check ${limit.text}: ${record.model.name}: ${reason}`, {
      hint: 'a limit on a figure that is not there cannot be kept: take it away, or see to it that the figure is measured',
    })
  }
  const { value, low = value, high = value } = figure
  const isDoubtful = isBeyond(limit, low) !== isBeyond(limit, high)
  return { limit, record, figure, isOver: isBeyond(limit, value), isDoubtful }
}

function isBeyond({ operator, bound }: Limit, value: number): boolean {
  if (operator === '>') return value > bound
  if (operator === '>=') return value >= bound
  return operator === '<' ? value < bound : value <= bound
}

/** @returns one line, e.g. `resnet18, batch 1: energyPerInference is 0.61 ± 0.02 J, energyPerInference>0.5J` */
export function verdictText({ limit, record, figure, isOver, isDoubtful }: Verdict): string {
  const { metric, text } = limit
  const batch = 'batchSize' in record ? `, batch ${record.batchSize}` : ''
  const shown = metric.dimension === 'share' ? formatShare(figure.value) : shownFigure(figure, metric)
  const doubt = isDoubtful ? '; the limit lies within the 95% interval' : ''
  return `${record.model.name}${batch}: ${metric.name} is ${shown}, ${isOver ? 'over the limit' : 'within the limit'} ${text}${doubt}`
}

const shownFigure = (figure: Figure, { dimension }: Metric): string =>
  figure.low === undefined ? formatPlain(figure.value, UNITS[dimension]) : formatFigure(figure, UNITS[dimension])
