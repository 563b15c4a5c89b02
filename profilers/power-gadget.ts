/**
 * Energy counters of Intel processors on macOS and Windows by the PowerLog tool of Intel's Power Gadget, which Intel
 * withdrew at the end of 2023: it must be on the machine already.
 */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seconds } from '../src/core/units.js'
import { compiledModule } from './compiled-module.js'
import type { EnergyDomain, EnergyPart } from './profiler.js'
import { RAPL_HIGHEST_WATTS, raplError } from './rapl-limits.js'
import { type FoundTool, type ToolOptions, ToolProfiler } from './tool-profiler.js'

/** Options of `PowerGadgetProfiler`. */
export interface PowerGadgetOptions extends ToolOptions {
  /** Stands in for the system's in tests. */
  readonly platform?: NodeJS.Platform
}

const PERIOD_MILLISECONDS = 100
/** PowerLog wants to know how long it shall run; it is ended before that. */
const LONGEST_SECONDS = 86_400

/** `power-gadget`: packages and DRAM are added up. */
export class PowerGadgetProfiler extends ToolProfiler {
  readonly name = 'power-gadget'
  readonly kind = 'measured'
  protected readonly period = seconds(PERIOD_MILLISECONDS / 1000)
  protected readonly origin = { module: 'power-gadget', factory: 'makePowerGadgetProfiler' }
  readonly #platform: NodeJS.Platform

  constructor(options: PowerGadgetOptions = {}) {
    super(options)
    this.#platform = options.platform ?? process.platform
  }

  protected async locate(): Promise<FoundTool> {
    const command = this.options.powerLog ?? this.#usualPlace()
    if (command === undefined) return this.#missing()
    if (!existsSync(command)) return { reason: `there is no PowerLog at ${command}`, fix: ALTERNATIVES.any }
    const file = join(mkdtempSync(join(tmpdir(), 'greenbench-power-log-')), 'power.csv')
    const times = ['-duration', String(LONGEST_SECONDS), '-resolution', String(PERIOD_MILLISECONDS)]
    return {
      spec: {
        command,
        arguments: [...times, '-file', file],
        output: { file },
        parser: { module: compiledModule('power-log-lines'), factory: 'makePowerLogParser' },
      },
      detail: `PowerLog of Intel Power Gadget, ${command}`,
    }
  }

  protected domainOf(name: string): EnergyDomain | undefined {
    const [word = '', number] = name.split(' ')
    const part = word as EnergyPart
    const place = `package-${number}`
    const error = raplError(part, '')
    return {
      name: part === 'package' ? place : `${place}/${word}`,
      part,
      device: place,
      counter: 'energy',
      highestWatts: RAPL_HIGHEST_WATTS[part] ?? 1000,
      updatePeriod: this.period,
      isCounted: part === 'package' || part === 'dram',
      low: 1 - error,
      high: 1 + error,
      source: 'RAPL counter, by PowerLog of Intel Power Gadget',
    }
  }

  #usualPlace(): string | undefined {
    const root = this.options.root ?? '/'
    if (this.#platform === 'darwin') return firstThere([join(root, 'Applications/Intel Power Gadget/PowerLog')])
    if (this.#platform !== 'win32') return undefined
    const folders = [process.env.IPG_Dir ?? '', ...gadgetFolders(process.env.ProgramW6432 ?? 'C:\\Program Files')]
    return firstThere(folders.flatMap((folder) => [join(folder, 'PowerLog3.0.exe'), join(folder, 'PowerLog.exe')]))
  }

  #missing(): FoundTool {
    if (this.#platform !== 'darwin' && this.#platform !== 'win32') {
      return { reason: `Power Gadget is a tool for macOS and Windows; this is ${this.#platform}` }
    }
    const reason = "Intel's Power Gadget is not installed, and Intel withdrew it at the end of 2023"
    return { reason, fix: this.#platform === 'darwin' ? ALTERNATIVES.darwin : ALTERNATIVES.any }
  }
}

const ALTERNATIVES = {
  darwin: 'sudo greenbench ... --profiler powermetrics; or name an old copy with --power-log',
  any: 'name an old copy with --power-log, or have the energy modelled with --profiler estimate',
} as const

/** Makes the profiler on the sampling thread. */
export function makePowerGadgetProfiler(options: PowerGadgetOptions): PowerGadgetProfiler {
  return new PowerGadgetProfiler(options)
}

function gadgetFolders(programs: string): readonly string[] {
  const folder = join(programs, 'Intel')
  try {
    return readdirSync(folder)
      .filter((entry) => entry.startsWith('Power Gadget'))
      .map((entry) => join(folder, entry))
  } catch {
    // Nothing of Intel's is installed there.
    return []
  }
}

const firstThere = (paths: readonly string[]): string | undefined => paths.find((path) => existsSync(path))
