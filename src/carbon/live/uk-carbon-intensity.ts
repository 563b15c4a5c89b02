/**
 * Carbon Intensity API of Great Britain: half-hourly, without a key.
 *
 * @see https://carbon-intensity.github.io/api-definitions
 */
import { fetchJson } from './fetch-json.js'
import { checkedReading, type LiveSource, serviceUrl, valueIn } from './live-source.js'

const NAME = 'UK Carbon Intensity API'

export const ukCarbonIntensity: LiveSource = {
  name: 'uk',

  refusal: ({ zone }) => (zone === 'GB' ? undefined : `${NAME} knows Great Britain alone`),

  async read(_place, { baseUrl }, network, signal) {
    const url = serviceUrl(baseUrl, 'https://api.carbonintensity.org.uk', '/intensity')
    const answer = await fetchJson({ url, signal }, network)
    const period = valueIn(answer, 'data', 0)
    const actual = valueIn(period, 'intensity', 'actual')
    const isForecast = typeof actual !== 'number'
    const value = isForecast ? valueIn(period, 'intensity', 'forecast') : actual
    const basis = `average, direct, consumption${isForecast ? ', forecast' : ''}`
    return checkedReading(value, valueIn(period, 'from'), NAME, basis, new Date())
  },
}
