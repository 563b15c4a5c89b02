/** What the joules of a training become: CO2, water and money, of all of it and of its parts. */
import { carbonOf, type EnergyInterval } from '../src/carbon/emission.js'
import { equivalentsOf } from '../src/carbon/equivalents.js'
import { meanIntensity, type TimedEnergy } from '../src/carbon/factor-series.js'
import { costOf } from '../src/carbon/price.js'
import type { EnergyRecord, TrainingEnergyRecord, TrainingRecord } from '../src/core/record.js'
import { gramsCo2e, gramsPerKwh, joules } from '../src/core/units.js'
import type { Footprint } from './footprint.js'
import { footprintRecord, withMean } from './footprint-record.js'

type FootprintFields = Pick<TrainingRecord, 'carbon' | 'water' | 'cost' | 'socialCost' | 'equivalents'>

/**
 * @param windows - when the joules of the whole training were used
 * @param seconds - that these took
 * @param epochs - whole ones
 */
export function trainingFootprint(
  { energy, whole }: { readonly energy: TrainingEnergyRecord; readonly whole: EnergyRecord },
  { windows, seconds, epochs }: { windows: readonly TimedEnergy[]; seconds: number; epochs: number },
  footprint: Footprint,
): FootprintFields {
  // The training is one unit of work.
  const { carbon, water, cost, socialCost } = footprintRecord(
    { perInference: whole.gross, gross: whole.gross, inferences: 1, seconds, windows },
    footprint,
  )
  if (carbon === undefined) return {}
  const { perInference: _, ...kept } = carbon
  const { factor: used } = carbon
  const factor = {
    gramsPerKwh: gramsPerKwh(used.gramsPerKwh),
    low: gramsPerKwh(used.low),
    high: gramsPerKwh(used.high),
  }
  const gramsOf = (interval: EnergyInterval) => carbonOf(interval, factor, carbon.pue)
  const { perEpoch, perImage, perThousandImages } = energy
  return {
    carbon: {
      ...kept,
      ...(perEpoch === undefined ? {} : { perEpoch: gramsOf(perEpoch) }),
      perImage: gramsOf(perImage),
      perThousandImages: gramsOf(perThousandImages),
    },
    ...(water === undefined ? {} : { water: { wue: water.wue, total: water.total } }),
    ...(cost === undefined ? {} : { cost: costFields(cost, epochs === 0 ? undefined : perEpoch, whole.gross.joules) }),
    ...(socialCost === undefined ? {} : { socialCost: withoutUnit(socialCost) }),
    equivalents: [...equivalentsOf(joules(whole.gross.joules * carbon.pue), gramsCo2e(carbon.total.grams))],
  }
}

function costFields(
  { perInference: _, ...cost }: NonNullable<ReturnType<typeof footprintRecord>['cost']>,
  perEpoch: EnergyInterval | undefined,
  total: number,
): NonNullable<TrainingRecord['cost']> {
  return perEpoch === undefined ? cost : { ...cost, perEpoch: (cost.total * perEpoch.joules) / total }
}

function withoutUnit({ perInference: _, ...cost }: NonNullable<ReturnType<typeof footprintRecord>['socialCost']>) {
  return cost
}

/** @returns CO2 and cost of one window, by the figures that held in it */
export function footprintOfWindow(
  energy: EnergyInterval,
  window: TimedEnergy,
  { factor, series, pue, price }: Footprint,
): { readonly carbon: NonNullable<TrainingRecord['epochs'][number]['carbon']>; readonly cost?: number } {
  const changing = series()
  const mean = changing === undefined ? undefined : meanIntensity(changing, [window])
  const carbon = carbonOf(energy, mean === undefined ? factor : withMean(factor, mean), pue)
  if (price === undefined) return { carbon }
  return { carbon, cost: costOf(joules(energy.joules * pue), price, window.start, window.end) }
}
