/** What a caller may ask of a training, what data it brings, and what is used where it says nothing. */
import type { LabelledBatch, TrainerSettings } from '../formats/trainer.js'
import type { EpochRecord } from '../src/core/record.js'
import type { AugmentationName } from '../src/images/augmentation.js'
import type { SkippedImage } from '../src/images/image-input.js'
import type { InferenceOptions } from './options.js'

/** Labelled data in batches: a program's own, or images of class folders (`openImageData`). */
export interface TrainingDataset {
  /** For people. */
  readonly description: string
  /** Names by class number. */
  readonly classes: readonly string[]
  /** Rows of every batch; the last one of an epoch may have rows of label -1. */
  readonly batchSize: number
  /** Rows with a label, in one epoch and in the validation; 0: there is no validation. */
  readonly trainingCount: number
  readonly validationCount: number
  /** @param epoch - from 1; the same epoch gives the same batches */
  training(epoch: number): AsyncIterable<LabelledBatch>
  validation(): AsyncIterable<LabelledBatch>
  /** Images that could not be used so far. */
  skipped?(): { readonly skipped: readonly SkippedImage[]; readonly skippedCount: number }
  /** Seconds that other threads have spent on the data so far. */
  threadSeconds?(): number
  /** True where each image is decoded once and kept. */
  readonly isCached?: boolean
}

/** Options of every training, beside those of the timed runs. */
type SharedOptions = Pick<
  InferenceOptions,
  | keyof import('./footprint.js').FootprintOptions
  | 'loadDuration'
  | 'formats'
  | 'profilerRegistry'
  | 'labels'
  | 'resize'
  | 'normalize'
  | 'layout'
  | 'channelOrder'
  | 'strict'
  | 'limit'
  | 'inputShapes'
  | 'profilers'
  | 'idleDuration'
  | 'samplingInterval'
  | 'cpuTdp'
  | 'gpus'
  | 'powerLog'
  | 'sensorRoot'
  | 'seed'
  | 'trace'
  | 'signal'
  | 'onProgress'
  | 'note'
>

/** Options of `benchmarkTraining`; defaults are those of `TRAINING_DEFAULTS`. */
export interface TrainingOptions
  extends SharedOptions,
    Partial<Pick<TrainerSettings, 'optimizer' | 'learningRate' | 'momentum' | 'nesterov' | 'weightDecay' | 'schedule'>>,
    Partial<Pick<TrainerSettings, 'labelSmoothing' | 'accumulate' | 'fromScratch' | 'batchSize' | 'threads'>> {
  /** Passes over the training images; a resumed training counts those before it. */
  readonly epochs?: number
  /** Epochs in which the learning rate rises evenly; fractions are well. */
  readonly warmupEpochs?: number
  /** Told by the model's last activation when absent. */
  readonly loss?: TrainerSettings['loss']
  /** Gives the model a new last layer for so many classes. */
  readonly classes?: number
  /** Share of the images of each class set aside for validation; 0 for none. */
  readonly validationSplit?: number
  /** Folder of validation images, in place of a split. */
  readonly validation?: string
  readonly augment?: readonly AugmentationName[]
  /** Most bytes of decoded images kept in memory; a quarter of the machine's, 2 GiB at most, when absent. */
  readonly cacheBytes?: number
  /** Stops after the epoch whose validation accuracy reaches this share (training accuracy where there is none). */
  readonly untilAccuracy?: number
  /** Steps before the measurement, whose effect is taken back. */
  readonly warmupSteps?: number
  /** Takes the model with its weights after each whole epoch; `.onnx`, or what the format's own trainer writes. */
  readonly save?: string
  /** Takes everything that a training needs to go on, after each whole epoch. */
  readonly checkpoint?: string
  /** A checkpoint to go on from. */
  readonly resume?: string
  /** Told of each epoch as it ends, as its record will have it. */
  readonly onEpoch?: (epoch: EpochRecord) => void
}

/** What is used where the caller says nothing. */
export const TRAINING_DEFAULTS = {
  epochs: 3,
  batchSize: 32,
  optimizer: 'adam',
  /** By the optimizer. */
  learningRate: { sgd: 0.01, adam: 0.001, adamw: 0.001 },
  /** Of `sgd`. */
  momentum: 0.9,
  weightDecay: { sgd: 0, adam: 0, adamw: 0.01 },
  schedule: 'constant',
  validationSplit: 0.2,
  warmupSteps: 3,
  seed: 1,
} as const
