/** What the joules of a trace become: as in its run, but for what the replay is asked to change. */
import type { CarbonFactor } from '../src/carbon/carbon-factor.js'
import { pointSeries } from '../src/carbon/factor-series.js'
import { gramsPerKwh } from '../src/core/units.js'
import { type Footprint, type FootprintOptions, openFootprint } from './footprint.js'
import type { EventOf } from './trace-events.js'

type TracedFootprint = EventOf<'run'>['footprint']
type Intensities = EventOf<'done'>['intensities']

/** What may be asked for; nothing is looked up in a network. */
export type ReplayedFootprint = Omit<FootprintOptions, 'live'>

/**
 * @param intensities - of an intensity that changed during the run
 * @throws {UsageError} for a place, an intensity, a PUE, a WUE or embodied carbon that cannot be
 */
export async function replayFootprint(
  traced: TracedFootprint,
  intensities: Intensities,
  options: ReplayedFootprint,
): Promise<Footprint> {
  const asked = await openFootprint(options, () => new Date())
  const { pue: _pue, wue: _wue, price: _price, embodied: _embodied, socialCost: _cost, ...place } = options
  const isMoved = Object.values(place).some((value) => value !== undefined)
  const { factor, series, ...others } = isMoved ? asked : electricityOf(traced, intensities)
  return {
    factor,
    series,
    socialCost: options.socialCost === undefined ? traced.socialCost : asked.socialCost,
    ...pueOf(traced, asked, others.pueSource, options.pue),
    ...known({
      wue: options.wue ?? traced.wue,
      price: asked.price ?? priceOf(traced.price),
      embodied: asked.embodied ?? traced.embodied,
    }),
    [Symbol.asyncDispose]: async () => {},
  }
}

type Electricity = Pick<Footprint, 'factor' | 'series' | 'pueSource'>

function electricityOf({ factor, pueSource }: TracedFootprint, intensities: Intensities): Electricity {
  const points = intensities?.map(({ from, gramsPerKwh: grams }) => ({
    from: new Date(from),
    gramsPerKwh: gramsPerKwh(grams),
  }))
  return {
    factor: factorOf(factor),
    series: () => (points === undefined ? undefined : pointSeries(points)),
    ...(pueSource === undefined ? {} : { pueSource }),
  }
}

function factorOf({ year, at, place, marginal, ...factor }: TracedFootprint['factor']): CarbonFactor {
  return {
    ...factor,
    gramsPerKwh: gramsPerKwh(factor.gramsPerKwh),
    low: gramsPerKwh(factor.low),
    high: gramsPerKwh(factor.high),
    ...known({
      year,
      place,
      at: at === undefined ? undefined : new Date(at),
      marginal: marginal && { ...marginal, gramsPerKwh: gramsPerKwh(marginal.gramsPerKwh) },
    }),
  }
}

/** A cloud region that is asked for brings its own. */
function pueOf(
  traced: TracedFootprint,
  asked: Footprint,
  source: string | undefined,
  given: number | undefined,
): Pick<Footprint, 'pue' | 'pueSource'> {
  if (given !== undefined) return { pue: given }
  if (asked.pueSource !== undefined) return { pue: asked.pue, pueSource: asked.pueSource }
  return { pue: traced.pue, ...(source === undefined ? {} : { pueSource: source }) }
}

function priceOf(price: TracedFootprint['price']): Footprint['price'] {
  if (price === undefined) return undefined
  const { perKwh, currency } = price
  return { perKwh, ...(currency === undefined ? {} : { currency }) }
}

type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Leaves out what is `undefined`. */
const known = <T extends object>(values: T): Known<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Known<T>
