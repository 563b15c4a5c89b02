/** What profilers have in common that listen to a tool which prints energy at even steps. */
import { type Seconds, seconds } from '../src/core/units.js'
import { type Clock, monotonicClock } from './clock.js'
import { threadModule } from './compiled-module.js'
import {
  type Availability,
  type EnergyDomain,
  Profiler,
  type ProfilerOptions,
  type ProfilerSource,
  type Reading,
} from './profiler.js'
import { ToolState } from './tool-state.js'
import { type RunningTool, startTool } from './tool-thread.js'
import type { ToolSpec } from './tool-worker.js'

/** A tool that runs already: its numbers are read on another thread. */
export interface SharedTool {
  readonly names: readonly string[]
  readonly shared: SharedArrayBuffer
  /** What it reads, for people. */
  readonly detail: string
}

/** Options of every profiler of this kind. */
export interface ToolOptions extends ProfilerOptions {
  readonly tool?: SharedTool
}

/** The tool to start and what it reads, or why there is none. */
export type FoundTool =
  | { readonly spec: ToolSpec; readonly detail: string }
  | { readonly reason: string; readonly fix?: string }

/** Updates after which a silent tool counts as stuck. */
const SILENT_UPDATES = 5

/** A profiler whose numbers come from a tool; the tool runs from `probe` to `close`. */
export abstract class ToolProfiler extends Profiler {
  override readonly isSynchronous = true
  /** Known once the tool runs: the sampling thread reads the same numbers. */
  override source: ProfilerSource | undefined = undefined
  protected readonly options: ToolOptions
  /** Seconds between two samples of the tool. */
  protected abstract readonly period: Seconds
  /** Name of the module and of its export that makes the profiler on the sampling thread. */
  protected abstract readonly origin: { readonly module: string; readonly factory: string }
  readonly #clock: Clock
  #tool: Pick<RunningTool, 'names' | 'state'> | undefined
  #stop: RunningTool['stop'] | undefined
  #detail = ''

  constructor(options: ToolOptions) {
    super()
    this.options = options
    this.#clock = options.clock ?? monotonicClock
    const { tool } = options
    if (tool === undefined) return
    this.#tool = { names: tool.names, state: new ToolState(tool.shared) }
    this.#detail = tool.detail
  }

  /** Looks for the tool without starting it; must not throw. */
  protected abstract locate(): Promise<FoundTool>

  /** @returns what the tool's word for a domain stands for; `undefined` for one that is left out */
  protected abstract domainOf(name: string): EnergyDomain | undefined

  /** @param problem - what the tool said when it did not start */
  protected refusalOf(problem: string): { readonly reason: string; readonly fix?: string } {
    return { reason: problem }
  }

  async probe(): Promise<Availability> {
    if (this.#tool !== undefined) return { isAvailable: true, detail: this.#detail }
    const found = await this.locate()
    if (!('spec' in found)) return { isAvailable: false, ...found }
    const tool = await startTool(found.spec)
    if ('problem' in tool) return { isAvailable: false, ...this.refusalOf(tool.problem) }
    this.#tool = tool
    this.#stop = tool.stop
    this.#detail = found.detail
    this.source = this.#sourceOf(tool)
    if (this.domains().some(({ isCounted }) => isCounted)) return { isAvailable: true, detail: found.detail }
    await this.close()
    return { isAvailable: false, reason: `${found.spec.command} tells no energy that could be counted` }
  }

  domains(): readonly EnergyDomain[] {
    return this.#places().map(({ domain }) => domain)
  }

  read(): Reading {
    const at = this.#clock()
    const joules = this.#tool?.state.read(this.#tool.names.length, at, SILENT_UPDATES * this.period)
    return { at: seconds(at), values: this.#places().map(({ place }) => joules?.[place]) }
  }

  override async close(): Promise<void> {
    const stop = this.#stop
    if (stop === undefined) return
    this.#stop = undefined
    this.#tool = undefined
    await stop()
  }

  #sourceOf({ names, state }: RunningTool): ProfilerSource {
    const { root } = this.options
    const options: ToolOptions = {
      tool: { names, shared: state.shared, detail: this.#detail },
      ...(root === undefined ? {} : { root }),
    }
    return { module: threadModule(this.origin.module), factory: this.origin.factory, options }
  }

  #places(): readonly { readonly place: number; readonly domain: EnergyDomain }[] {
    return (this.#tool?.names ?? []).flatMap((name, place) => {
      const domain = this.domainOf(name)
      return domain === undefined ? [] : [{ place, domain }]
    })
  }
}
