/** A carbon factor of now; the yearly one with a warning where no source tells it. */
import { GreenbenchError } from '../../core/errors.js'
import { gramsPerKwh } from '../../core/units.js'
import type { CarbonFactor } from '../carbon-factor.js'
import { findCountry } from '../country-codes.js'
import { intensityTables } from '../intensity-tables.js'
import { type LiveOptions, liveIntensity } from './live-intensity.js'

/** Where no second source knows the country. */
const USUAL_DISAGREEMENT = 0.15

/**
 * The interval is that of the method: by how much two sources of yearly means differ for the same country. What changes
 * from hour to hour is in the figure itself.
 *
 * @param factor - from the tables
 * @returns `factor` with the live figure, or as it was with the warning `W_CARBON_LIVE`; never throws
 */
export async function liveFactor(factor: CarbonFactor, options: LiveOptions = {}): Promise<CarbonFactor> {
  try {
    const { gramsPerKwh: grams, at, source, basis } = await liveIntensity(factor, options)
    const known = await disagreementOf(factor.zone)
    const disagreement = known ?? USUAL_DISAGREEMENT
    const { year: _, marginal: __, ...rest } = factor
    return {
      ...rest,
      gramsPerKwh: grams,
      low: gramsPerKwh(grams * Math.max(0, 1 - disagreement)),
      high: gramsPerKwh(grams * (1 + disagreement)),
      intervalReason: `${known === undefined ? 'usual difference between' : 'difference between'} two sources of yearly means: ${(disagreement * 100).toFixed(0)}%`,
      source,
      basis,
      at,
      warnings: factor.warnings.filter(({ code }) => code !== 'W_CARBON_GUESS'),
    }
  } catch (error) {
    if (!(error instanceof GreenbenchError)) throw error
    return { ...factor, warnings: [...factor.warnings, notLive(error.message, factor)] }
  }
}

/** A part of a country has no second source: its difference from the mean of the country is none of the method. */
async function disagreementOf(zone: string): Promise<number | undefined> {
  const { zones, averages } = await intensityTables()
  const [, own] = zones.get(zone)?.years.at(-1) ?? []
  const other = averages.get(findCountry(zone)?.alpha3 ?? '')
  return own === undefined || other === undefined ? undefined : Math.abs(other / own - 1)
}

const notLive = (reason: string, { zoneName, year }: CarbonFactor) =>
  ({
    code: 'W_CARBON_LIVE',
    message: `no live carbon intensity: ${reason}; the mean of ${year ?? 'a year'} for ${zoneName} is used`,
    hint: 'check key, place and network, or leave out --live',
  }) as const
