/** What an engine must be able to do: open a model once, and run it many times with as little in between as possible. */
import type { Model } from '../../formats/format.js'
import type { ValueInfo } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'

/** Options of `Engine.load`; every one of them ends in the record. */
export interface EngineOptions {
  /** Threads inside one operator; 0 leaves the choice to the engine. */
  readonly threads: number
  /** Threads that run operators beside each other; `undefined` runs them one after the other. */
  readonly interOpThreads?: number
  /** Execution provider by the engine's own name, e.g. `cpu`. */
  readonly executionProvider?: string
  readonly graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'all'
  /** Let idle threads spin: quicker answers for more energy. `undefined` leaves the engine's default. */
  readonly spinning?: boolean
  /** For engines that must know it before they open the model; the others take it from the inputs. */
  readonly batchSize?: number
  readonly signal?: AbortSignal
}

/** What really ran. */
export interface EngineInfo {
  readonly name: string
  readonly version: string
  readonly executionProvider: string
  /** Threads asked for; 0: the engine's choice. */
  readonly threads: number
  /** Everything else that was set, by the engine's own names. */
  readonly options: Readonly<Record<string, string | number | boolean>>
}

/** A model that is ready to run. */
export interface Session {
  readonly info: EngineInfo
  /** As the engine sees them, which is what counts where it disagrees with the file. */
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /**
   * Binds one set of inputs, by name, to a run that can be repeated: tensors are made here, once. The arrays are used
   * in place; writing new values into them changes what the next run sees.
   */
  bind(inputs: ReadonlyMap<string, Tensor>): BoundRun
  close(): Promise<void>
}

/** One set of inputs that is ready to run again and again. */
export interface BoundRun {
  /** Settles after the run; what it resolves to belongs to the engine. */
  run(): Promise<unknown>
  /** Outputs of the latest run, by name; valid until the next run of this session. */
  outputs(): ReadonlyMap<string, Tensor>
}

/** Runs models. */
export interface Engine {
  readonly name: string
  /** @throws {UnsupportedError} when the model needs something that the engine lacks; says what */
  load(model: Model, options: EngineOptions): Promise<Session>
}
