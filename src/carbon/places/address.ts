/** An address to the town, region or country that it ends with; parts stand between commas. */
import { findCountry } from '../country-codes.js'
import { type City, citiesNamed } from './cities.js'
import { findRegion, type Region, regionsNamed } from './regions.js'

/** What an address names; the city where it names one, else the region, else the country. */
export interface AddressMatch {
  readonly city?: City
  readonly region?: Region
  /** Alpha-2 code. */
  readonly country?: string
  /** In words. */
  readonly name: string
  /** Other towns of that name, at most three, the most populous first. */
  readonly others: readonly string[]
}

/** What the end of an address says about where the town lies. */
interface Bounds {
  readonly country?: string | undefined
  readonly regions?: readonly Region[] | undefined
}

/** More parts than any address has; the rest is not looked at. */
const MOST_PARTS = 8

/**
 * @param address - e.g. `450 Jane Stanford Way, Stanford, California`, `Paris`, `Tokyo, Japan`, `Ontario`
 * @returns `undefined` when nothing in it is known
 */
export async function findAddress(address: string): Promise<AddressMatch | undefined> {
  const parts = address.slice(0, 300).split(',').map(withoutPostcode).filter(Boolean).slice(-MOST_PARTS)
  const { bounds, rest } = boundsOf(parts)
  // The nearer to the end, the larger the place: the town stands after the street.
  for (const part of rest.toReversed()) {
    const match = await townIn(part, bounds)
    if (match !== undefined) return match
  }
  return boundsMatch(bounds, parts)
}

/** Reads region and country from the end; the first part stays, since a town may bear the name of a region. */
function boundsOf(parts: readonly string[]): { readonly bounds: Bounds; readonly rest: readonly string[] } {
  let bounds: Bounds = {}
  let rest = parts
  while (rest.length > 0) {
    const last = rest.at(-1) ?? ''
    const found = narrowed(bounds, last, rest.length > 1)
    if (found === undefined) break
    bounds = found
    rest = rest.slice(0, -1)
  }
  return { bounds, rest }
}

function narrowed(bounds: Bounds, part: string, hasMore: boolean): Bounds | undefined {
  const regions = regionsNamed(part).filter(({ country }) => (bounds.country ?? country) === country)
  const country = bounds.country === undefined ? findCountry(part)?.alpha2 : undefined
  // Two letters at the end of an address of the United States are a state: `Stanford, CA`, not Canada.
  if (regions.length > 0 && bounds.regions === undefined && (hasMore || country === undefined))
    return { ...bounds, regions }
  return country === undefined ? undefined : { ...bounds, country }
}

async function townIn(part: string, bounds: Bounds): Promise<AddressMatch | undefined> {
  const cities = (await citiesNamed(part)).filter((city) => lies(city, bounds))
  const [city, ...more] = cities
  if (city === undefined) return undefined
  return { city, country: city.country, name: nameOf(city), others: more.slice(0, 3).map(nameOf) }
}

function lies({ country, region }: City, bounds: Bounds): boolean {
  if (bounds.country !== undefined && bounds.country !== country) return false
  return bounds.regions === undefined || bounds.regions.some((one) => one.country === country && one.code === region)
}

/** A lone name may be a town, too, and a region beside a country: Washington, Georgia. */
async function boundsMatch({ country, regions }: Bounds, parts: readonly string[]): Promise<AddressMatch | undefined> {
  const [region] = regions ?? []
  if (region === undefined && country === undefined) return undefined
  const [name = ''] = parts
  const isLone = parts.length === 1
  const sameRegions = isLone && region === undefined ? regionsNamed(name).map(regionName) : []
  const towns = isLone ? (await citiesNamed(name)).filter((city) => !lies(city, { country, regions })).map(nameOf) : []
  const others = [...sameRegions, ...towns].slice(0, 3)
  if (region !== undefined) return { region, country: region.country, name: regionName(region), others }
  return { ...(country === undefined ? {} : { country }), name: findCountry(country ?? '')?.name ?? name, others }
}

const regionName = ({ name, country }: Region): string => `${name}, ${country}`

const nameOf = ({ name, country, region }: City): string =>
  [name, findRegion(country, region)?.name, country].filter(Boolean).join(', ')

/** `75005 Paris` and `Stanford 94305` are towns, too. */
const withoutPostcode = (part: string): string =>
  part
    .trim()
    .replace(/^[A-Z]{0,2}-?\d{3,6}\s+(?=\p{L})|\s+\d{4,6}(-\d{4})?$/gu, '')
    .replace(/^\s*$/, '')
