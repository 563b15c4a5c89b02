/**
 * Power meters of the whole machine that its board or power supply carries, and other power sensors of hwmon.
 *
 * @see https://docs.kernel.org/hwmon/acpi_power_meter.html
 */
import { join } from 'node:path'
import { type Seconds, seconds } from '../src/core/units.js'
import { threadModule } from './compiled-module.js'
import { parseCounter, textIfThere } from './device-file.js'
import { firstFile, type HwmonChip, labelOf, problemOf, readHwmonChips } from './hwmon-chips.js'
import type { EnergyPart, ProfilerOptions, ProfilerSource } from './profiler.js'
import { type FoundSensors, fileSensor, type Sensor, SensorProfiler } from './sensor-profiler.js'

/** Chips whose first power value is that of a known part; of all others nobody knows what hangs on them. */
const KNOWN: Readonly<Record<string, { readonly part: EnergyPart; readonly source: string }>> = {
  power_meter: { part: 'system', source: 'ACPI power meter' },
  corsairpsu: { part: 'system', source: 'power supply' },
  fam15h_power: { part: 'package', source: "model in AMD's family 15h" },
  zenpower: { part: 'package', source: 'current sensors of AMD processors' },
}
/** Chips that have a profiler of their own. */
const OTHERS = /^(amdgpu|i915|xe|ina3221|BAT\d+)/
/** ACPI meters state theirs in `power1_accuracy`; this is for those that do not. */
const ERROR = 0.05
const HIGHEST_WATTS = 20_000

/** `hwmon`: meters of the whole machine are counted; sensors of unknown parts are shown. */
export class HwmonProfiler extends SensorProfiler {
  readonly name = 'hwmon'
  override readonly source: ProfilerSource

  constructor(options: ProfilerOptions = {}) {
    super(options)
    this.source = { module: threadModule('hwmon'), factory: 'makeHwmonProfiler', options: { root: this.root } }
  }

  protected async find(): Promise<FoundSensors> {
    const found = readHwmonChips(this.root)
      .filter(({ name }) => !OTHERS.test(name))
      .flatMap(powerFilesOf)
    const known = found.filter(({ isKnown }) => isKnown)
    if (found.length === 0) return { reason: 'the kernel shows no power meter (no hwmon chip has a power value)' }
    if (known.length === 0) {
      const chips = [...new Set(found.map(({ chip }) => chip.name))].join(', ')
      return { reason: `nobody knows what part of the machine hangs on its power sensors (${chips})` }
    }
    const problem = known.map(({ path }) => problemOf(path)).find((one) => one !== undefined)
    if (problem !== undefined) return problem
    const sensors = found.filter(({ path }) => problemOf(path) === undefined).map(sensorOf)
    return { sensors, detail: `hwmon ${known.map(({ chip }) => chip.name).join(', ')}` }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeHwmonProfiler(options: ProfilerOptions): HwmonProfiler {
  return new HwmonProfiler(options)
}

interface PowerFile {
  readonly chip: HwmonChip
  readonly path: string
  readonly number: string
  readonly isKnown: boolean
}

/** An averaged value is better than an instant one, since nothing of it is missed between readings. */
function powerFilesOf(chip: HwmonChip): PowerFile[] {
  const numbers = new Set(chip.files.flatMap((file) => /^power(\d{1,3})_(?:average|input)$/.exec(file)?.[1] ?? []))
  return [...numbers].flatMap((number) => {
    const file = firstFile(chip, `power${number}_average`, `power${number}_input`)
    const isKnown = number === '1' && KNOWN[chip.name] !== undefined
    return file === undefined ? [] : [{ chip, path: join(chip.folder, file), number, isKnown }]
  })
}

function sensorOf({ chip, path, number, isKnown }: PowerFile): Sensor {
  const { part, source } = (isKnown ? KNOWN[chip.name] : undefined) ?? { part: 'other', source: 'power sensor' }
  const label = labelOf(chip, path) ?? `power${number}`
  const period = intervalOf(chip, number)
  const error = accuracyOf(chip, number)
  const domain = {
    name: `${chip.name}-${chip.device}/${label}`.slice(0, 100),
    part,
    counter: 'power',
    highestWatts: HIGHEST_WATTS,
    resolution: 1e-6,
    isCounted: isKnown,
    isShare: part === 'package',
    low: 1 - error,
    high: 1 + error,
    source: `${source}, hwmon ${chip.name}`,
  } as const
  return fileSensor(path, 1e-6, period === undefined ? domain : { ...domain, updatePeriod: period })
}

/** `power1_average_interval`: milliseconds over which the meter averages. */
function intervalOf(chip: HwmonChip, number: string): Seconds | undefined {
  const milliseconds = parseCounter(textIfThere(join(chip.folder, `power${number}_average_interval`)) ?? '')
  return milliseconds === undefined || milliseconds === 0 ? undefined : seconds(milliseconds / 1000)
}

/** `power1_accuracy`: e.g. `95.0%`. */
function accuracyOf(chip: HwmonChip, number: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(textIfThere(join(chip.folder, `power${number}_accuracy`)) ?? '')?.[1]
  const error = 1 - Number(percent) / 100
  return error > 0 && error < 0.5 ? error : ERROR
}
