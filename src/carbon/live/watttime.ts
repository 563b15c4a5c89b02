/**
 * WattTime: what one more kilowatt-hour causes, by position, with an account.
 *
 * @see https://docs.watttime.org
 */
import { MeasurementError } from '../../core/errors.js'
import type { Network } from '../../network/bounded-answer.js'
import { fetchJson } from './fetch-json.js'
import { checkedReading, type LiveAccess, type LiveSource, serviceUrl, valueIn } from './live-source.js'

const NAME = 'WattTime'
const USUAL = 'https://api.watttime.org'
/** 1 lb is 453.59237 g, 1 MWh is 1,000 kWh. */
const GRAMS_PER_KWH_IN_POUNDS_PER_MWH = 0.453_592_37
const SIGNAL = 'co2_moer'

export const watttime: LiveSource = {
  name: 'watttime',

  refusal({ position }, { watttimeUser, watttimePassword }) {
    if (watttimeUser === undefined || watttimePassword === undefined) {
      return `${NAME} needs an account: set GREENBENCH_WATTTIME_USER and GREENBENCH_WATTTIME_PASSWORD`
    }
    return position === undefined ? `${NAME} needs a position: give --lat and --lon, or --address` : undefined
  },

  async read({ position }, access, network, signal) {
    const headers = { authorization: `Bearer ${await login(access, network, signal)}` }
    const { latitude = 0, longitude = 0 } = position ?? {}
    const ask = (path: string, query: Readonly<Record<string, string>>) => {
      const url = serviceUrl(access.baseUrl, USUAL, path)
      for (const [key, value] of Object.entries({ ...query, signal_type: SIGNAL })) url.searchParams.set(key, value)
      return fetchJson({ url, headers, signal }, network)
    }
    const place = await ask('/v3/region-from-loc', { latitude: String(latitude), longitude: String(longitude) })
    const region = valueIn(place, 'region')
    if (typeof region !== 'string') throw new MeasurementError('E_CARBON_LIVE', `${NAME} answers without a region`)
    const answer = await ask('/v3/forecast', { region, horizon_hours: '0' })
    const pounds = valueIn(answer, 'data', 0, 'value')
    const value = typeof pounds === 'number' ? pounds * GRAMS_PER_KWH_IN_POUNDS_PER_MWH : undefined
    return checkedReading(value, valueIn(answer, 'data', 0, 'point_time'), NAME, 'marginal, direct', new Date())
  },
}

async function login({ watttimeUser, watttimePassword, baseUrl }: LiveAccess, network: Network, signal?: AbortSignal) {
  const pair = Buffer.from(`${watttimeUser}:${watttimePassword}`, 'utf8').toString('base64')
  const url = serviceUrl(baseUrl, USUAL, '/login')
  const token = valueIn(await fetchJson({ url, headers: { authorization: `Basic ${pair}` }, signal }, network), 'token')
  if (typeof token === 'string' && /^[\w.~+/=-]{1,10000}$/.test(token)) return token
  throw new MeasurementError('E_CARBON_LIVE', `${NAME} answers without a token`)
}
