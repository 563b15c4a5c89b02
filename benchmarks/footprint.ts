/** What joules become: CO2 with its factor, embodied carbon, water and money, for a place and a time. */
import { type CarbonFactor, type CarbonFactorOptions, carbonFactor } from '../src/carbon/carbon-factor.js'
import type { DailyTable } from '../src/carbon/daily-table.js'
import { checkedPue } from '../src/carbon/emission.js'
import { dailySeries, type IntensityPoint, type IntensitySeries, pointSeries } from '../src/carbon/factor-series.js'
import { liveFactor } from '../src/carbon/live/live-factor.js'
import type { LiveOptions } from '../src/carbon/live/live-intensity.js'
import type { ElectricityPrice } from '../src/carbon/price.js'
import { type SocialCost, socialCost } from '../src/carbon/social-cost.js'
import { DEFAULT_LIFESPAN_YEARS, type Embodied, embodiedOf } from '../src/carbon/software-carbon-intensity.js'
import { waterOf } from '../src/carbon/water.js'
import { UsageError } from '../src/core/errors.js'
import { gramsPerKwh, joules, seconds } from '../src/core/units.js'

/** Options of every run whose energy is told as CO2, money and water. */
export interface FootprintOptions extends Omit<CarbonFactorOptions, 'intensity'> {
  /** g CO2e per kWh, instead of a table's: one figure, or figures by the hour of the day. */
  readonly carbonIntensity?: number | DailyTable | undefined
  /** Asks a service for the intensity of now, before the run and every five minutes in it. */
  readonly live?: LiveOptions | undefined
  /** Energy of the whole data centre by that of its machines; that of the cloud provider or 1 when absent. */
  readonly pue?: number | undefined
  /** Water usage effectiveness, L/kWh. */
  readonly wue?: number | undefined
  readonly price?: ElectricityPrice | undefined
  /** US dollars per tonne of CO2 equivalent, for what it costs society; that of the US EPA when absent. */
  readonly socialCost?: number | undefined
  /** Carbon of making the machine; 4 years and the whole machine where left out. */
  readonly embodied?: (Pick<Embodied, 'kilograms'> & Partial<Embodied>) | undefined
}

/** All that is needed to turn joules into the rest; `close` ends the questions to a live service. */
export interface Footprint extends AsyncDisposable {
  /** Of now, and of the whole run where `series` is absent. */
  readonly factor: CarbonFactor
  /** Absent where the factor does not change during the run. */
  series(): IntensitySeries | undefined
  readonly pue: number
  readonly pueSource?: string
  readonly wue?: number
  readonly price?: ElectricityPrice
  readonly embodied?: Embodied
  readonly socialCost: SocialCost
}

/** As often as the sources change at most. */
const LIVE_PERIOD_MILLISECONDS = 5 * 60_000

/**
 * @throws {UsageError} for a place, an intensity, a PUE, a WUE or embodied carbon that cannot be; `E_CARBON_INTENSITY` for
 *   one of the user beside a live one
 */
export async function openFootprint(options: FootprintOptions, now: () => Date): Promise<Footprint> {
  const { carbonIntensity, live, wue, price } = options
  const embodied = options.embodied && { lifespanYears: DEFAULT_LIFESPAN_YEARS, share: 1, ...options.embodied }
  // Checked before anything is measured.
  if (wue !== undefined) waterOf(joules(0), wue)
  if (embodied !== undefined) embodiedOf(embodied, seconds(0))
  if (live !== undefined && carbonIntensity !== undefined) throw twoIntensities()
  const cost = socialCost(options.socialCost)
  const fixed = await carbonFactor({ ...options, intensity: intensityOf(carbonIntensity) })
  const pue = checkedPue(options.pue ?? fixed.pue?.value)
  const readings = live === undefined ? undefined : await followLive(fixed, live, now)
  const daily = typeof carbonIntensity === 'object' ? dailySeries(carbonIntensity) : undefined
  return {
    factor: readings?.factor ?? fixed,
    series: () => readings?.series() ?? daily,
    pue,
    ...(options.pue === undefined && fixed.pue !== undefined ? { pueSource: fixed.pue.source } : {}),
    socialCost: cost,
    ...(wue === undefined ? {} : { wue }),
    ...(price === undefined ? {} : { price }),
    ...(embodied === undefined ? {} : { embodied }),
    [Symbol.asyncDispose]: async () => readings?.close(),
  }
}

const twoIntensities = (): UsageError =>
  new UsageError('E_CARBON_INTENSITY', 'a carbon intensity is given, and a live one is asked for', {
    hint: 'leave out --carbon-intensity or --live',
  })

/** Of a table by hour, any figure: each stretch of time meets its own. */
const intensityOf = (intensity: number | DailyTable | undefined): number | undefined =>
  typeof intensity === 'object' ? intensity.parts[0]?.value : intensity

/** A reading that fails later leaves the one before in force. */
async function followLive(fixed: CarbonFactor, options: LiveOptions, now: () => Date) {
  const first = await liveFactor(fixed, options)
  // No live figure: the yearly one with its warning, which later tries will not better.
  if (first.at === undefined) return { factor: first, series: () => undefined, close: () => {} }
  const points: IntensityPoint[] = [{ from: now(), gramsPerKwh: first.gramsPerKwh }]
  const ended = new AbortController()
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, options.signal])
  const timer = setInterval(() => {
    void liveFactor(fixed, { ...options, signal }).then(({ at, gramsPerKwh: grams }) => {
      if (at !== undefined && !ended.signal.aborted) points.push({ from: now(), gramsPerKwh: gramsPerKwh(grams) })
    })
  }, LIVE_PERIOD_MILLISECONDS)
  timer.unref()
  const close = () => {
    clearInterval(timer)
    ended.abort()
  }
  return { factor: first, series: () => (points.length > 1 ? pointSeries([...points]) : undefined), close }
}
