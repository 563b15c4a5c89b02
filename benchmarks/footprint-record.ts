/** The fields of a record that follow from its joules: CO2, embodied carbon, water, cost, equivalents. */
import type { CarbonFactor } from '../src/carbon/carbon-factor.js'
import { carbonRecord, type EnergyInterval } from '../src/carbon/emission.js'
import { equivalentsOf } from '../src/carbon/equivalents.js'
import { type MeanIntensity, meanIntensity, type TimedEnergy } from '../src/carbon/factor-series.js'
import { costOf, type ElectricityPrice } from '../src/carbon/price.js'
import { socialCostOf } from '../src/carbon/social-cost.js'
import { embodiedOf, softwareCarbonIntensity } from '../src/carbon/software-carbon-intensity.js'
import { waterOf } from '../src/carbon/water.js'
import type { InferenceRecord } from '../src/core/record.js'
import { gramsCo2e, gramsPerKwh, JOULES_PER_KWH, joules, seconds } from '../src/core/units.js'
import type { Footprint } from './footprint.js'

/** The energy of a run as its record has it. */
export interface RunEnergy {
  /** J of one unit of work, e.g. one inference of one image. */
  readonly perInference: EnergyInterval
  /** J of the whole run. */
  readonly gross: EnergyInterval
  /** Units of work. */
  readonly inferences: number
  /** Seconds that all of them took. */
  readonly seconds: number
  /** When each window's joules were used. */
  readonly windows: readonly TimedEnergy[]
}

type FootprintFields = Pick<InferenceRecord, 'carbon' | 'water' | 'cost' | 'socialCost' | 'equivalents'>

/** Equivalents of one inference are below anything that people know. */
const MANY_INFERENCES = 1_000_000

/** @returns the fields that can be told; each absent one was not asked for */
export function footprintRecord(energy: RunEnergy, footprint: Footprint): FootprintFields {
  const { perInference, gross } = energy
  const { pue, wue, price } = footprint
  const carbon = carbonOfRun(energy, footprint)
  const atMachine = joules(perInference.joules)
  return {
    carbon,
    ...(wue === undefined
      ? {}
      : { water: { wue, perInference: waterOf(atMachine, wue), total: waterOf(joules(gross.joules), wue) } }),
    ...(price === undefined ? {} : { cost: costOfRun(energy, price, pue) }),
    socialCost: {
      ...footprint.socialCost,
      perInference: socialCostOf(gramsCo2e(carbon.perInference.grams), footprint.socialCost),
      total: socialCostOf(gramsCo2e(carbon.total.grams), footprint.socialCost),
    },
    equivalents: equivalentsOf(
      joules(atMachine * pue * MANY_INFERENCES),
      gramsCo2e(carbon.perInference.grams * MANY_INFERENCES),
    ).map((equivalent) => ({ ...equivalent, inferences: MANY_INFERENCES })),
  }
}

function carbonOfRun(energy: RunEnergy, footprint: Footprint): NonNullable<InferenceRecord['carbon']> {
  const { factor, pue, pueSource, embodied } = footprint
  const series = footprint.series()
  const mean = series === undefined ? undefined : meanIntensity(series, energy.windows)
  const carbon = carbonRecord({
    perInference: energy.perInference,
    total: energy.gross,
    factor: mean === undefined ? factor : withMean(factor, mean),
    pue,
  })
  const { lowest, highest } = mean ?? {}
  const record = {
    ...carbon,
    ...(pueSource === undefined ? {} : { pueSource }),
    factor: { ...carbon.factor, ...(lowest === undefined || highest === undefined ? {} : { lowest, highest }) },
  }
  if (embodied === undefined) return record
  const share = embodiedOf(embodied, seconds(energy.seconds / energy.inferences))
  const { grams, operational } = softwareCarbonIntensity(gramsCo2e(carbon.perInference.grams), share)
  return { ...record, sci: { grams, operational, embodied: share, ...embodiedRecord(embodied) } }
}

const embodiedRecord = ({ kilograms, lifespanYears, share }: NonNullable<Footprint['embodied']>) => ({
  embodiedKilograms: kilograms,
  lifespanYears,
  machineShare: share,
})

/** The same factor with the mean over a run; the interval keeps its relative width. */
export function withMean(factor: CarbonFactor, { gramsPerKwh: mean }: MeanIntensity): CarbonFactor {
  const relative = (end: number): number => (factor.gramsPerKwh > 0 ? end / factor.gramsPerKwh : 1)
  return {
    ...factor,
    gramsPerKwh: mean,
    low: gramsPerKwh(mean * relative(factor.low)),
    high: gramsPerKwh(mean * relative(factor.high)),
  }
}

/** Each window meets the price of its hour. */
function costOfRun({ windows, gross, inferences }: RunEnergy, price: ElectricityPrice, pue: number) {
  const parts = windows.map(({ joules: used, start, end }) => costOf(joules(used * pue), price, start, end))
  const total = parts.reduce((sum, part) => sum + part, 0)
  const { currency } = price
  const kilowattHours = (gross.joules * pue) / JOULES_PER_KWH
  return {
    perInference: total / inferences,
    total,
    ...(kilowattHours > 0 ? { perKwh: total / kilowattHours } : {}),
    ...(currency === undefined ? {} : { currency }),
  }
}
