/**
 * Power of Apple's processors as macOS's own tool tells it: estimated by the maker from activity, not measured.
 *
 * @see `man powermetrics`: "the average power values reported ... are estimated and may be inaccurate"
 */
import { existsSync } from 'node:fs'
import { seconds } from '../src/core/units.js'
import { compiledModule } from './compiled-module.js'
import type { EnergyDomain, EnergyPart } from './profiler.js'
import { type FoundTool, type ToolOptions, ToolProfiler } from './tool-profiler.js'

/** Options of `PowermetricsProfiler`. */
export interface PowermetricsOptions extends ToolOptions {
  /** Path of the tool. */
  readonly powermetrics?: string
  /** Stand in for the system's in tests. */
  readonly platform?: NodeJS.Platform
  readonly isRoot?: boolean
}

const PERIOD_MILLISECONDS = 200
/** Apple states none; no published comparison covers all its processors. */
const ERROR = 0.25
const HIGHEST_WATTS = 500

const DOMAINS: Readonly<Record<string, { readonly part: EnergyPart; readonly device?: string }>> = {
  cpu: { part: 'package' },
  package: { part: 'package' },
  gpu: { part: 'gpu', device: 'apple' },
  ane: { part: 'other' },
  dram: { part: 'dram' },
}

/** `powermetrics`: processor, GPU and neural engine of Apple silicon; the package of Intel processors. */
export class PowermetricsProfiler extends ToolProfiler {
  readonly name = 'powermetrics'
  readonly kind = 'modelled'
  protected readonly period = seconds(PERIOD_MILLISECONDS / 1000)
  protected readonly origin = { module: 'powermetrics', factory: 'makePowermetricsProfiler' }
  readonly #given: PowermetricsOptions

  constructor(options: PowermetricsOptions = {}) {
    super(options)
    this.#given = options
  }

  protected async locate(): Promise<FoundTool> {
    const { platform = process.platform, powermetrics = '/usr/bin/powermetrics' } = this.#given
    if (platform !== 'darwin') return { reason: `powermetrics is a tool of macOS; this is ${platform}` }
    if (!existsSync(powermetrics)) return { reason: `there is no ${powermetrics}` }
    const isRoot = this.#given.isRoot ?? process.getuid?.() === 0
    if (!isRoot) return { reason: 'powermetrics runs for root only', fix: 'sudo greenbench ...' }
    const samplers = ['--samplers', 'cpu_power,gpu_power']
    return {
      spec: {
        command: powermetrics,
        arguments: [...samplers, '-i', String(PERIOD_MILLISECONDS), '-b', '0', '-f', 'plist'],
        output: 'stdout',
        parser: { module: compiledModule('powermetrics-samples'), factory: 'makePowermetricsParser' },
      },
      detail: 'powermetrics, a model of the maker',
    }
  }

  protected domainOf(name: string): EnergyDomain | undefined {
    const domain = DOMAINS[name]
    if (domain === undefined) return undefined
    return {
      name,
      ...domain,
      counter: 'energy',
      highestWatts: HIGHEST_WATTS,
      updatePeriod: this.period,
      isCounted: true,
      mayRest: domain.part !== 'package',
      low: 1 - ERROR,
      high: 1 + ERROR,
      source: 'vendor model, powermetrics',
    }
  }
}

/** Makes the profiler on the sampling thread. */
export function makePowermetricsProfiler(options: PowermetricsOptions): PowermetricsProfiler {
  return new PowermetricsProfiler(options)
}
