/** Limits such as `energyPerInference>0.5J`: how they are written, and whether a record is over one. */
import { UnsupportedError } from '../../core/errors.js'
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

/** Words for the units, each with what it is in SI; the empty word stands for no unit. */
const UNIT_WORDS: Readonly<Record<Dimension, Readonly<Record<string, number>>>> = {
  joules: { J: 1, mJ: 1e-3, µJ: 1e-6, uJ: 1e-6, nJ: 1e-9, kJ: 1e3, MJ: 1e6, Wh: 3600, mWh: 3.6, kWh: 3.6e6 },
  seconds: { s: 1, ms: 1e-3, µs: 1e-6, us: 1e-6, min: 60, h: 3600 },
  grams: { g: 1, mg: 1e-3, µg: 1e-6, ug: 1e-6, ng: 1e-9, kg: 1e3, t: 1e6 },
  watts: { W: 1, mW: 1e-3, kW: 1e3 },
  litres: { L: 1, mL: 1e-3, µL: 1e-6, uL: 1e-6 },
  bytes: { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  count: { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  share: { '': 1, '%': 0.01 },
  imagesPerSecond: { '': 1, '/s': 1 },
}

const SHAPE = /^\s*([A-Za-z][\w.]*)\s*(>=|<=|>|<)\s*(\d+\.?\d*(?:e[+-]?\d{1,3})?|\.\d+(?:e[+-]?\d{1,3})?)\s*(\S*)\s*$/i

/** @returns the limit, or what is wrong with the text */
export function readLimit(text: string): Limit | { readonly problem: string } {
  const [, name = '', operator = '', amount = '', unit = ''] = SHAPE.exec(text) ?? []
  const metric = METRICS.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (name === '') return { problem: 'it is not of the form name>value' }
  if (metric === undefined) return { problem: `there is no figure ${name}` }
  const words = UNIT_WORDS[metric.dimension]
  const factor = Object.hasOwn(words, unit) ? words[unit] : undefined
  if (factor === undefined) {
    const known = Object.keys(words)
      .filter((word) => word !== '')
      .slice(0, 4)
    return { problem: `${metric.name} needs a unit, one of ${known.join(', ')}, ...` }
  }
  const bound = Number(amount) * factor
  if (!Number.isFinite(bound)) return { problem: `${amount} is more than any figure can be` }
  return { text: text.trim(), metric, operator: operator as Limit['operator'], bound }
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
