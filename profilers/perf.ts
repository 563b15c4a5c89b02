/**
 * Energy counters of processors by the kernel's power PMU, read by the tool `perf`: the kernel corrects their wraps.
 *
 * @see https://man7.org/linux/man-pages/man1/perf-stat.1.html
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { seconds } from '../src/core/units.js'
import { compiledModule } from './compiled-module.js'
import { isAmd, readCpuPackages } from './cpu-packages.js'
import { parseCounter, textIfThere } from './device-file.js'
import { describeVirtualisation, readVirtualisation } from './machine.js'
import type { EnergyDomain, EnergyPart } from './profiler.js'
import { RAPL_HIGHEST_WATTS, raplError } from './rapl-limits.js'
import { type FoundTool, type ToolOptions, ToolProfiler } from './tool-profiler.js'

/** Options of `PerfProfiler`. */
export interface PerfOptions extends ToolOptions {
  /** Path of the tool; it is looked for in `PATH` when absent. */
  readonly perf?: string
}

const EVENTS: Readonly<
  Record<string, { readonly name: string; readonly part: EnergyPart; readonly isCounted: boolean }>
> = {
  'energy-pkg': { name: '', part: 'package', isCounted: true },
  'energy-cores': { name: 'core', part: 'core', isCounted: false },
  'energy-gpu': { name: 'uncore', part: 'uncore', isCounted: false },
  'energy-ram': { name: 'dram', part: 'dram', isCounted: true },
  'energy-psys': { name: 'psys', part: 'system', isCounted: false },
}
const PERIOD_MILLISECONDS = 100

/** `perf`: the domains of `rapl`, for those who may use perf but not read powercap. */
export class PerfProfiler extends ToolProfiler {
  readonly name = 'perf'
  readonly kind = 'measured'
  protected readonly period = seconds(PERIOD_MILLISECONDS / 1000)
  protected readonly origin = { module: 'perf', factory: 'makePerfProfiler' }
  readonly #root: string
  readonly #perf: string | undefined

  constructor(options: PerfOptions = {}) {
    super(options)
    this.#root = options.root ?? '/'
    this.#perf = options.perf
  }

  protected async locate(): Promise<FoundTool> {
    const folder = join(this.#root, 'sys/bus/event_source/devices/power/events')
    const events = Object.keys(EVENTS).filter((event) => existsSync(join(folder, event)))
    if (!events.includes('energy-pkg')) return this.#withoutPmu()
    const command = this.#perf ?? findInPath('perf')
    const install = 'sudo apt install linux-perf (Debian), linux-tools-$(uname -r) (Ubuntu) or perf (Fedora)'
    if (command === undefined) return { reason: 'the tool perf is not installed', fix: install }
    const repeated = this.#repeatedPackages()
    if (repeated !== undefined) return { reason: repeated, fix: 'use --profiler rapl or msr, or a newer kernel' }
    const dies = readCpuPackages(this.#root).some(({ name }) => name.includes('die'))
    return {
      spec: {
        command,
        arguments: [
          ...['stat', '-a', dies ? '--per-die' : '--per-socket', '-x', ';', '-I', String(PERIOD_MILLISECONDS)],
          ...events.flatMap((event) => ['-e', `power/${event}/`]),
        ],
        output: 'stderr',
        parser: { module: compiledModule('perf-lines'), factory: 'makePerfParser' },
      },
      detail: `power PMU ${events.join(', ')}`,
    }
  }

  protected domainOf(name: string): EnergyDomain | undefined {
    const [, key = '', socket, die] = /^(\S+) (\d+)\/(\d+)$/.exec(name) ?? []
    const event = EVENTS[key]
    if (event === undefined) return undefined
    const place = this.#hasDies() ? `package-${socket}-die-${die}` : `package-${socket}`
    const error = raplError(event.part, textIfThere(join(this.#root, 'proc/cpuinfo')) ?? '')
    const isSystem = event.part === 'system'
    return {
      // Each package of a server may show a psys of its own.
      name:
        isSystem && /^0\/0$/.test(`${socket}/${die}`)
          ? event.name
          : [place, event.name].filter((part) => part !== '').join('/'),
      part: event.part,
      ...(isSystem ? {} : { device: place }),
      counter: 'energy',
      highestWatts: RAPL_HIGHEST_WATTS[event.part] ?? 1000,
      updatePeriod: this.period,
      isCounted: event.isCounted,
      low: 1 - error,
      high: 1 + error,
      source: `power PMU ${key}, by perf`,
    }
  }

  /** The counters are those of the whole system, for which a value above 0 asks for a privilege. */
  protected override refusalOf(problem: string): { readonly reason: string; readonly fix?: string } {
    const text = textIfThere(join(this.#root, 'proc/sys/kernel/perf_event_paranoid')) ?? ''
    if (!((parseCounter(text) ?? 0) > 0) || process.getuid?.() === 0) return { reason: problem }
    return { reason: `perf may not count the whole system (perf_event_paranoid is ${text})`, fix: PARANOID_FIX }
  }

  #hasDies(): boolean {
    return readCpuPackages(this.#root).some(({ name }) => name.includes('die'))
  }

  /** perf adds up what the processors of a package show, which on AMD is one counter, that of the package, several times. */
  #repeatedPackages(): string | undefined {
    const places = readCpuPackages(this.#root).length
    const mask = textIfThere(join(this.#root, 'sys/bus/event_source/devices/power/cpumask')) ?? ''
    const isOnePerPackage = isAmd(textIfThere(join(this.#root, 'proc/cpuinfo')) ?? '')
    if (!isOnePerPackage || places === 0 || countProcessors(mask) <= places) return undefined
    return `the kernel's power PMU counts each package several times (processors ${mask} for ${places} packages)`
  }

  #withoutPmu(): FoundTool {
    const reason = 'the kernel shows no power PMU with energy events'
    const virtual = readVirtualisation(this.#root)
    if (virtual.machine === undefined) return { reason, ...(process.platform === 'linux' ? { fix: MODULE_FIX } : {}) }
    const fix = 'measure on the host itself'
    return { reason: `${reason}; this is ${describeVirtualisation(virtual)}`, fix }
  }
}

const PARANOID_FIX = 'sudo sysctl kernel.perf_event_paranoid=0'
const MODULE_FIX = 'sudo modprobe rapl'

/** Makes the profiler on the sampling thread. */
export function makePerfProfiler(options: PerfOptions): PerfProfiler {
  return new PerfProfiler(options)
}

/** @param mask - e.g. `0,16-17` */
function countProcessors(mask: string): number {
  const ranges = mask.split(',').flatMap((range) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? []
    return first === undefined ? [] : [Number(last) - Number(first) + 1]
  })
  return ranges.reduce((sum, length) => sum + length, 0)
}

function findInPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
