/** What trains a model: made by `src/training` for models with a graph, or by a format of a user that brings its own. */
import type { Tensor } from '../src/graph/tensor.js'

/** One batch with its labels. */
export interface LabelledBatch {
  /** The model's image input, of the batch size that the trainer was opened with. */
  readonly input: Tensor
  /**
   * Class index of each row; -1 for a row that fills the batch up and takes no part in loss and gradients. It still is among
   * what batch normalisation takes its statistics of. Length: the batch size.
   */
  readonly labels: Int32Array
}

/** What one batch gave. */
export interface BatchOutcome {
  /** Mean loss over the rows that take part. */
  readonly loss: number
  /** Rows whose highest score is their label's. */
  readonly correct: number
  /** Rows that took part. */
  readonly count: number
}

/** What the output is compared with: class numbers, or 0 and 1 for each class. */
export type LossKind = 'softmax-cross-entropy' | 'sigmoid-cross-entropy' | 'mean-squared-error'

/** How a model is to be trained; what a trainer is opened with. */
export interface TrainerSettings {
  readonly batchSize: number
  /** Different labels: 0 to `classes - 1`. */
  readonly classes: number
  readonly loss: LossKind
  /** Share of each target that is spread evenly over all classes, `[0, 1)`. */
  readonly labelSmoothing: number
  readonly optimizer: 'sgd' | 'adam' | 'adamw'
  readonly learningRate: number
  /** Of `sgd`. */
  readonly momentum: number
  readonly nesterov: boolean
  readonly weightDecay: number
  /** What becomes of the learning rate after the warm-up, in which it rises evenly from 0. */
  readonly schedule: 'constant' | 'step' | 'cosine'
  /** Updates of the weights in one epoch, in the whole training, and in the warm-up. */
  readonly updatesPerEpoch: number
  readonly updates: number
  readonly warmupUpdates: number
  /** Calls of `step` that make one update. */
  readonly accumulate: number
  /** True: weights begin random, by `seed`; false: with those of the file. */
  readonly fromScratch: boolean
  /** Of everything random. */
  readonly seed: number
  /** 0 leaves the choice to the engine. */
  readonly threads: number
  readonly signal?: AbortSignal
}

/** Trains one model, whose weights it holds from opening to closing. Calls come one after another. */
export interface Trainer {
  /**
   * Forward, backward and update; with gradient accumulation the update comes at every n-th call, over the mean of all rows
   * since the one before.
   *
   * @throws {MeasurementError} `E_LOSS_NAN` when loss or weights are no numbers any more; the weights stay as before the call
   */
  step(batch: LabelledBatch): Promise<BatchOutcome>
  /** Forward only, as in inference: no dropout, running statistics in place of the batch's. */
  evaluate(batch: LabelledBatch): Promise<BatchOutcome>
  /** Everything that the next step depends on; what `restore` takes. Tensors are copies. */
  state(): Promise<TrainerState>
  /** @throws when the state is of another model or of other settings */
  restore(state: TrainerState): Promise<void>
  /** Writes the model with its weights of now, as a whole or not at all. */
  save(path: string): Promise<void>
  close(): Promise<void>
}

/** State of a training between two steps. */
export interface TrainerState {
  /** Updates made so far. */
  readonly updates: number
  /** Calls of `step` so far. */
  readonly steps: number
  /** Rows whose gradients are summed but wait for an update; 0 without gradient accumulation. */
  readonly summedRows: number
  /** Weights, running statistics, the optimizer's moments and sums of gradients, by name. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** A digest of model and settings, to refuse a state of something else. */
  readonly fingerprint: string
}
