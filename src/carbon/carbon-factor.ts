/** Grams of CO2 equivalent per kilowatt-hour at a place, with the place, source, year, basis and interval. */

import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import { type GramsPerKwh, gramsPerKwh } from '../core/units.js'
import type { Warning } from '../core/warning.js'
import { type Country, countryNamed, findCountry } from './country-codes.js'
import { type DailyTable, readDailyTable } from './daily-table.js'
import { type IntensityTables, intensityTables, type ZoneIntensity } from './intensity-tables.js'
import type { Position } from './places/cities.js'
import type { Place, PlaceOptions } from './places/place.js'

/** Where the electricity comes from, or the figure itself, which comes first. */
export interface CarbonFactorOptions extends PlaceOptions {
  /** The user's own figure, g CO2e per kWh, 0 to 10,000. */
  readonly intensity?: number | undefined
}

/** A carbon intensity with all that is needed to judge it. */
export interface CarbonFactor {
  readonly gramsPerKwh: GramsPerKwh
  readonly low: GramsPerKwh
  readonly high: GramsPerKwh
  /** What the interval stands for. */
  readonly intervalReason: string
  /** Zone of Electricity Maps, alpha-3 code, `WORLD`, or `given`. */
  readonly zone: string
  readonly zoneName: string
  /** What the user named, where it is neither zone nor country, e.g. `aws:eu-west-3`. */
  readonly place?: string
  readonly source: string
  /** Absent where the source names none. */
  readonly year?: number
  /** E.g. `average, lifecycle, consumption`. */
  readonly basis: string
  /** What one more kWh causes, where a table has it: another basis, so not part of the interval. */
  readonly marginal?: { readonly gramsPerKwh: GramsPerKwh; readonly source: string; readonly year: number }
  /** Where the place is a point. */
  readonly position?: Position
  /** Of the cloud provider's data centres, where the place is one of its regions. */
  readonly pue?: { readonly value: number; readonly source: string }
  /** When a live figure held. */
  readonly at?: Date
  readonly warnings: readonly Warning[]
}

const ELECTRICITY_MAPS = 'Electricity Maps (ODbL) in @tgwf/co2'
const EMBER = 'Ember (CC BY-SA 4.0) in @tgwf/co2'
const UNFCCC = 'UNFCCC IFI operating margin in @tgwf/co2'
/** Stands in for the change from year to year where a table has one year only: above that of most zones (median 1.1). */
const USUAL_CHANGE = 1.15

/**
 * Looks nothing up in a network. Electricity Maps' yearly figures are preferred, since they name their year and count
 * imports; Ember's stand in; without a place, the mean of the world with a warning that it is a guess.
 *
 * @throws {UsageError} `E_COUNTRY`, `E_ZONE` with near names, `E_CARBON_INTENSITY`, `E_PLACE`, `E_POSITION`, `E_ADDRESS`,
 *   `E_CLOUD`
 */
export async function carbonFactor(options: CarbonFactorOptions = {}): Promise<CarbonFactor> {
  if (options.intensity !== undefined) return givenAt(options.intensity, options)
  const tables = await intensityTables()
  const { country, ...exact } = options
  const isExact = Object.values(exact).some((value) => value !== undefined)
  if (!isExact) return country === undefined ? worldFactor(tables) : countryFactor(country, tables)
  // Borders and cities are loaded only where a place is named.
  const { findPlace } = await import('./places/place.js')
  const place = await findPlace(options)
  return place === undefined ? worldFactor(tables) : placeFactor(place, tables)
}

/** The region of a cloud still tells its data centres' PUE. */
async function givenAt(intensity: number, { cloud }: CarbonFactorOptions): Promise<CarbonFactor> {
  const factor = givenFactor(intensity)
  if (cloud === undefined) return factor
  const { findPlace } = await import('./places/place.js')
  const place = await findPlace({ cloud })
  return place?.pue === undefined ? factor : { ...factor, place: place.name, pue: place.pue }
}

function placeFactor(place: Place, tables: IntensityTables): CarbonFactor {
  const { zone, country, name, position, pue, warnings } = place
  const factor = zone === undefined ? countryFactor(country ?? '', tables) : zoneFactor(findZone(zone, tables), tables)
  const isSame = name === zone || name === country
  return {
    ...factor,
    ...(isSame ? {} : { place: name }),
    ...(position === undefined ? {} : { position }),
    ...(pue === undefined ? {} : { pue }),
    warnings: [...factor.warnings, ...warnings],
  }
}

/**
 * @param text - one figure in g/kWh, or figures by the hour of the day as JSON
 * @throws {UsageError} `E_CARBON_INTENSITY`, `E_DAILY_TABLE`
 */
