/**
 * Power of AMD graphics boards as the amdgpu driver shows it.
 *
 * @see https://docs.kernel.org/gpu/amdgpu/thermal.html
 */
import { join } from 'node:path'
import { threadModule } from './compiled-module.js'
import { textIfThere } from './device-file.js'
import { firstFile, type HwmonChip, problemOf, readHwmonChips } from './hwmon-chips.js'
import type { EnergyDomain, ProfilerOptions, ProfilerSource } from './profiler.js'
import { type FoundSensors, fileSensor, type Sensor, SensorProfiler } from './sensor-profiler.js'

/** Above any board or socket. */
const HIGHEST_WATTS = 3000
/** The driver states none; firmware averages of boards were found within this of meters at the wall. */
const ERROR = 0.1

/** `amdgpu`: one power value per board. The one of an APU contains its processor. */
export class AmdGpuProfiler extends SensorProfiler {
  readonly name = 'amdgpu'
  override readonly source: ProfilerSource

  constructor(options: ProfilerOptions = {}) {
    super(options)
    this.source = { module: threadModule('amdgpu'), factory: 'makeAmdGpuProfiler', options: { root: this.root } }
  }

  protected async find(): Promise<FoundSensors> {
    const chips = readHwmonChips(this.root).filter(({ name }) => name === 'amdgpu')
    if (chips.length === 0) return { reason: 'the kernel shows no AMD graphics board (no hwmon chip "amdgpu")' }
    const boards = chips.flatMap((chip) => {
      const file = firstFile(chip, 'power1_average', 'power1_input')
      return file === undefined ? [] : [{ chip, path: join(chip.folder, file) }]
    })
    if (boards.length === 0) return { reason: `${chips[0]?.folder} shows no power of the AMD graphics board` }
    for (const { path } of boards) {
      const problem = problemOf(path)
      if (problem !== undefined) return problem
    }
    const sensors = boards.map(({ chip, path }) => sensorOf(chip, path))
    return { sensors, detail: `hwmon amdgpu ${sensors.map(({ domain }) => domain.name).join(', ')}` }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeAmdGpuProfiler(options: ProfilerOptions): AmdGpuProfiler {
  return new AmdGpuProfiler(options)
}

function sensorOf(chip: HwmonChip, path: string): Sensor {
  const common = { counter: 'power', highestWatts: HIGHEST_WATTS, resolution: 1e-6, isCounted: true } as const
  const error = { low: 1 - ERROR, high: 1 + ERROR }
  const domain: EnergyDomain = isApu(chip)
    ? { name: `apu-${chip.device}`, part: 'package', ...common, ...error, source: 'amdgpu power of the whole APU' }
    : {
        name: `gpu-${chip.device}`,
        part: 'gpu',
        device: chip.device,
        ...common,
        ...error,
        source: 'amdgpu board power',
      }
  return fileSensor(path, 1e-6, domain, isBelievable)
}

/** Only APUs have the voltage of a northbridge. */
const isApu = (chip: HwmonChip): boolean => textIfThere(join(chip.folder, 'in1_label')) === 'vddnb'

/** Firmware that knows no power fills its field with ones, which the driver then scales to microwatts. */
export function isBelievable(microwatts: number): boolean {
  const watts = microwatts * 1e-6
  const isAllOnes = [0xffff, 0xffffffff].some((ones) => microwatts > 0 && microwatts % ones === 0)
  return !isAllOnes && watts <= HIGHEST_WATTS
}
