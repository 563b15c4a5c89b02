/** The settings of a training with their defaults, checked before anything is opened. */
import type { TrainerSettings } from '../formats/trainer.js'
import { UsageError } from '../src/core/errors.js'
import { refuseUnknownOptions } from '../src/core/known-options.js'
import type { TrainingSettingsRecord } from '../src/core/record.js'
import { TRAINING_OPTION_NAMES } from './known-training-options.js'
import { TRAINING_DEFAULTS, type TrainingOptions } from './training-options.js'

/** Settings that need neither model nor data to be known. */
export type TrainingSettings = Omit<
  TrainerSettings,
  'classes' | 'loss' | 'updates' | 'updatesPerEpoch' | 'warmupUpdates' | 'signal' | 'seed'
> & {
  readonly epochs: number
  readonly warmupEpochs: number
  readonly warmupSteps: number
  readonly validationSplit: number
}

/** A record has a row for each. */
const MOST_EPOCHS = 10_000
const LARGEST_BATCH = 65_536
const LOSSES = ['softmax-cross-entropy', 'sigmoid-cross-entropy', 'mean-squared-error'] as const

/** @throws {UsageError} `E_TRAINING` for a number that cannot be, or settings that do not go together */
export function trainingSettings(options: TrainingOptions): TrainingSettings {
  refuseUnknownOptions(options, TRAINING_OPTION_NAMES, { whose: 'a training', code: 'E_TRAINING' })
  const optimizer = oneOf('optimizer', options.optimizer ?? TRAINING_DEFAULTS.optimizer, ['sgd', 'adam', 'adamw'])
  if (options.loss !== undefined) oneOf('loss', options.loss, LOSSES)
  const isSgd = optimizer === 'sgd'
  const settings = {
    epochs: whole('epochs', options.epochs ?? TRAINING_DEFAULTS.epochs, 1, MOST_EPOCHS),
    batchSize: whole('batchSize', options.batchSize ?? TRAINING_DEFAULTS.batchSize, 1, LARGEST_BATCH),
    accumulate: whole('accumulate', options.accumulate ?? 1, 1, LARGEST_BATCH),
    optimizer,
    learningRate: within('learningRate', options.learningRate ?? TRAINING_DEFAULTS.learningRate[optimizer], 0, 1e6),
    momentum: within('momentum', options.momentum ?? (isSgd ? TRAINING_DEFAULTS.momentum : 0), 0, 1),
    nesterov: options.nesterov ?? false,
    weightDecay: within('weightDecay', options.weightDecay ?? TRAINING_DEFAULTS.weightDecay[optimizer], 0, 1e6),
    schedule: oneOf('schedule', options.schedule ?? TRAINING_DEFAULTS.schedule, ['constant', 'step', 'cosine']),
    warmupEpochs: within('warmupEpochs', options.warmupEpochs ?? 0, 0, MOST_EPOCHS),
    warmupSteps: whole('warmupSteps', options.warmupSteps ?? TRAINING_DEFAULTS.warmupSteps, 0, 1000),
    labelSmoothing: within('labelSmoothing', options.labelSmoothing ?? 0, 0, 0.999),
    fromScratch: options.fromScratch ?? false,
    threads: whole('threads', options.threads ?? 0, 0, 1024),
    validationSplit: within('validationSplit', options.validationSplit ?? TRAINING_DEFAULTS.validationSplit, 0, 0.99),
  }
  if (options.untilAccuracy !== undefined) within('untilAccuracy', options.untilAccuracy, 0, 1)
  if (!isSgd && (options.momentum !== undefined || options.nesterov === true)) {
    throw new UsageError('E_TRAINING', `momentum belongs to sgd, not to ${optimizer}`, {
      hint: 'use --optimizer sgd, or leave --momentum and --nesterov out',
    })
  }
  if (options.validation !== undefined && options.validationSplit !== undefined) {
    throw new UsageError(
      'E_TRAINING',
      'validation images come from a folder of their own or from a split, not from both',
      {
        hint: 'leave out --validation or --validation-split',
      },
    )
  }
  if (settings.nesterov && settings.momentum === 0) {
    throw new UsageError('E_TRAINING', 'Nesterov needs momentum, and it is 0', { hint: 'give e.g. --momentum 0.9' })
  }
  return settings
}

function oneOf<Name extends string>(name: string, value: Name, known: readonly Name[]): Name {
  if (known.includes(value)) return value
  throw new UsageError('E_TRAINING', `${name} is ${JSON.stringify(value)}, expected one of ${known.join(', ')}`)
}

function whole(name: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value)) return within(name, value, low, high)
  throw new UsageError('E_TRAINING', `${name} is ${value}, expected a whole number from ${low} to ${high}`)
}

function within(name: string, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value
  throw new UsageError('E_TRAINING', `${name} is ${value}, expected a number from ${low} to ${high}`)
}

/**
 * @param count - images of one epoch
 * @returns how often the weights change: in one epoch, in all, while the learning rate rises
 */
export function updatesOf(
  {
    epochs,
    batchSize,
    accumulate,
    warmupEpochs,
  }: Pick<TrainingSettings, 'epochs' | 'batchSize' | 'accumulate' | 'warmupEpochs'>,
  count: number,
): Pick<TrainerSettings, 'updates' | 'updatesPerEpoch' | 'warmupUpdates'> {
  const steps = Math.ceil(count / batchSize)
  const updates = Math.floor((epochs * steps) / accumulate)
  return {
    updatesPerEpoch: Math.max(1, Math.floor(steps / accumulate)),
    updates: Math.max(1, updates),
    warmupUpdates: Math.min(updates, Math.round((warmupEpochs * steps) / accumulate)),
  }
}

/** @returns the settings as the record keeps them: those of the other optimizers are left out */
export function settingsRecord(
  settings: TrainingSettings,
  { loss, augment = [] }: { readonly loss: string; readonly augment?: readonly string[] | undefined },
): TrainingSettingsRecord {
  const { threads: _, warmupSteps: __, validationSplit: ___, momentum, nesterov, ...kept } = settings
  const own = settings.optimizer === 'sgd' ? { momentum, nesterov } : {}
  return { ...kept, ...own, loss, augment: [...augment] }
}
