/** What a source of live figures must be able to do, and the checks that all of them share. */
import { MeasurementError } from '../../core/errors.js'
import { type GramsPerKwh, gramsPerKwh } from '../../core/units.js'
import type { Network } from '../../network/bounded-answer.js'
import type { Position } from '../places/cities.js'

/** The place that a figure is wanted for. */
export interface LivePlace {
  /** Of Electricity Maps; `WORLD` and `given` are none. */
  readonly zone: string
  readonly position?: Position | undefined
}

/** Secrets and addresses of the services; nothing of it reaches a log, a record or a report. */
export interface LiveAccess {
  readonly electricityMapsKey?: string | undefined
  readonly watttimeUser?: string | undefined
  readonly watttimePassword?: string | undefined
  /** Another server that speaks the same language, e.g. a gateway: `https://...`. */
  readonly baseUrl?: string | undefined
}

/** One figure at one time. */
export interface LiveReading {
  readonly gramsPerKwh: GramsPerKwh
  /** When it held, by the source. */
  readonly at: Date
  readonly source: string
  /** As in `CarbonFactor`. */
  readonly basis: string
}

/** A service that tells the intensity of now. */
export interface LiveSource {
  readonly name: string
  /** Why it cannot be asked for this place with this access; `undefined` when it can. */
  refusal(place: LivePlace, access: LiveAccess): string | undefined
  /** @throws {MeasurementError} `E_CARBON_LIVE` */
  read(place: LivePlace, access: LiveAccess, network: Network, signal?: AbortSignal): Promise<LiveReading>
}

/** Above any grid. */
const HIGHEST = 3000
/** Older figures are none of now. */
const OLDEST_MILLISECONDS = 24 * 3600 * 1000
/** Clocks differ, and some services tell the end of the current period. */
const FURTHEST_MILLISECONDS = 3600 * 1000

/**
 * @param value - g/kWh as the server told it
 * @param time - ISO 8601 as the server told it
 * @throws {MeasurementError} `E_CARBON_LIVE` for anything that is no intensity of now
 */
export function checkedReading(value: unknown, time: unknown, source: string, basis: string, now: Date): LiveReading {
  if (typeof value !== 'number' || !(value >= 0 && value <= HIGHEST)) {
    throw new MeasurementError('E_CARBON_LIVE', `${source} answers without an intensity`)
  }
  const at = new Date(typeof time === 'string' ? time : Number.NaN)
  const age = now.getTime() - at.getTime()
  if (!(age <= OLDEST_MILLISECONDS && age >= -FURTHEST_MILLISECONDS)) {
    throw new MeasurementError('E_CARBON_LIVE', `${source} answers with a figure that is not of now`)
  }
  return { gramsPerKwh: gramsPerKwh(value), at, source, basis }
}

/** The value at a path of keys and indices, or `undefined`; own properties only. */
export function valueIn(answer: unknown, ...path: readonly (string | number)[]): unknown {
  let value = answer
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** @throws {MeasurementError} `E_CARBON_LIVE` when the user's base is no URL */
export function serviceUrl(base: string | undefined, usual: string, path: string): URL {
  const text = base ?? usual
  if (!URL.canParse(text)) throw new MeasurementError('E_CARBON_LIVE', 'the address of the live service is no URL')
  const url = new URL(text)
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`
  return url
}
