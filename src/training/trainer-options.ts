/** What a training is opened with. */
import type { InputBindings } from '../operators/bindings.js'
import type { LossOptions } from './loss.js'
import type { OptimizerOptions } from './optimizers/index.js'
import type { Schedule } from './schedule.js'
import type { TrainingMode } from './training-mode.js'

/** Options of `openTrainer`. */
export interface TrainerOptions extends Pick<InputBindings, 'inputShapes'> {
  /** Rows of every batch. */
  readonly batchSize: number
  readonly optimizer: OptimizerOptions
  readonly schedule: Schedule
  /** Seed of first values and of what Dropout drops. */
  readonly seed: number
  /** Threads inside one operator; 0 leaves the choice to the engine. */
  readonly threads: number
  /** Told by the model's last activation when left out. */
  readonly loss?: LossOptions
  /** Output to train; the first when left out. */
  readonly output?: string
  /** Classes of the labels: where the model tells apart another number, its last layer is replaced by a new one. */
  readonly classes?: number
  /** Starts from random values in place of the file's weights. */
  readonly fromScratch?: boolean
  /** Batches whose gradients are summed before each update; 1 when left out. */
  readonly accumulate?: number
  /** `batch` when left out. */
  readonly batchNormalization?: TrainingMode['batchNormalization']
  /** Told by the format and its producer when left out. */
  readonly runningVariance?: TrainingMode['runningVariance']
  /** Which weights to train, by name; all when left out. */
  readonly isTrained?: (weight: string) => boolean
  /** Memory that there is, bytes; that of the machine when left out. */
  readonly memoryBytes?: number
  readonly signal?: AbortSignal
}
