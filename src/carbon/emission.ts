/** Grams of CO2 equivalent from joules: energy x PUE x carbon intensity, with both uncertainties. */
import { UsageError } from '../core/errors.js'
import type { InferenceRecord } from '../core/record.js'
import { type GramsCo2e, type GramsPerKwh, gramsCo2e, JOULES_PER_KWH } from '../core/units.js'
import type { CarbonFactor } from './carbon-factor.js'

/** Energy with its 95% interval, J. */
export interface EnergyInterval {
  readonly joules: number
  readonly low: number
  readonly high: number
}

/** CO2 equivalent with its 95% interval. */
export interface CarbonInterval {
  readonly grams: GramsCo2e
  readonly low: GramsCo2e
  readonly high: GramsCo2e
}

/** A machine under a desk: no cooling, no power supply of a data centre beside it. */
export const DEFAULT_PUE = 1

/**
 * @returns the power usage effectiveness itself
 * @throws {UsageError} `E_PUE` unless it is a number from 1 to 10: a whole data centre uses more than its machines
 */
export function checkedPue(pue: number = DEFAULT_PUE): number {
  if (pue >= 1 && pue <= 10) return pue
  throw new UsageError('E_PUE', `the power usage effectiveness is ${pue}, expected 1 to 10`, {
    hint: 'it is the energy of the whole data centre by that of its machines: 1.0 for a PC, 1.1 to 1.6 for most centres',
  })
}

/**
 * Energy and factor err independently of each other: their relative distances are joined as the root of the sum of
 * squares, on a logarithmic scale, since both are factors of a product. Energy that may be nothing or less (net of idle)
 * has no logarithm; then the corners of both intervals are taken, which is wider.
 *
 * @param energy - J at the machine, without `pue`
 * @throws {UsageError} `E_PUE`
 */
export function carbonOf(
  energy: EnergyInterval,
  factor: Readonly<Record<'gramsPerKwh' | 'low' | 'high', GramsPerKwh>>,
  pue: number = DEFAULT_PUE,
): CarbonInterval {
  const perJoule = checkedPue(pue) / JOULES_PER_KWH
  const grams = energy.joules * perJoule * factor.gramsPerKwh
  if (energy.low > 0 && factor.low > 0) {
    const down = Math.hypot(Math.log(energy.joules / energy.low), Math.log(factor.gramsPerKwh / factor.low))
    const up = Math.hypot(Math.log(energy.high / energy.joules), Math.log(factor.high / factor.gramsPerKwh))
    return interval(grams, grams * Math.exp(-down), grams * Math.exp(up))
  }
  const corner = (joules: number, isHigh: boolean): number =>
    joules * perJoule * (joules >= 0 === isHigh ? factor.high : factor.low)
  return interval(grams, corner(energy.low, false), corner(energy.high, true))
}

/** What `carbonRecord` needs. */
export interface CarbonParts {
  /** J of one inference of one image. */
  readonly perInference: EnergyInterval
  /** J of the whole run. */
  readonly total: EnergyInterval
  readonly factor: CarbonFactor
  readonly pue?: number | undefined
}

/** @returns the `carbon` field of a record */
export function carbonRecord({
  perInference,
  total,
  factor,
  pue,
}: CarbonParts): NonNullable<InferenceRecord['carbon']> {
  const { gramsPerKwh, zone, zoneName, source, year, basis, low, high, intervalReason, place, at, marginal } = factor
  const used = checkedPue(pue)
  return {
    perInference: carbonOf(perInference, factor, used),
    total: carbonOf(total, factor, used),
    factor: {
      gramsPerKwh,
      zone,
      zoneName,
      source,
      ...(year === undefined ? {} : { year }),
      basis,
      low,
      high,
      intervalReason,
      ...(place === undefined ? {} : { place }),
      ...(at === undefined ? {} : { at: at.toISOString() }),
      ...(marginal === undefined ? {} : { marginal: { ...marginal } }),
    },
    pue: used,
  }
}

const interval = (grams: number, low: number, high: number): CarbonInterval => ({
  grams: gramsCo2e(grams),
  low: gramsCo2e(low),
  high: gramsCo2e(high),
})
