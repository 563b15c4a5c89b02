/** The zone of the grid at a place that is named by zone, position, address, cloud region or country. */
import { UsageError } from '../../core/errors.js'
import type { Warning } from '../../core/warning.js'
import { countryNamed, findCountry } from '../country-codes.js'
import { findAddress } from './address.js'
import { type City, nearestCity, type Position } from './cities.js'
import { CLOUD_PUE_SOURCE, findCloudRegion } from './cloud-regions.js'
import { findRegion, type Region } from './regions.js'

/** Where the electricity comes from; at most one of them, beside the country that it lies in. */
export interface PlaceOptions {
  /** English name, alpha-2 or alpha-3 code. */
  readonly country?: string | undefined
  /** Zone of Electricity Maps, e.g. `US-CAL-CISO`. */
  readonly zone?: string | undefined
  /** Degrees, north positive, -90 to 90; together with `longitude`. */
  readonly latitude?: number | undefined
  /** Degrees, east positive, -180 to 180. */
  readonly longitude?: number | undefined
  /** Ends with a place that GeoNames knows, e.g. `450 Jane Stanford Way, Stanford, California`. */
  readonly address?: string | undefined
  /** Provider and region, e.g. `aws:eu-west-3`. */
  readonly cloud?: string | undefined
}

/** What is known of a place. */
export interface Place {
  /** Zone of Electricity Maps, where the grid of the country has several or the user named it. */
  readonly zone?: string
  /** Name or code, where the country is known. */
  readonly country?: string
  /** In words, e.g. `Stanford, California`. */
  readonly name: string
  /** Where the place is a point. */
  readonly position?: Position
  /** Of the cloud provider's data centres, with its source. */
  readonly pue?: { readonly value: number; readonly source: string }
  readonly warnings: readonly Warning[]
}

/**
 * Looks nothing up in a network.
 *
 * @returns `undefined` where nothing is named
 * @throws {UsageError} `E_PLACE` when two are named that exclude each other, or latitude without longitude;
 *   `E_CLOUD`, `E_ADDRESS`, `E_POSITION`
 */
export async function findPlace(options: PlaceOptions): Promise<Place | undefined> {
  checkChoice(options)
  const { zone, country, latitude, longitude, address, cloud } = options
  const place = await placeOf({ zone, latitude, longitude, address, cloud })
  if (place === undefined) return country === undefined ? undefined : { country, name: country, warnings: [] }
  checkCountry(place, country)
  return place
}

async function placeOf(options: Omit<PlaceOptions, 'country'>): Promise<Place | undefined> {
  const { zone, latitude, longitude, address, cloud } = options
  if (zone !== undefined) return { zone, country: zone.slice(0, 2), name: zone, warnings: [] }
  if (latitude !== undefined && longitude !== undefined) return placeAt({ latitude, longitude })
  if (cloud !== undefined) {
    const { provider, region, zone: standsIn, pue } = findCloudRegion(cloud)
    const name = `${provider}:${region}`
    return {
      zone: standsIn,
      country: standsIn.slice(0, 2),
      name,
      pue: { value: pue, source: CLOUD_PUE_SOURCE },
      warnings: [],
    }
  }
  return address === undefined ? undefined : placeOfAddress(address)
}

/**
 * The country by its borders, and in countries with several zones the region of the nearest city.
 *
 * @throws {UsageError} `E_POSITION` outside the globe's degrees or on the high seas
 */
export async function placeAt(position: Position): Promise<Place> {
  const { latitude, longitude } = position
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
    throw new UsageError('E_POSITION', `there is no position ${latitude}, ${longitude}`, {
      hint: 'give --lat from -90 to 90 and --lon from -180 to 180, in degrees',
    })
  }
  const { iso1A2Code } = await import('@rapideditor/country-coder')
  const point: [number, number] = [longitude, latitude]
  // Puerto Rico, Hong Kong and others have grids of their own.
  const country = iso1A2Code(point, { level: 'territory' }) ?? iso1A2Code(point)
  if (country === null) {
    throw new UsageError('E_POSITION', `no country lies at ${latitude}, ${longitude}`, {
      hint: 'latitude comes first, and north and east are positive; or name the country with --country',
    })
  }
  const nearest = await nearestCity(position, country)
  const near = nearest === undefined ? '' : `, ${Math.round(nearest.kilometres)} km from ${nearest.city.name}`
  const place = nearest === undefined ? { country, warnings: [] } : placeOfCity(nearest.city)
  return { ...place, position, name: `${latitude}, ${longitude}${near}` }
}

