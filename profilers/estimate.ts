/**
 * Energy without a sensor: watts of processor, memory and GPUs from published constants and the machine's load. Works in
 * virtual machines, containers and on any system. Every figure of it is modelled, and its interval is wide.
 */
import { type Seconds, seconds } from '../src/core/units.js'
import { messageOf } from './checked-reading.js'
import { type Clock, monotonicClock } from './clock.js'
import { threadModule } from './compiled-module.js'
import { readCpuIdentity } from './cpu-identity.js'
import { type CpuPowerModel, cpuPowerModel } from './cpu-power-model.js'
import type { GpuLoad } from './gpu-load.js'
import { type MachineLoad, machineLoad } from './machine-load.js'
import { mayHaveNvidia } from './pci-vendor.js'
import {
  type Availability,
  type EnergyDomain,
  Profiler,
  type ProfilerOptions,
  type ProfilerSource,
  type Reading,
} from './profiler.js'

/** W per GiB of memory in use: 0.392 (Cloud Carbon Footprint) and 3/8 (Eco2AI, CodeCarbon 2: 3 W per 8 GB). */
const MEMORY_WATTS_PER_GIB = (0.392 + 0.375) / 2
/** Large modules of today use a quarter of that; and memory that nobody uses is refreshed all the same. */
const MEMORY_ERROR = { low: 0.25, high: 2 }
/** Ticks of `/proc/stat` come 100 times a second. */
const TICK = seconds(0.01)

const MEMORY_PERIOD = 1

/** Options of `EstimateProfiler`. */
export interface EstimateOptions extends ProfilerOptions {
  /** Path of NVIDIA's library, for the load of boards. */
  readonly nvml?: string
}

/** `estimate`: one domain for the processors, one for memory, one for each GPU whose load is known. */
export class EstimateProfiler extends Profiler {
  readonly name = 'estimate'
  readonly kind = 'modelled'
  override readonly source: ProfilerSource
  override readonly isSynchronous = true
  readonly #clock: Clock
  readonly #load: MachineLoad
  readonly #model: CpuPowerModel
  readonly #threads: number
  readonly #given: EstimateOptions
  #hasMemory = false
  #gpus: GpuLoad | undefined
  /** Memory in use changes slowly and is dear to read: it is read once a second. */
  #memory: { readonly at: number; readonly watts: number | undefined } | undefined

  /** @throws {UsageError} `E_CPU_TDP` when `cpuTdp` is no believable power */
  constructor(options: EstimateOptions = {}) {
    super()
    const { root = '/', clock = monotonicClock, cpuTdp } = options
    this.#clock = clock
    this.#load = machineLoad(root)
    const cpu = readCpuIdentity(root)
    this.#threads = cpu.threads
    this.#model = cpuPowerModel(cpu, cpuTdp)
    const { clock: _, ...given } = options
    this.#given = given
    this.source = { module: threadModule('estimate'), factory: 'makeEstimateProfiler', options: given }
  }

  async probe(): Promise<Availability> {
    try {
      this.#load.cpuTimes()
    } catch (error) {
      return { isAvailable: false, reason: `the processors' load cannot be read: ${messageOf(error)}` }
    }
    this.#hasMemory = this.#usedGib() !== undefined
    this.#gpus?.close()
    this.#gpus = await this.#openGpus()
    const memory = this.#hasMemory ? `; memory ${memorySource}` : ''
    const gpus = (this.#gpus?.sensors ?? []).map(({ domain }) => `; ${domain.name} ${domain.source}`)
    return { isAvailable: true, detail: `model: ${this.#model.name}${memory}${gpus.join('')}` }
  }

  domains(): readonly EnergyDomain[] {
    const cpu = this.#cpuDomain()
    const gpus = (this.#gpus?.sensors ?? []).map(({ domain }) => domain)
    return this.#hasMemory ? [cpu, MEMORY_DOMAIN, ...gpus] : [cpu, ...gpus]
  }

  read(): Reading {
    const before = this.#clock()
    const busy = this.#busySeconds()
    const used = this.#hasMemory ? [this.#memoryWatts(before)] : []
    const gpus = (this.#gpus?.sensors ?? []).map((sensor) => sensor.read())
    const at = seconds((before + this.#clock()) / 2)
    return { at, values: [this.#cpuJoules(at, busy), ...used, ...gpus] }
  }

  override async close(): Promise<void> {
    this.#load.close()
    this.#gpus?.close()
    this.#gpus = undefined
  }

  /** Loaded only where there may be boards, since the sampling thread has to start quickly. */
  async #openGpus(): Promise<GpuLoad | undefined> {
    const { root = '/', nvml } = this.#given
    if (nvml === undefined && !mayHaveNvidia(root)) return undefined
    const { openGpuLoad } = await import('./gpu-load.js')
    return openGpuLoad(this.#given, nvml)
  }

  /**
   * The line makes the energy a sum of two counters, time and busy CPU seconds, so that nothing depends on how often it
   * is read.
   */
  #cpuJoules(at: Seconds, busy: number | undefined): number | undefined {
    if (busy === undefined) return undefined
    const { idleWatts, fullWatts } = this.#model
    return idleWatts * at + ((fullWatts - idleWatts) / this.#threads) * busy
  }

  #busySeconds(): number | undefined {
    try {
      return this.#load.cpuTimes().busy
    } catch {
      // A failed read is a gap; the window that meets it says so.
      return undefined
    }
  }

  #memoryWatts(now: Seconds): number | undefined {
    if (this.#memory === undefined || now - this.#memory.at >= MEMORY_PERIOD) {
      const gib = this.#usedGib()
      this.#memory = { at: now, watts: gib === undefined ? undefined : gib * MEMORY_WATTS_PER_GIB }
    }
    return this.#memory.watts
  }

  #usedGib(): number | undefined {
    try {
      const bytes = this.#load.usedMemory()
      return bytes === undefined ? undefined : bytes / 2 ** 30
    } catch {
      // As above.
      return undefined
    }
  }

  #cpuDomain(): EnergyDomain {
    const { name, idleWatts, fullWatts, low, high } = this.#model
    return {
      name: 'cpu',
      part: 'package',
      counter: 'energy',
      highestWatts: fullWatts * 2,
      resolution: (fullWatts - idleWatts) * TICK,
      updatePeriod: TICK,
      isCounted: true,
      low,
      high,
      source: name,
    }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeEstimateProfiler(options: EstimateOptions): EstimateProfiler {
  return new EstimateProfiler(options)
}

const memorySource = `${MEMORY_WATTS_PER_GIB.toFixed(3)} W per GiB in use`

const MEMORY_DOMAIN: EnergyDomain = {
  name: 'memory',
  part: 'dram',
  counter: 'power',
  updatePeriod: TICK,
  isCounted: true,
  ...MEMORY_ERROR,
  source: memorySource,
}
