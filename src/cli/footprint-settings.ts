/** The options of place, price and live sources as the benchmarks take them. */
import type { FootprintOptions } from '../../benchmarks/footprint.js'
import { readIntensity } from '../carbon/carbon-factor.js'
import { readPrice } from '../carbon/price.js'
import { UsageError } from '../core/errors.js'
import type { Settings } from './option-definition.js'
import type { FOOTPRINT_OPTIONS } from './options/footprint-options.js'

type FootprintSettings = Partial<Settings<typeof FOOTPRINT_OPTIONS>>

/**
 * @throws {UsageError} `E_PRICE`, `E_CARBON_INTENSITY`, `E_DAILY_TABLE`; `E_EMBODIED` when a part stands without the whole
 */
export function footprintOptions(settings: FootprintSettings): FootprintOptions {
  const { country, zone, lat, lon, address, cloud, pue, wue, price, socialCost, carbonIntensity } = settings
  return {
    ...{ country, zone, latitude: lat, longitude: lon, address, cloud, pue, wue, socialCost },
    carbonIntensity: carbonIntensity === undefined ? undefined : readIntensity(carbonIntensity),
    price: price === undefined ? undefined : readPrice(price),
    live: liveOptions(settings),
    embodied: embodiedOptions(settings),
  }
}

function liveOptions(settings: FootprintSettings): FootprintOptions['live'] {
  const { live, liveSource, liveUrl, electricityMapsKey, watttimeUser, watttimePassword } = settings
  if (live !== true) return undefined
  return { source: liveSource, access: { electricityMapsKey, watttimeUser, watttimePassword, baseUrl: liveUrl } }
}

function embodiedOptions({ embodiedKg, lifespanYears, machineShare }: FootprintSettings): FootprintOptions['embodied'] {
  if (embodiedKg === undefined) {
    if (lifespanYears === undefined && machineShare === undefined) return undefined
    throw new UsageError('E_EMBODIED', 'a lifespan or a share of the machine stands without its carbon', {
      hint: 'give --embodied-kg, the carbon of making the machine',
    })
  }
  return {
    kilograms: embodiedKg,
    ...(lifespanYears === undefined ? {} : { lifespanYears }),
    ...(machineShare === undefined ? {} : { share: machineShare }),
  }
}
