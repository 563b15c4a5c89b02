/** Brings the windows of a measurement to one energy figure with an interval and the reasons for its width. */
import type { BudgetPart, WindowEnergy } from '../profilers/energy-window.js'
import {
  bounded,
  combinedHalfWidth,
  largest,
  scaledBy,
  stated,
  type Uncertainty,
} from '../src/core/combined-uncertainty.js'
import type { EnergyRecord } from '../src/core/record.js'
import { attribution } from './attribution.js'
import { crossChecks } from './cross-check.js'
import { type IdlePower, idlePower } from './idle-power.js'
import type { MeasuredWindow, Measurement } from './protocol.js'
import { type RepeatSpread, repeatSpread } from './repeat-spread.js'

type Interval = EnergyRecord['gross']

/** A window whose joules are known. */
interface Metered {
  readonly energy: WindowEnergy
  readonly joules: number
  readonly images: number
}

/** Relative distances from the figure to the ends of its interval. */
interface Distances {
  readonly down: number
  readonly up: number
}

/**
 * The stated error of the sensor is the same in each window and stays; edges, resolution and gaps differ from window to
 * window and average out; the spread between windows is the repeats' part. All are independent of each other.
 *
 * @param batchSize - images in a batch
 * @returns `undefined` when no window has joules
 */
export function energyRecord(measurement: Measurement, batchSize: number): EnergyRecord | undefined {
  const windows = measurement.windows.flatMap((window) => meteredWindow(window, batchSize))
  const images = sum(windows, (window) => window.images)
  const total = sum(windows, (window) => window.joules)
  if (windows.length === 0 || !(total > 0)) return undefined
  const seconds = sum(windows, ({ energy }) => energy.seconds)
  const repeats = repeatSpread(measurement.windows, batchSize)
  const sensor = statedDistances(windows, total)
  const edges = bounded(Math.hypot(...windows.map(({ energy }) => energy.random ?? 0)))
  const idle = idlePower(measurement)
  const domains = domainsOf(windows)
  const checks = crossChecks(domains.filter((domain) => isInAll(domain, windows)))
  const net = idle && netEnergy(idle, { total, seconds, images, sensor, edges }, measurement.windows, batchSize)
  const split = attribution(measurement, net?.total)
  return {
    kind: kindOf(windows),
    measuredShare: sum(windows, ({ energy, joules }) => joules * (energy.measuredShare ?? 0)) / total,
    gross: atLeastNothing(around(total, sensor, [edges])),
    ...(net === undefined ? {} : { net: net.total }),
    perInference: atLeastNothing(around(total / images, sensor, [blurred(edges, images, repeats)])),
    ...(net === undefined ? {} : { netPerInference: net.perImage }),
    domains,
    ...(checks.length === 0 ? {} : { crossChecks: [...checks] }),
    ...(idle === undefined ? {} : { idle: shownIdle(idle) }),
    budget: [
      ...sensorBudget(windows, total),
      ...(repeats === undefined
        ? []
        : [
            {
              source: 'repeats',
              of: 'gross' as const,
              relative: combinedHalfWidth([repeats.uncertainty]) / repeats.mean,
            },
          ]),
      ...(net === undefined ? [] : [{ source: 'idle baseline', of: 'net' as const, relative: net.baseline }]),
    ].filter(({ relative }) => relative > 0),
    window: { seconds: seconds / windows.length, count: windows.length, inferences: images },
    ...(split === undefined ? {} : { attribution: split }),
    stopReason: measurement.stopReason,
  }
}

/** Energy in which nothing was inferred is that of no inference. */
function meteredWindow({ energy, batches }: MeasuredWindow, batchSize: number): Metered[] {
  return energy?.joules === undefined || batches === 0
    ? []
    : [{ energy, joules: energy.joules, images: batches * batchSize }]
}

const sum = <Item>(items: readonly Item[], pick: (item: Item) => number): number =>
  items.reduce((total, item) => total + pick(item), 0)

/**
 * @param sensor - relative to what it read; a sensor that reads too much does so in all that it reads
 * @param read - joules that the sensor is wrong about, where these are others than the figure's
 */