async function placeOfAddress(address: string): Promise<Place> {
  const found = await findAddress(address)
  if (found === undefined) throw unknownAddress(address)
  const { city, region, country, others, unknown } = found
  const warnings = [
    ...(unknown === undefined ? [] : [unknownTown(unknown, found.name)]),
    ...(others.length === 0 ? [] : [ambiguous(address, found.name, others)]),
  ]
  if (city !== undefined) {
    const place = placeOfCity(city)
    return { ...place, position: city, name: found.name, warnings: [...warnings, ...place.warnings] }
  }
  if (region !== undefined) {
    const place = placeOfRegion(region)
    return { ...place, name: found.name, warnings: [...warnings, ...place.warnings] }
  }
  return { ...(country === undefined ? {} : { country }), name: found.name, warnings }
}

const placeOfCity = ({ country, region }: City): Omit<Place, 'name'> => {
  const known = findRegion(country, region)
  return known === undefined ? { country, warnings: [] } : placeOfRegion(known)
}

const placeOfRegion = ({ country, zone, isWhole, name }: Region): Omit<Place, 'name'> => ({
  zone,
  country,
  warnings: isWhole
    ? []
    : [
        {
          code: 'W_CARBON_ZONE',
          message: `${name} lies in several zones of the grid; ${zone}, the largest, is used`,
          hint: 'greenbench carbon lookup lists the zones of a country; name yours with --zone',
        },
      ],
})

const ambiguous = (address: string, name: string, others: readonly string[]): Warning => ({
  code: 'W_CARBON_ADDRESS',
  message: `"${address.slice(0, 60)}" is taken for ${name}; there is also ${others.join(', ')}`,
  hint: 'add the region or country after a comma, or give --lat and --lon',
})

const unknownTown = (part: string, name: string): Warning => ({
  code: 'W_CARBON_ADDRESS',
  message: `no town is known in "${part.slice(0, 60)}", so ${name} as a whole is taken`,
  hint: 'name a town of 1,000 people or more in English, or give --lat and --lon',
})

function unknownAddress(address: string): UsageError {
  return new UsageError('E_ADDRESS', `no place is known in "${address.slice(0, 80)}"`, {
    hint: 'name a town of 1,000 people or more in English, with its region or country, e.g. "Stanford, California", or use --country',
  })
}

function checkChoice({ zone, latitude, longitude, address, cloud }: PlaceOptions): void {
  if ((latitude === undefined) !== (longitude === undefined)) {
    const [there, lacking] = latitude === undefined ? ['--lon', '--lat'] : ['--lat', '--lon']
    throw new UsageError('E_PLACE', `${there} stands without ${lacking}`, { hint: 'give both, in degrees' })
  }
  const named = Object.entries({ '--zone': zone, '--lat/--lon': latitude, '--address': address, '--cloud': cloud })
    .filter(([, value]) => value !== undefined)
    .map(([flag]) => flag)
  if (named.length > 1) {
    throw new UsageError('E_PLACE', `${named.join(' and ')} name a place each`, { hint: 'leave out all but one' })
  }
}

/** A country beside a place in another one: one of them is a mistake, and which is not for us to guess. */
function checkCountry(place: Place, wanted: string | undefined): void {
  if (wanted === undefined) return
  const country = countryNamed(wanted)
  const other = place.country === undefined ? undefined : findCountry(place.country)
  if (other === undefined || other.alpha2 === country.alpha2) return
  throw new UsageError('E_PLACE', `${place.name} lies in ${other.name}, not in ${country.name}`, {
    hint: 'leave one of them out',
  })
}
