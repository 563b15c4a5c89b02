/**
 * Carbon intensity of electricity by zone and country, from the tables of `@tgwf/co2`: Electricity Maps (ODbL) and
 * Ember (CC BY-SA 4.0). They are read where they lie and not copied.
 *
 * @see https://developers.thegreenwebfoundation.org/co2js/data/
 */

/** One zone of Electricity Maps. */
export interface ZoneIntensity {
  /** `FR`, `US-CAL-CISO`. */
  readonly zone: string
  readonly name: string
  /** g CO2e per kWh by year, oldest first; at least one. */
  readonly years: readonly (readonly [year: number, gramsPerKwh: number])[]
}

/** All tables; figures in g CO2e per kWh. */
export interface IntensityTables {
  readonly zones: ReadonlyMap<string, ZoneIntensity>
  /** Ember, latest year of each country, by alpha-3 code. */
  readonly averages: ReadonlyMap<string, number>
  /** Mean of the world, Ember. */
  readonly world: number
  /** What one more kWh causes, UNFCCC operating margin of 2021, by alpha-3 code. */
  readonly marginals: ReadonlyMap<string, number>
}

/** Above any grid; a higher figure is no intensity. */
const HIGHEST = 3000

let tables: Promise<IntensityTables> | undefined

/** Loads the tables at the first call, in about 25 ms. */
export function intensityTables(): Promise<IntensityTables> {
  tables ??= import('@tgwf/co2/data').then(({ electricityMaps, averageIntensity, marginalIntensity }) => {
    const averages = numbersOf(field(averageIntensity, 'data'))
    return {
      zones: zonesOf(electricityMaps),
      averages: new Map([...averages].filter(([code]) => /^[A-Z]{3}$/.test(code))),
      world: averages.get('WORLD') ?? meanOf(averages),
      marginals: numbersOf(field(marginalIntensity, 'data')),
    }
  })
  return tables
}

function zonesOf(electricityMaps: unknown): ReadonlyMap<string, ZoneIntensity> {
  const zones = new Map<string, ZoneIntensity>()
  const years = entries(electricityMaps).flatMap(([key, table]) => {
    const year = /^yearly(\d{4})$/.exec(key)?.[1]
    return year === undefined ? [] : [[Number(year), table] as const]
  })
  for (const [year, table] of years.sort(([one], [other]) => one - other)) {
    for (const [zone, record] of entries(field(table, 'data'))) {
      const grams = intensityOf(field(field(record, 'carbonIntensity'), 'value'))
      if (grams === undefined) continue
      const before = zones.get(zone)?.years ?? []
      zones.set(zone, { zone, name: nameOf(record) ?? zone, years: [...before, [year, grams]] })
    }
  }
  return zones
}

/** The tables name zones of one country shortly, e.g. `CAISO`, and some with a longer name beside it. */
function nameOf(record: unknown): string | undefined {
  const zone = field(record, 'zone')
  const name = field(zone, 'displayName') ?? field(zone, 'zoneName')
  const country = field(zone, 'countryName')
  if (typeof name !== 'string') return undefined
  return typeof country === 'string' ? `${name}, ${country}` : name
}

const numbersOf = (table: unknown): ReadonlyMap<string, number> =>
  new Map(
    entries(table).flatMap(([key, value]) => {
      const grams = intensityOf(value)
      return grams === undefined ? [] : [[key, grams] as const]
    }),
  )

/** Some tables write numbers as text, and a country without data as 0. */
function intensityOf(value: unknown): number | undefined {
  const grams = typeof value === 'string' ? Number(value) : value
  return typeof grams === 'number' && grams > 0 && grams <= HIGHEST ? grams : undefined
}

const meanOf = (values: ReadonlyMap<string, number>): number =>
  [...values.values()].reduce((sum, value) => sum + value, 0) / values.size

const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
