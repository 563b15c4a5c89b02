/** Brings the windows of a measurement to one energy figure with an interval and the reasons for its width. */
import type { BudgetPart, WindowEnergy } from '../profilers/energy-window.js'
import type { EnergyRecord } from '../src/core/record.js'
import { neighbourMeanInterval } from '../src/core/statistics.js'
import { attribution } from './attribution.js'
import { crossChecks } from './cross-check.js'
import { type IdlePower, idlePower } from './idle-power.js'
import type { MeasuredWindow, Measurement } from './protocol.js'
import { energyPerImage } from './running-mean.js'

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
  const repeats = neighbourMeanInterval(
    energyPerImage(measurement.windows, batchSize).map((joules) => Math.max(0, joules)),
  )
  const spread = repeats?.relativeHalfWidth ?? 0
  const stated = statedDistances(windows, total)
  const random = Math.hypot(...windows.map(({ energy }) => energy.random ?? 0))
  const sensor = widened(stated, random / total)
  const idle = idlePower(measurement)
  const split = attribution(measurement)
  const domains = domainsOf(windows)
  const checks = crossChecks(domains.filter((domain) => isInAll(domain, windows)))
  const net = idle && netEnergy(idle, { total, seconds, images, stated, random, spread })
  return {
    kind: kindOf(windows),
    measuredShare: sum(windows, ({ energy, joules }) => joules * (energy.measuredShare ?? 0)) / total,
    gross: around(total, sensor),
    ...(net === undefined ? {} : { net: net.total }),
    perInference: around(total / images, widened(sensor, spread)),
    ...(net === undefined ? {} : { netPerInference: net.perImage }),
    domains,
    ...(checks.length === 0 ? {} : { crossChecks: [...checks] }),
    ...(idle === undefined ? {} : { idle: shownIdle(idle) }),
    budget: [
      ...sensorBudget(windows, total),
      ...(repeats === undefined ? [] : [{ source: 'repeats', of: 'gross' as const, relative: spread }]),
      ...(net === undefined ? [] : [{ source: 'idle baseline', of: 'net' as const, relative: net.baseline }]),
    ].filter(({ relative }) => relative > 0),
    window: { seconds: seconds / windows.length, count: windows.length, inferences: images },
    ...(split === undefined ? {} : { attribution: split }),
    stopReason: measurement.stopReason,
  }
}

function meteredWindow({ energy, batches }: MeasuredWindow, batchSize: number): Metered[] {
  return energy?.joules === undefined ? [] : [{ energy, joules: energy.joules, images: batches * batchSize }]
}

const sum = <Item>(items: readonly Item[], pick: (item: Item) => number): number =>
  items.reduce((total, item) => total + pick(item), 0)

/** Energy below nothing cannot be; an interval that would reach there ends at nothing. */
const around = (joules: number, { down, up }: Distances): Interval => ({
  joules,
  low: Math.max(0, joules * (1 - down)),
  high: joules * (1 + up),
})

const widened = ({ down, up }: Distances, more: number): Distances => ({
  down: Math.hypot(down, more),
  up: Math.hypot(up, more),
})

function statedDistances(windows: readonly Metered[], total: number): Distances {
  const stated = (end: 'low' | 'high') =>
    sum(windows, ({ energy, joules }) => joules * Math.abs((energy.systematic?.[end] ?? 1) - 1)) / total
  return { down: stated('low'), up: stated('high') }
}

interface Gross {
  readonly total: number
  readonly seconds: number
  readonly images: number
  readonly stated: Distances
  /** Half-width from edges, resolution and gaps, J. */
  readonly random: number
  /** Relative half-width from repeats. */
  readonly spread: number
}

/**
 * Gross less idle. May be below nothing for a model that is lost in the noise of the machine: its interval says so.
 * A sensor that reads too much does so in the baseline, too, so that its stated error is that of the difference; what is
 * random in the windows keeps its joules, however small the difference is.
 */
function netEnergy(idle: IdlePower, { total, seconds, images, stated, random, spread }: Gross) {
  const net = total - idle.watts * seconds
  const baseline = idle.halfWidth * seconds
  const interval = (joules: number, share: number, repeats: number): Interval => ({
    joules,
    low: joules - Math.hypot(Math.abs(joules) * stated.down, random * share, baseline * share, repeats),
    high: joules + Math.hypot(Math.abs(joules) * stated.up, random * share, baseline * share, repeats),
  })
  return {
    total: interval(net, 1, 0),
    perImage: interval(net / images, 1 / images, (total / images) * spread),
    baseline: net === 0 ? 0 : baseline / Math.abs(net),
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

const shownIdle = ({ halfWidth: _, ...idle }: IdlePower): NonNullable<EnergyRecord['idle']> => idle
