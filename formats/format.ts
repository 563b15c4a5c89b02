/** What a format must be able to do: say whether it can read a file, and read it. */
import type { UnsupportedError } from '../src/core/errors.js'
import type { ModelGraph, ValueInfo } from '../src/graph/graph.js'
import type { Tensor } from '../src/graph/tensor.js'
import type { ModelSource } from './source.js'
import type { Trainer, TrainerSettings } from './trainer.js'

/** Options of `ModelFormat.load`. */
export interface LoadOptions {
  readonly signal?: AbortSignal
  /** Of a SavedModel: name of the signature to read; `serving_default`, or the only one, when absent. */
  readonly signature?: string
  /** Of a SavedModel: tag of the graph to read, several between commas; `serve` when absent. */
  readonly tag?: string
  /**
   * Sizes of inputs, by name, for files that do not state them (TorchScript); `''` stands for the only input. Formats whose
   * files do state them pass it over.
   */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
}

/** Reads one kind of model file or folder. */
export interface ModelFormat {
  /** Short name for people and records, e.g. `onnx`. */
  readonly name: string
  /** File endings with dot, lower case; used only when no format knows the content for sure. */
  readonly extensions: readonly string[]
  /** By first bytes and names only: `sure` (a signature), `possible` (nothing speaks against it), `no`. Must not throw. */
  matches(source: ModelSource): Promise<'sure' | 'possible' | 'no'>
  load(source: ModelSource, options: LoadOptions): Promise<Model>
}

/** Counts of a model that has no graph. */
export interface ParameterCount {
  readonly trainable: number
  readonly nonTrainable: number
  /** Bytes that the parameters take in the file's element types. */
  readonly bytes: number
  /** What was taken for granted, one sentence each. */
  readonly assumptions?: readonly string[]
}

/** Runs a model; made by an engine or by a format of a user. */
export interface Runner {
  /** One inference of one batch. Outputs come in the order of the model's outputs. */
  run(inputs: readonly Tensor[]): Promise<readonly Tensor[]>
  close(): Promise<void>
}

/** A SavedModel for TensorFlow itself; `Model.signature` and `Model.tag` say what of it to run. */
export interface TensorFlowFolder {
  /** Absolute path. */
  readonly folder: string
  /** Why there is no graph for the other engines. */
  readonly refusal: UnsupportedError
}

/** A model file that has been opened. Weights are read only when something asks for them. */
export interface Model {
  /** File or folder name without its ending. */
  readonly name: string
  /** `ModelFormat.name`. */
  readonly format: string
  /** Absolute path of the file or folder. */
  readonly path: string
  /** Size of the file and of the data files that belong to it. */
  readonly bytes: number
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Absent for formats that only run. */
  readonly graph?: ModelGraph
  /** Of a SavedModel: which signature was read, and the tags of its graph, between commas. */
  readonly signature?: string
  readonly tag?: string
  /** Of a SavedModel whose graph only TensorFlow itself can run. */
  readonly tensorFlow?: TensorFlowFolder
  /** For a file that lacks its graph: what to say of that, e.g. `the file holds weights alone`. */
  readonly whyNoGraph?: string
  /** How to get a file of the same model that has one, as a hint says it. */
  readonly wayToGraph?: string
  /**
   * SHA-256 of the file, hex; of its digests with those of its data files where there are any (`filesDigest`). It reads
   * them whole, so it is computed when asked for.
   */
  sha256(signal?: AbortSignal): Promise<string>
  /** True when an ONNX engine can open `path` itself, so that no bytes need to be written for it. */
  readonly isOnnxFile?: boolean
  /** For formats without a graph. */
  countParameters?(): Promise<ParameterCount>
  /** Multiply-accumulates of one inference at this batch size. */
  countMacs?(batchSize: number): Promise<number>
  createRunner?(options: RunnerOptions): Promise<Runner>
  /** For formats that train in a way of their own; a model with a graph is trained without it. */
  createTrainer?(options: TrainerSettings): Promise<Trainer>
}

/** Options of `Model.createRunner`. */
export interface RunnerOptions {
  readonly batchSize: number
  /** 0 leaves the choice to the engine. */
  readonly threads: number
  readonly signal?: AbortSignal
}
