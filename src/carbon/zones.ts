/** Zones in the order of their carbon intensity, and one zone by whatever people call it. */
import { type CarbonFactor, carbonFactor } from './carbon-factor.js'
import { findCountry } from './country-codes.js'
import { intensityTables } from './intensity-tables.js'

/** A zone with its latest yearly figure. */
export interface RankedZone {
  readonly zone: string
  readonly name: string
  readonly year: number
  readonly gramsPerKwh: number
}

/** @returns all zones of Electricity Maps, the lowest intensity first */
export async function rankedZones(): Promise<readonly RankedZone[]> {
  const { zones } = await intensityTables()
  return [...zones.values()]
    .flatMap(({ zone, name, years }) => {
      const latest = years.at(-1)
      return latest === undefined ? [] : [{ zone, name, year: latest[0], gramsPerKwh: latest[1] }]
    })
    .sort((one, other) => one.gramsPerKwh - other.gramsPerKwh || one.zone.localeCompare(other.zone, 'en'))
}

/** @returns the zones of a country beside that of the country itself, by name */
export async function zonesOfCountry(zone: string): Promise<readonly RankedZone[]> {
  const country = zone.slice(0, 2)
  const all = await rankedZones()
  return all
    .filter((one) => one.zone !== zone && one.zone.startsWith(`${country}-`))
    .sort((one, other) => one.zone.localeCompare(other.zone, 'en'))
}

/**
 * A country by name or code, a zone, a position `48.85,2.35`, a cloud region `aws:eu-west-3`, or else an address.
 *
 * @throws {UsageError} as `carbonFactor`
 */
export async function lookUp(text: string): Promise<CarbonFactor> {
  const [, latitude, longitude] = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text) ?? []
  if (latitude !== undefined) return carbonFactor({ latitude: Number(latitude), longitude: Number(longitude) })
  if (/^\s*(aws|gcp|azure):/i.test(text)) return carbonFactor({ cloud: text })
  const { zones } = await intensityTables()
  if (zones.has(text.trim().toUpperCase())) return carbonFactor({ zone: text })
  return findCountry(text) === undefined ? carbonFactor({ address: text }) : carbonFactor({ country: text })
}
