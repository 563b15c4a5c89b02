/**
 * Energy counters of Intel graphics boards as the i915 and xe drivers show them.
 *
 * @see https://docs.kernel.org/admin-guide/abi-testing.html `intel-i915-hwmon`, `intel-xe-hwmon`
 */
import { join } from 'node:path'
import { threadModule } from './compiled-module.js'
import { type HwmonChip, labelOf, problemOf, readHwmonChips } from './hwmon-chips.js'
import type { ProfilerOptions, ProfilerSource } from './profiler.js'
import { type FoundSensors, fileSensor, type Sensor, SensorProfiler } from './sensor-profiler.js'

const HIGHEST_WATTS = 2000
/** As of the counters of Intel's processors, which are made alike; the drivers state none. */
const ERROR = 0.1

/** `intel-gpu`: one energy counter per board; those of its package and tiles are shown beside it. */
export class IntelGpuProfiler extends SensorProfiler {
  readonly name = 'intel-gpu'
  override readonly source: ProfilerSource

  constructor(options: ProfilerOptions = {}) {
    super(options)
    this.source = { module: threadModule('intel-gpu'), factory: 'makeIntelGpuProfiler', options: { root: this.root } }
  }

  protected async find(): Promise<FoundSensors> {
    const counters = readHwmonChips(this.root)
      .filter(({ name }) => /^(i915|xe)(_gt\d+)?$/.test(name))
      .flatMap(countersOf)
    if (counters.length === 0) {
      const what = 'the kernel shows no energy counter of an Intel graphics board (hwmon "i915" or "xe")'
      return { reason: `${what}; Linux 6.2 does for discrete boards, and rapl has that of integrated ones` }
    }
    for (const { path } of counters) {
      const problem = problemOf(path)
      if (problem !== undefined) return problem
    }
    const sensors = counters.map((counter) => sensorOf(counter, isLargest(counter, counters)))
    const counted = sensors.filter(({ domain }) => domain.isCounted)
    return { sensors, detail: `hwmon ${counted.map(({ domain }) => domain.name).join(', ')}` }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeIntelGpuProfiler(options: ProfilerOptions): IntelGpuProfiler {
  return new IntelGpuProfiler(options)
}

interface Counter {
  readonly path: string
  readonly device: string
  readonly name: string
  /** 0 for a whole board, more for what it contains. */
  readonly depth: number
}

const DEPTHS: Readonly<Record<string, number>> = { card: 0, pkg: 1 }
/** Tiles make up a package together. */
const TILE = 2

function countersOf(chip: HwmonChip): Counter[] {
  const isTile = chip.name.includes('_gt')
  return chip.files
    .filter((file) => /^energy\d_input$/.test(file))
    .map((file) => {
      const label = isTile ? chip.name.replace(/^.*_/, '') : (labelOf(chip, file) ?? 'card')
      const depth = isTile ? TILE : (DEPTHS[label] ?? TILE + 1)
      return { path: join(chip.folder, file), device: chip.device, name: label, depth }
    })
}

/** Whether nothing else contains it: the card, or its package where the card has no counter. */
function isLargest(counter: Counter, counters: readonly Counter[]): boolean {
  return !counters.some(({ device, depth }) => device === counter.device && depth < counter.depth)
}

function sensorOf({ path, device, name, depth }: Counter, isCounted: boolean): Sensor {
  return fileSensor(path, 1e-6, {
    name: depth === 0 ? `gpu-${device}` : `gpu-${device}/${name}`,
    part: 'gpu',
    device,
    counter: 'energy',
    highestWatts: HIGHEST_WATTS,
    resolution: 2 ** -14,
    isCounted,
    isShare: depth === TILE,
    low: 1 - ERROR,
    high: 1 + ERROR,
    source: 'energy counter of the graphics driver',
  })
}
