/** What a caller may ask of the timed runs, and what it is told while they run. */

import type { ModelFactory } from '../formats/factory.js'
import type { Model } from '../formats/format.js'
import type { ProfilerRegistry } from '../profilers/registry.js'
import type { EngineOptions } from '../src/engines/engine.js'
import type { EngineName } from '../src/engines/engine-names.js'
import type { ResizePolicy } from '../src/images/image-input.js'
import type { FootprintOptions } from './footprint.js'

/** Where a run stands, for progress bars; numbers are for people and may be rounded. */
export type Progress =
  | {
      readonly phase: 'load' | 'prepare' | 'idle' | 'warmup' | 'cooldown' | 'save' | 'finish'
      readonly done: number
      readonly total: number
    }
  | { readonly phase: 'preprocess'; readonly done: number; readonly total: number; readonly skipped: number }
  | {
      readonly phase: 'training' | 'validation'
      readonly epoch: number
      readonly epochs: number
      /** Steps. */
      readonly done: number
      readonly total: number
      /** Means over the images so far; absent before the first. */
      readonly loss?: number
      readonly accuracy?: number
      readonly imagesPerSecond?: number
      /** Of the last second or so, and of all epochs so far; absent where nothing measures. */
      readonly watts?: number
      readonly joules?: number
    }
  | {
      readonly phase: 'inference'
      readonly batchSize: number
      /** Seconds of the time budget. */
      readonly done: number
      readonly total: number
      readonly inferences: number
      /** Mean so far with its relative 95% half-width: joules per image, or seconds per batch where nothing measures. */
      readonly running?: {
        readonly quantity: 'energy' | 'latency'
        readonly mean: number
        readonly relativeHalfWidth: number
      }
    }

/** Options of `benchmarkInference`. Times are seconds. */
export interface InferenceOptions extends FootprintOptions {
  /** An opened model, or the path of one. */
  readonly model: Model | string
  /** Seconds that opening `model` took, where the caller opened it. */
  readonly loadDuration?: number
  /** Finds the format of a path; the predefined formats when absent. */
  readonly formats?: ModelFactory
  /** Finds profilers by name; the predefined ones when absent. */
  readonly profilerRegistry?: ProfilerRegistry
  /** Folder of images, or one image; without it the input is synthetic, which `synthetic` must confirm. */
  readonly images?: string
  readonly synthetic?: boolean
  /** File that maps output indices to class names, one name a line or a JSON array or object. */
  readonly labels?: string
  readonly resize?: ResizePolicy
  /** `imagenet`, `tf`, `none`, or `mean,std` / `m,m,m,s,s,s` as numbers on the 0..1 scale. */
  readonly normalize?: string
  readonly layout?: 'NCHW' | 'NHWC'
  readonly channelOrder?: 'RGB' | 'BGR'
  /** A broken image fails the run instead of being skipped. */
  readonly strict?: boolean
  /** Most images to use; 0 is all. */
  readonly limit?: number
  /** Fixes free dimensions: input name -> sizes. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  /** The batch that the model fixes, or 1, when absent. */
  readonly batchSizes?: readonly number[]
  readonly engine?: Partial<EngineOptions>
  /** Engine that runs the model; when absent onnxruntime, or the model's own runner where it has no graph. */
  readonly engineName?: EngineName
  /** Names in the order to try, e.g. `['rapl']`; `['auto']`, the default, tries all; `['none']` measures no energy. */
  readonly profilers?: readonly string[]
  /**
   * Length of one window of energy. When absent: 5 s with a sensor (100 of its update periods where that is longer),
   * 1 s with a model of the energy or without any; less where five windows would not fit into `maxDuration`.
   */
  readonly minDuration?: number
  /** Most seconds of windows, per batch size; 60 when absent. */
  readonly maxDuration?: number
  /**
   * Relative half-width of the 95% interval at which to stop, after five windows at least; 0.02 when absent. It is that
   * of the energy per image where a sensor measures it, else that of the latency.
   */
  readonly targetInterval?: number
  /**
   * Seconds of idle baseline before and after; 0 for none. When absent: 3 with a sensor, 1 with a model of the energy,
   * 0 without any, and never more than `maxDuration`.
   */
  readonly idleDuration?: number
  /** Most seconds of warm-up, which ends as soon as the latency is steady; 5 or `maxDuration` when absent. */
  readonly warmupDuration?: number
  /**
   * Most seconds to wait before each further batch size, until the processor is as cool as before the first; all of
   * them where nothing tells its temperature. 10 with a sensor of energy, else 0, when absent.
   */
  readonly cooldownDuration?: number
  /** Seconds between two readings of the sensors; when absent 0.1 for sensors of power, 1 for counters and models. */
  readonly samplingInterval?: number
  /** Thermal design power of the processor, W, for a model of its energy. */
  readonly cpuTdp?: number
  /** GPUs whose energy counts, by index or UUID; those that `CUDA_VISIBLE_DEVICES` leaves when absent. */
  readonly gpus?: readonly string[]
  /** Path of Intel's PowerLog tool; the places where it is installed when absent. */
  readonly powerLog?: string
  /** Folder that stands for `/`: sensors are read below `sys`, `proc` and `dev` in it. */
  readonly sensorRoot?: string
  /** Of made-up inputs and of the choice of batches for the windows; 1 when absent. */
  readonly seed?: number
  /** File that takes every reading and finding as it comes, for `replayTrace`. */
  readonly trace?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Kept in the record as given, e.g. the command line's options. */
  readonly note?: Readonly<Record<string, unknown>>
}

/** Options of a run, whatever model it is of. */
export type RunOptions = Omit<InferenceOptions, 'model'> & Partial<Pick<InferenceOptions, 'model'>>

/** Options of `inspectModel`. */
export interface InspectionOptions {
  readonly model: Model | string
  readonly formats?: ModelFactory
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  /** Binds the batch dimension; 1 when absent. */
  readonly batchSize?: number
  /** Adds the table of layers to the record. */
  readonly layers?: boolean
  /** Reads the whole file for its digest. */
  readonly hash?: boolean
  readonly signal?: AbortSignal
}