function around(joules: number, sensor: Distances, others: readonly Uncertainty[], read = joules): Interval {
  const distance = (relative: number) => combinedHalfWidth([stated(Math.abs(read) * relative), ...others])
  return { joules, low: joules - distance(sensor.down), high: joules + distance(sensor.up) }
}

/** Per image. Edges blur each window, so that the spread of several holds them already. */
const blurred = (edges: Uncertainty, images: number, repeats: RepeatSpread | undefined): Uncertainty =>
  largest([scaledBy(edges, 1 / images), repeats?.uncertainty ?? stated(0)])

/** Gross energy below nothing cannot be; an interval that would reach there ends at nothing. */
const atLeastNothing = (interval: Interval): Interval => ({ ...interval, low: Math.max(0, interval.low) })

function statedDistances(windows: readonly Metered[], total: number): Distances {
  const stated = (end: 'low' | 'high') =>
    sum(windows, ({ energy, joules }) => joules * Math.abs((energy.systematic?.[end] ?? 1) - 1)) / total
  return { down: stated('low'), up: stated('high') }
}

interface Gross {
  readonly total: number
  readonly seconds: number
  readonly images: number
  readonly sensor: Distances
  /** Edges, resolution and gaps, J. */
  readonly edges: Uncertainty
}

/**
 * Gross less idle. May be below nothing for a model that is lost in the noise of the machine: its interval says so.
 * A sensor that reads too much does so in the baseline, too, so that its stated error is that of the difference; where idle
 * power is given, nothing cancels and it is that of gross. What is random in the windows keeps its joules, however small the
 * difference is.
 */
function netEnergy(
  idle: IdlePower,
  { total, seconds, images, sensor, edges }: Gross,
  windows: readonly MeasuredWindow[],
  batchSize: number,
) {
  const net = total - idle.watts * seconds
  const baseline = scaledBy(idle.uncertainty, seconds)
  const spread = blurred(edges, images, repeatSpread(windows, batchSize, idle.watts))
  const read = idle.isGiven ? total : net
  return {
    total: around(net, sensor, [edges, baseline], read),
    perImage: around(net / images, sensor, [spread, scaledBy(baseline, 1 / images)], read / images),
    baseline: net === 0 ? 0 : combinedHalfWidth([baseline]) / Math.abs(net),
  }
}

function kindOf(windows: readonly Metered[]): EnergyRecord['kind'] {
  const kinds = new Set(windows.map(({ energy }) => energy.kind))
  const [only] = kinds
  return kinds.size === 1 && only !== undefined ? only : 'mixed'
}

/** Stated errors are averaged by energy; the others are independent from window to window and add up in squares. */
function sensorBudget(windows: readonly Metered[], total: number): EnergyRecord['budget'] {
  const halfWidths = (source: BudgetPart['source']) =>
    windows.map(({ energy, joules }) => joules * (energy.budget.find((part) => part.source === source)?.relative ?? 0))
  const stated = (['sensor', 'model'] as const).map((source) => ({
    source,
    of: 'gross' as const,
    relative: sum(halfWidths(source), (joules) => joules) / total,
  }))
  const random = (['edge', 'resolution', 'integration', 'gap'] as const).map((source) => ({
    source,
    of: 'gross' as const,
    relative: Math.hypot(...halfWidths(source)) / total,
  }))
  return [...stated, ...random]
}

function domainsOf(windows: readonly Metered[]): EnergyRecord['domains'] {
  const domains = new Map<string, EnergyRecord['domains'][number]>()
  for (const domain of windows.flatMap(({ energy }) => energy.domains)) {
    const key = `${domain.profiler}/${domain.name}`
    const before = domains.get(key) ?? { joules: 0, low: 0, high: 0 }
    domains.set(key, {
      ...domain,
      joules: before.joules + domain.joules,
      low: before.low + domain.low,
      high: before.high + domain.high,
    })
  }
  return [...domains.values()]
}

/** Sums over different windows cannot be compared. */
const isInAll = ({ profiler, name }: EnergyRecord['domains'][number], windows: readonly Metered[]): boolean =>
  windows.every(({ energy }) => energy.domains.some((one) => one.profiler === profiler && one.name === name))

const shownIdle = ({ uncertainty: _, isGiven: __, ...idle }: IdlePower): NonNullable<EnergyRecord['idle']> => idle
