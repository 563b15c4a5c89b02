/** The intensity of now from the first source that can tell it, through the cache. */
import { MeasurementError } from '../../core/errors.js'
import { type Network, realNetwork } from '../../network/bounded-answer.js'
import { electricityMaps } from './electricity-maps.js'
import { cacheFolder, readCached, writeCached } from './live-cache.js'
import type { LiveAccess, LivePlace, LiveReading, LiveSource } from './live-source.js'
import { ukCarbonIntensity } from './uk-carbon-intensity.js'
import { watttime } from './watttime.js'

/** Sources in the order in which they are tried. WattTime is last: its figure is of another basis than the tables'. */
export const LIVE_SOURCES: readonly LiveSource[] = [electricityMaps, ukCarbonIntensity, watttime]

/** Which source to ask, and how. */
export interface LiveOptions {
  /** Name of a source; the first that can be asked when left out. */
  readonly source?: string | undefined
  readonly access?: LiveAccess | undefined
  readonly network?: Network | undefined
  /** Folder of the cache; `null`: none. */
  readonly cache?: string | null | undefined
  readonly signal?: AbortSignal | undefined
  readonly now?: (() => Date) | undefined
}

/**
 * @throws {MeasurementError} `E_CARBON_LIVE` when no source can be asked, or the one asked does not tell
 */
export async function liveIntensity(place: LivePlace, options: LiveOptions = {}): Promise<LiveReading> {
  const { access = {}, network = realNetwork, signal, now = () => new Date() } = options
  const source = chosen(place, access, options.source)
  const folder = options.cache === undefined ? cacheFolder() : options.cache
  const { latitude, longitude } = place.position ?? {}
  const key = [source.name, place.zone, latitude, longitude, access.baseUrl].join(' ')
  const cached = folder === null ? undefined : await readCached(folder, key, now())
  if (cached !== undefined) return cached
  const reading = await source.read(place, access, network, signal)
  if (folder !== null) await writeCached(folder, key, reading, now())
  return reading
}

function chosen(place: LivePlace, access: LiveAccess, wanted: string | undefined): LiveSource {
  const candidates = LIVE_SOURCES.filter(({ name }) => wanted === undefined || name === wanted)
  const refusals: string[] = []
  for (const source of candidates) {
    const refusal = source.refusal(place, access)
    if (refusal === undefined) return source
    refusals.push(refusal)
  }
  const known = LIVE_SOURCES.map(({ name }) => name).join(', ')
  const reason =
    refusals.length > 0 ? refusals.join('; ') : `there is no live source "${wanted?.slice(0, 40)}": ${known}`
  throw new MeasurementError('E_CARBON_LIVE', reason)
}