export function readIntensity(text: string): number | DailyTable {
  if (text.trimStart().startsWith('{')) return readDailyTable(text, isIntensity)
  const grams = /^\s*(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : Number.NaN
  return givenFactor(grams).gramsPerKwh
}

const isIntensity = (grams: number): boolean => grams >= 0 && grams <= 10_000

function givenFactor(intensity: number): CarbonFactor {
  if (!isIntensity(intensity)) {
    throw new UsageError('E_CARBON_INTENSITY', `the carbon intensity is ${intensity}, expected 0 to 10000 g/kWh`, {
      hint: 'give grams of CO2 equivalent per kilowatt-hour, e.g. 56, or by hour {"8:00-20:00": 90, "20:00-8:00": 40}',
    })
  }
  const grams = gramsPerKwh(intensity)
  return {
    gramsPerKwh: grams,
    low: grams,
    high: grams,
    intervalReason: 'taken as exact',
    zone: 'given',
    zoneName: 'given',
    source: 'given by the user',
    basis: 'given by the user',
    warnings: [],
  }
}

function findZone(wanted: string, { zones }: IntensityTables): ZoneIntensity {
  const zone = zones.get(wanted.trim().toUpperCase())
  if (zone !== undefined) return zone
  const byName = new Map([...zones.values()].flatMap((one) => [[one.zone, one.zone] as const, [one.name, one.zone]]))
  const near = closestNames(wanted, byName.keys()).map((name) => byName.get(name) ?? name)
  throw new UsageError('E_ZONE', `there is no electricity zone "${shown(wanted)}"`, {
    hint: didYouMean(near) ?? 'zones are those of Electricity Maps, e.g. FR or US-CAL-CISO; or use --country',
  })
}

function countryFactor(wanted: string, tables: IntensityTables): CarbonFactor {
  const country = countryNamed(wanted)
  const zone = tables.zones.get(country.alpha2)
  if (zone !== undefined) return zoneFactor(zone, tables)
  const average = tables.averages.get(country.alpha3)
  if (average !== undefined) return emberFactor(country, average, tables)
  const parts = [...tables.zones.keys()].filter((name) => name.startsWith(`${country.alpha2}-`))
  throw new UsageError('E_COUNTRY', `no table has a carbon intensity for ${country.name}`, {
    hint:
      parts.length > 0
        ? `choose a part of it with --zone: ${parts.join(', ')}`
        : 'give your own figure with --carbon-intensity, in g/kWh',
  })
}

/**
 * The interval: the largest change from one year to the next, as a factor to either side, widened to take in Ember's
 * figure for the same country. It says how far a yearly mean may be off for the year after.
 */
function zoneFactor({ zone, name, years }: ZoneIntensity, tables: IntensityTables): CarbonFactor {
  const [year, grams] = years.at(-1) ?? [0, tables.world]
  const country = findCountry(zone)
  const other = country === undefined ? undefined : tables.averages.get(country.alpha3)
  const change = largestChange(years.map(([, value]) => value)) ?? USUAL_CHANGE
  const span = `${years[0]?.[0] ?? year}-${year}`
  const changed = `largest change from one year to the next in ${span}: by a factor of ${change.toFixed(2)}`
  return {
    gramsPerKwh: gramsPerKwh(grams),
    low: gramsPerKwh(Math.min(grams / change, other ?? grams)),
    high: gramsPerKwh(Math.max(grams * change, other ?? grams)),
    intervalReason: other === undefined ? changed : `${changed}; Ember has ${Math.round(other)} g/kWh`,
    zone,
    zoneName: name,
    source: ELECTRICITY_MAPS,
    year,
    basis: 'average, lifecycle, consumption',
    ...marginalOf(country, tables),
    warnings: [],
  }
}

function emberFactor(country: Country, grams: number, tables: IntensityTables): CarbonFactor {
  return {
    gramsPerKwh: gramsPerKwh(grams),
    low: gramsPerKwh(grams / USUAL_CHANGE),
    high: gramsPerKwh(grams * USUAL_CHANGE),
    intervalReason: `usual change from one year to the next: by a factor of ${USUAL_CHANGE}`,
    zone: country.alpha3,
    zoneName: country.name,
    source: EMBER,
    basis: 'average, lifecycle, production',
    ...marginalOf(country, tables),
    warnings: [],
  }
}

function worldFactor({ world, averages }: IntensityTables): CarbonFactor {
  const sorted = [...averages.values()].sort((one, other) => one - other)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? world
  const grams = Math.round(world)
  return {
    gramsPerKwh: gramsPerKwh(world),
    low: gramsPerKwh(Math.min(world, at(0.05))),
    high: gramsPerKwh(Math.max(world, at(0.95))),
    intervalReason: '90% of all countries lie in it: the place is not known',
    zone: 'WORLD',
    zoneName: 'World',
    source: EMBER,
    basis: 'average, lifecycle, production',
    warnings: [
      {
        code: 'W_CARBON_GUESS',
        message: `CO2 is a guess: no place is known, so the world's mean of ${grams} g/kWh is used`,
        hint: 'name the country with --country, e.g. --country FR, or your own figure with --carbon-intensity',
      },
    ],
  }
}

function marginalOf(country: Country | undefined, { marginals }: IntensityTables): Pick<CarbonFactor, 'marginal'> {
  const grams = country === undefined ? undefined : marginals.get(country.alpha3)
  return grams === undefined ? {} : { marginal: { gramsPerKwh: gramsPerKwh(grams), source: UNFCCC, year: 2021 } }
}

/** As a factor of at least 1: what has halved may double again. */
function largestChange(values: readonly number[]): number | undefined {
  const changes = values.slice(1).map((value, index) => Math.exp(Math.abs(Math.log(value / (values[index] ?? value)))))
  return changes.length === 0 ? undefined : Math.max(...changes)
}

const didYouMean = (near: readonly string[]): string | undefined =>
  near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`

const shown = (text: string): string => text.slice(0, 60)
