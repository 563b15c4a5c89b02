/**
 * Power rails of NVIDIA Jetson modules, measured by INA3221 chips on the module: the carrier board is not in them.
 *
 * @see https://docs.kernel.org/hwmon/ina3221.html
 */
import { join } from 'node:path'
import { threadModule } from './compiled-module.js'
import { DeviceFile } from './device-file.js'
import { type HwmonChip, labelOf, problemOf, readHwmonChips } from './hwmon-chips.js'
import type { ProfilerOptions, ProfilerSource } from './profiler.js'
import { type FoundSensors, type Sensor, SensorProfiler } from './sensor-profiler.js'

/** The rail through which all others of the module are fed. */
const INPUT_RAIL = /^(VDD_IN|POM_5V_IN|VIN)$/
/** Fed by another rail of the list, so that a sum would hold it twice. */
const FED_RAIL = /^(VDDQ_VDD2_1V8AO|NC)$/
const ERROR = 0.05
const HIGHEST_WATTS = 300

/** `jetson`: the input rail where the module has one, else the sum of its rails. */
export class JetsonProfiler extends SensorProfiler {
  readonly name = 'jetson'
  override readonly source: ProfilerSource

  constructor(options: ProfilerOptions = {}) {
    super(options)
    this.source = { module: threadModule('jetson'), factory: 'makeJetsonProfiler', options: { root: this.root } }
  }

  protected async find(): Promise<FoundSensors> {
    const rails = readHwmonChips(this.root)
      .filter(({ name }) => name === 'ina3221' || name === 'ina3221x')
      .flatMap(railsOf)
    if (rails.length === 0) return { reason: 'the kernel shows no INA3221 power monitor of a Jetson module' }
    const problem = rails.flatMap(({ volts, amperes }) => [problemOf(volts), problemOf(amperes)]).find((one) => one)
    if (problem !== undefined) return problem
    const hasInput = rails.some(({ name }) => INPUT_RAIL.test(name))
    const sensors = rails.map((rail) => sensorOf(rail, hasInput))
    const counted = sensors.filter(({ domain }) => domain.isCounted).map(({ domain }) => domain.name)
    return { sensors, detail: `INA3221 ${counted.join(', ')}; the carrier board is not measured` }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeJetsonProfiler(options: ProfilerOptions): JetsonProfiler {
  return new JetsonProfiler(options)
}

interface Rail {
  readonly name: string
  /** Files: mV, and mA through the shunt. */
  readonly volts: string
  readonly amperes: string
}

function railsOf(chip: HwmonChip): Rail[] {
  return ['1', '2', '3'].flatMap((number) => {
    const [volts, amperes] = [`in${number}_input`, `curr${number}_input`]
    if (!chip.files.includes(volts) || !chip.files.includes(amperes)) return []
    const name = labelOf(chip, volts) ?? `${chip.device}-${number}`
    return [{ name, volts: join(chip.folder, volts), amperes: join(chip.folder, amperes) }]
  })
}

function sensorOf({ name, volts, amperes }: Rail, hasInput: boolean): Sensor {
  const [voltage, current] = [new DeviceFile(volts), new DeviceFile(amperes)]
  const isInput = INPUT_RAIL.test(name)
  const isCounted = hasInput ? isInput : !FED_RAIL.test(name)
  return {
    domain: {
      name,
      // Rails that are added up are the module: its processors must not be counted again.
      part: isCounted ? 'system' : 'other',
      ...(isCounted && !isInput ? { device: name, isShare: true } : {}),
      counter: 'power',
      highestWatts: HIGHEST_WATTS,
      isCounted,
      low: 1 - ERROR,
      high: 1 + ERROR,
      source: 'INA3221 of the module',
    },
    read() {
      const [millivolts, milliamperes] = [voltage.readCounter(), current.readCounter()]
      if (millivolts === undefined || milliamperes === undefined) return undefined
      return millivolts * milliamperes * 1e-6
    },
    close() {
      voltage.close()
      current.close()
    },
  }
}
