/**
 * Energy counters of Intel and AMD processors as Linux powercap shows them.
 *
 * @see https://docs.kernel.org/power/powercap/powercap.html
 * @see https://docs.kernel.org/admin-guide/abi-testing.html `/sys/class/powercap/`
 */
import { join } from 'node:path'
import { seconds } from '../src/core/units.js'
import { type Clock, monotonicClock } from './clock.js'
import { threadModule } from './compiled-module.js'
import { isAmd } from './cpu-packages.js'
import { DeviceFile, errorCode, parseCounter, readDeviceText, textIfThere } from './device-file.js'
import { describeVirtualisation, readVirtualisation } from './machine.js'
import {
  type Availability,
  type CounterFile,
  type EnergyDomain,
  Profiler,
  type ProfilerOptions,
  type ProfilerSource,
  type Reading,
} from './profiler.js'
import { RAPL_HIGHEST_WATTS, RAPL_RESOLUTION, raplError } from './rapl-limits.js'
import { type RaplZone, type ReadText, readRaplZones } from './rapl-zones.js'

/** Options of `RaplProfiler`. */
export interface RaplOptions extends ProfilerOptions {
  /** Stands in for the kernel in tests. */
  readonly readText?: ReadText
}

/**
 * Processors with SGX switched on add noise to their counters, so that nobody reads secrets from them; over seconds it
 * averages out (Intel, Running Average Power Limit Energy Reporting, CVE-2020-8694).
 */
const SGX = /^flags\s*:.*\bsgx\b/m

/** J in a microjoule. */
const MICRO = 1e-6

/** `rapl`: packages and DRAM are added up; core, uncore and psys are shown beside them. */
export class RaplProfiler extends Profiler {
  readonly name = 'rapl'
  readonly kind = 'measured'
  override readonly source: ProfilerSource | undefined
  override readonly isSynchronous = true
  readonly #root: string
  readonly #clock: Clock
  readonly #readText: ReadText
  #zones: readonly RaplZone[] = []
  #counters: readonly DeviceFile[] = []
  #cpuinfo = ''

  constructor({ root = '/', clock = monotonicClock, readText }: RaplOptions = {}) {
    super()
    this.#root = root
    this.#clock = clock
    this.#readText = readText ?? readDeviceText
    const onThread = { module: threadModule('rapl'), factory: 'makeRaplProfiler', options: { root } }
    this.source = readText === undefined ? onThread : undefined
  }

  async probe(): Promise<Availability> {
    const folder = join(this.#root, 'sys/class/powercap')
    this.#cpuinfo = textIfThere(join(this.#root, 'proc/cpuinfo')) ?? ''
    let zones: readonly RaplZone[]
    try {
      zones = readRaplZones(folder, this.#readText, !isAmd(this.#cpuinfo))
    } catch (error) {
      return this.#absent(`cannot list ${folder} (${errorCode(error)})`)
    }
    if (!zones.some((zone) => zone.isCounted)) return this.#absent(`${folder} has no RAPL zone`)
    const denied = zones.map((zone) => ({ zone, problem: this.#problemOf(zone) }))
    const first = denied.find(({ zone, problem }) => zone.isCounted && problem !== undefined)
    if (first?.problem !== undefined) return refused(folder, first.zone, first.problem)
    this.#zones = denied.flatMap(({ zone, problem }) => (problem === undefined ? [zone] : []))
    await this.close()
    this.#counters = this.#zones.map((zone) => new DeviceFile(zone.counter))
    return { isAvailable: true, detail: this.#detail(folder) }
  }

  domains(): readonly EnergyDomain[] {
    const isFiltered = SGX.test(this.#cpuinfo)
    return this.#zones.map((zone) => domainOf(zone, raplError(zone.part, this.#cpuinfo), isFiltered))
  }

  read(): Reading {
    const before = this.#clock()
    const values: (number | undefined)[] = []
    for (const counter of this.#counters) values.push(joulesOf(counter))
    return { at: seconds((before + this.#clock()) / 2), values }
  }

  override counterFiles(): readonly CounterFile[] {
    return this.#zones.map(({ counter }) => ({ path: counter, scale: MICRO }))
  }

  override async close(): Promise<void> {
    for (const counter of this.#counters) counter.close()
  }

  #problemOf(zone: RaplZone): string | undefined {
    try {
      return parseCounter(this.#readText(zone.counter)) === undefined ? 'it holds no number' : undefined
    } catch (error) {
      return errorCode(error)
    }
  }

  #detail(folder: string): string {
    const counted = this.#zones.filter((zone) => zone.isCounted)
    const unbounded = counted.filter((zone) => zone.range === undefined).map((zone) => zone.name)
    const names = `powercap ${counted.map((zone) => zone.name).join(', ')}`
    if (unbounded.length === 0) return names
    return `${names}; the range of ${unbounded.join(', ')} cannot be read, so a wrap of it is not corrected: ${openFiles(folder)}`
  }

  #absent(what: string): Availability {
    const virtual = readVirtualisation(this.#root)
    const place = describeVirtualisation(virtual)
    if (process.platform !== 'linux') {
      return { isAvailable: false, reason: `RAPL is read from Linux powercap; this is ${process.platform}` }
    }
    if (virtual.machine !== undefined) {
      const reason = `${what}; this is ${place}, whose host does not pass the counters on`
      return { isAvailable: false, reason, fix: 'measure on the host itself' }
    }
    if (virtual.container !== undefined) {
      const fix = `docker run --security-opt systempaths=unconfined -v /sys/class/powercap:/sys/class/powercap:ro ...`
      return { isAvailable: false, reason: `${what}; this is ${place}, which hides powercap`, fix }
    }
    return { isAvailable: false, reason: what, fix: 'sudo modprobe intel_rapl_msr' }
  }
}

function joulesOf(counter: DeviceFile): number | undefined {
  try {
    const microjoules = counter.readCounter()
    return microjoules === undefined ? undefined : microjoules * MICRO
  } catch {
    // A failed read is a gap; the window that meets it says so.
    return undefined
  }
}

/** Makes the profiler on the sampling thread. */
export function makeRaplProfiler(options: RaplOptions): RaplProfiler {
  return new RaplProfiler(options)
}

/**
 * Since CVE-2020-8694 the counters are readable by root alone. sysfs knows no access lists, so the mode is what there
 * is to change; it lasts until the next start.
 */
function refused(folder: string, zone: RaplZone, problem: string): Availability {
  const reason = `cannot read ${zone.counter} (${problem})`
  if (problem !== 'EACCES' && problem !== 'EPERM') return { isAvailable: false, reason }
  return {
    isAvailable: false,
    reason,
    fix: openFiles(folder),
  }
}

/** @param error - relative, to either side */
function domainOf(zone: RaplZone, error: number, isFiltered: boolean): EnergyDomain {
  const { name, part, device, range, isCounted } = zone
  return {
    name,
    part,
    ...(device === undefined ? {} : { device }),
    counter: 'energy',
    ...(range === undefined ? {} : { wrapsAt: range * 1e-6 }),
    highestWatts: RAPL_HIGHEST_WATTS[part] ?? 1000,
    resolution: RAPL_RESOLUTION,
    isCounted,
    low: 1 - error,
    high: 1 + error,
    source: `RAPL counter, Linux powercap${isFiltered ? '; SGX is on, which blurs it over short times' : ''}`,
  }
}

/** Of counters and of their ranges, without which no wrap is corrected. */
const openFiles = (folder: string): string =>
  `sudo chmod a+r ${folder}/*rapl*/*energy*_uj, or for good: greenbench detect --fix-permissions`
