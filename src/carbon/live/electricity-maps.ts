/**
 * Electricity Maps: any zone, with a key.
 *
 * @see https://portal.electricitymaps.com/docs/api
 */
import { fetchJson } from './fetch-json.js'
import { checkedReading, type LiveSource, serviceUrl, valueIn } from './live-source.js'

const NAME = 'Electricity Maps'

export const electricityMaps: LiveSource = {
  name: 'electricity-maps',

  refusal({ zone, position }, { electricityMapsKey }) {
    if (electricityMapsKey === undefined) return `${NAME} needs a key: set GREENBENCH_ELECTRICITY_MAPS_KEY`
    return position === undefined && !isZone(zone)
      ? `${NAME} needs a place: give --country, --zone or --address`
      : undefined
  },

  async read({ zone, position }, { electricityMapsKey = '', baseUrl }, network, signal) {
    const url = serviceUrl(baseUrl, 'https://api.electricitymaps.com', '/v3/carbon-intensity/latest')
    if (isZone(zone)) url.searchParams.set('zone', zone)
    else if (position !== undefined) {
      url.searchParams.set('lat', String(position.latitude))
      url.searchParams.set('lon', String(position.longitude))
    }
    const answer = await fetchJson({ url, headers: { 'auth-token': electricityMapsKey }, signal }, network)
    const kind = valueIn(answer, 'emissionFactorType') === 'direct' ? 'direct' : 'lifecycle'
    const estimated = valueIn(answer, 'isEstimated') === true ? ', estimated' : ''
    const basis = `average, ${kind}, consumption${estimated}`
    return checkedReading(valueIn(answer, 'carbonIntensity'), valueIn(answer, 'datetime'), NAME, basis, new Date())
  },
}

const isZone = (zone: string): boolean => /^[A-Z]{2}(-[A-Z0-9]+)*$/.test(zone)
