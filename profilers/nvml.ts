/**
 * Energy of NVIDIA boards by the driver's library: its counter where the board has one, else its power over time.
 *
 * @see https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GreenbenchError } from '../src/core/errors.js'
import { messageOf } from './checked-reading.js'
import { threadModule } from './compiled-module.js'
import { textIfThere } from './device-file.js'
import { chooseBoards } from './gpu-choice.js'
import { describeVirtualisation, readVirtualisation } from './machine.js'
import { type NvmlBoard, NvmlError, type NvmlLibrary, openNvml } from './nvml-library.js'
import { hasPciVendor, NVIDIA } from './pci-vendor.js'
import type { EnergyDomain, ProfilerOptions, ProfilerSource } from './profiler.js'
import { type FoundSensors, type Sensor, SensorProfiler } from './sensor-profiler.js'

/** Options of `NvmlProfiler`. */
export interface NvmlOptions extends ProfilerOptions {
  /** Path of the library; the places where drivers put it when absent. */
  readonly library?: string
  /** Stands in for the environment in tests. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

const HIGHEST_WATTS = 3000
/**
 * The documentation gives 5% for power; A100 and H100 look at it for a quarter of the time only (Yang 2024,
 * doi:10.1109/SC41406.2024.00028).
 */
const ERROR = 0.05

/** `nvml`: one counter per board; power over time is shown beside it, to see whether the two agree. */
export class NvmlProfiler extends SensorProfiler {
  readonly name = 'nvml'
  override readonly source: ProfilerSource
  readonly #options: NvmlOptions
  #library: NvmlLibrary | undefined

  constructor(options: NvmlOptions = {}) {
    super(options)
    const { clock: _, environment: __, ...sent } = options
    this.#options = options
    this.source = { module: threadModule('nvml'), factory: 'makeNvmlProfiler', options: sent }
  }

  protected async find(): Promise<FoundSensors> {
    try {
      this.#library = await openNvml(this.#options.library)
      return this.#choose(this.#library)
    } catch (error) {
      if (error instanceof GreenbenchError) return { reason: error.message, ...(error.hint ? { fix: error.hint } : {}) }
      return this.#absent(error)
    }
  }

  override async close(): Promise<void> {
    this.#library?.close()
    this.#library = undefined
    await super.close()
  }

  #choose(library: NvmlLibrary): FoundSensors {
    const { environment = process.env, gpus } = this.#options
    const { boards, note } = chooseBoards(library.boards, {
      asked: gpus,
      visible: environment.CUDA_VISIBLE_DEVICES,
      order: environment.CUDA_DEVICE_ORDER,
      boardOfInstance: library.boardOfInstance,
    })
    if (library.boards.length === 0) return { reason: "NVIDIA's driver shows no GPU" }
    if (boards.length === 0) return { reason: 'CUDA_VISIBLE_DEVICES hides every GPU', fix: 'choose some with --gpu 0' }
    const silent = boards.find((board) => board.energy() === undefined && board.power() === undefined)
    if (silent !== undefined) return { reason: `${labelOf(silent)} tells neither its energy nor its power` }
    const notes = note === undefined ? [] : [note]
    return { sensors: boards.flatMap(sensorsOf), detail: [boards.map(describe).join(', '), ...notes].join('; ') }
  }

  #absent(error: unknown): FoundSensors {
    const reason = messageOf(error)
    const virtual = readVirtualisation(this.root)
    const hasBoard = hasPciVendor(this.root, NVIDIA)
    if (!(error instanceof NvmlError) || !error.isAbsent) return { reason }
    if (virtual.container !== undefined && (hasBoard || existsSync(join(this.root, 'proc/driver/nvidia')))) {
      const fix = 'docker run --gpus all ... (with the NVIDIA container toolkit on the host)'
      return { reason: `${reason}; this is ${describeVirtualisation(virtual)}`, fix }
    }
    if (!hasBoard) return { reason: `${reason}: this machine shows no NVIDIA GPU` }
    const driver = textIfThere(join(this.root, 'proc/driver/nvidia/version'))
    const fix = driver === undefined ? "install NVIDIA's driver" : "install the library of NVIDIA's driver"
    return { reason, fix: `${fix}, e.g. sudo apt install nvidia-driver` }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeNvmlProfiler(options: NvmlOptions): NvmlProfiler {
  return new NvmlProfiler(options)
}

const labelOf = ({ index, name }: NvmlBoard): string => `gpu-${index} (${name})`

function describe(board: NvmlBoard): string {
  const source = board.energy() === undefined ? 'power over time' : 'energy counter'
  const divided = board.isDivided ? ', divided by MIG: energy is that of the whole board' : ''
  return `${labelOf(board)}: ${source} of all processes on it${divided}`
}

/** For the record, where it says whose energy it is. */
const placeOf = ({ name, isDivided }: NvmlBoard): string =>
  `the whole board${isDivided ? ' with all its MIG instances' : ''}, ${name}`

/** The power is looked at even where there is a counter: on some boards the two differ by a third. */
function sensorsOf(board: NvmlBoard): Sensor[] {
  const hasCounter = board.energy() !== undefined
  const power = board.power() === undefined ? [] : [powerSensor(board, !hasCounter)]
  return hasCounter ? [counterSensor(board), ...power] : power
}

const common = ({ uuid }: NvmlBoard) =>
  ({
    part: 'gpu',
    device: uuid,
    highestWatts: HIGHEST_WATTS,
    resolution: 1e-3,
    low: 1 - ERROR,
    high: 1 + ERROR,
  }) as const

function counterSensor(board: NvmlBoard): Sensor {
  const domain: EnergyDomain = {
    name: `gpu-${board.index}`,
    ...common(board),
    counter: 'energy',
    isCounted: true,
    source: `NVML energy counter of ${placeOf(board)}`,
  }
  return { domain, read: board.energy, close: () => undefined }
}

function powerSensor(board: NvmlBoard, isCounted: boolean): Sensor {
  const domain: EnergyDomain = {
    name: isCounted ? `gpu-${board.index}` : `gpu-${board.index}/power`,
    ...common(board),
    counter: 'power',
    isCounted,
    source: `NVML power over time of ${placeOf(board)}`,
  }
  return { domain, read: board.power, close: () => undefined }
}
