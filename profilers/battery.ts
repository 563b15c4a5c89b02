/**
 * Power drawn from a laptop's battery, which is that of the whole machine while it runs on it.
 *
 * @see https://docs.kernel.org/admin-guide/abi-testing.html `sysfs-class-power`
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { seconds } from '../src/core/units.js'
import { threadModule } from './compiled-module.js'
import { DeviceFile, parseCounter, textIfThere } from './device-file.js'
import type { ProfilerOptions, ProfilerSource } from './profiler.js'
import { type FoundSensors, type Sensor, SensorProfiler } from './sensor-profiler.js'

/** Batteries tell a new value every few seconds; this is what most are slower than. */
const UPDATE_PERIOD = seconds(5)
const ERROR = 0.1
const HIGHEST_WATTS = 500

/** `battery`: the power of each battery, only while it is being discharged. */
export class BatteryProfiler extends SensorProfiler {
  readonly name = 'battery'
  override readonly source: ProfilerSource

  constructor(options: ProfilerOptions = {}) {
    super(options)
    this.source = { module: threadModule('battery'), factory: 'makeBatteryProfiler', options: { root: this.root } }
  }

  protected async find(): Promise<FoundSensors> {
    const folder = join(this.root, 'sys/class/power_supply')
    const batteries = suppliesIn(folder).filter((name) => isBattery(join(folder, name)))
    if (batteries.length === 0) return { reason: 'this machine has no battery' }
    const discharging = batteries.filter((name) => statusOf(join(folder, name)) === 'Discharging')
    if (discharging.length === 0) {
      const status = statusOf(join(folder, batteries[0] ?? '')) ?? 'unknown'
      const fix = 'unplug the charger: only then the machine draws its power from the battery'
      return { reason: `the battery is not discharging (${batteries[0]}: ${status})`, fix }
    }
    const sensors = discharging.map((name) => sensorOf(join(folder, name), name, discharging.length > 1))
    const silent = sensors.find((sensor) => !((sensor.read() ?? 0) > 0))
    if (silent === undefined) return { sensors, detail: `battery ${discharging.join(', ')}, discharging` }
    return { reason: `battery ${silent.domain.name} tells neither its power nor its current` }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeBatteryProfiler(options: ProfilerOptions): BatteryProfiler {
  return new BatteryProfiler(options)
}

function suppliesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort().slice(0, 64)
  } catch {
    // No folder, no supplies.
    return []
  }
}

/** A mouse or a headset has a battery of its own, whose scope is its device. */
function isBattery(folder: string): boolean {
  return textIfThere(join(folder, 'type')) === 'Battery' && textIfThere(join(folder, 'scope')) !== 'Device'
}

const statusOf = (folder: string): string | undefined => textIfThere(join(folder, 'status'))

/** uW in `power_now`, or uA and uV; some drivers show a discharge as negative. */
function sensorOf(folder: string, name: string, isOneOfMany: boolean): Sensor {
  const file = (leaf: string) => new DeviceFile(join(folder, leaf))
  const status = file('status')
  const hasPower = textIfThere(join(folder, 'power_now')) !== undefined
  const factors = hasPower ? [file('power_now')] : [file('current_now'), file('voltage_now')]
  return {
    domain: {
      name,
      part: 'system',
      counter: 'power',
      highestWatts: HIGHEST_WATTS,
      updatePeriod: UPDATE_PERIOD,
      isCounted: true,
      ...(isOneOfMany ? { device: name, isShare: true } : {}),
      low: 1 - ERROR,
      high: 1 + ERROR,
      source: `battery, ${hasPower ? 'power_now' : 'current_now x voltage_now'}`,
    },
    read() {
      if (status.readText().trim() !== 'Discharging') return undefined
      const micro = factors.map((factor) => parseCounter(factor.readText().trim().replace(/^-/, '')))
      return micro.reduce<number | undefined>(
        (product, value) => (product === undefined || value === undefined ? undefined : product * value * 1e-6),
        1,
      )
    },
    close() {
      for (const one of [status, ...factors]) one.close()
    },
  }
}
