/** What is doubtful about a training, beside what its sensors and conditions say. */
import type { Warning } from '../src/core/warning.js'
import { countWarnings } from './checked-dataset.js'
import { partsOfEpochs } from './epoch-record.js'
import { skipWarnings } from './image-source.js'
import type { TrainingRun } from './open-training-run.js'
import { meterKind } from './protocol-plan.js'
import { isTrained } from './training-measurement.js'
import type { TrainingFacts } from './training-record.js'

/** An epoch shorter than this many updates of the sensor is mostly edge. */
const PERIODS_PER_EPOCH = 100

/** @returns doubts with their hints */
export function trainingWarnings(
  run: Pick<TrainingRun, 'meter' | 'options'>,
  facts: TrainingFacts,
): readonly Warning[] {
  const { data, measurement } = facts
  const total = data.training + data.validation + data.skippedCount
  return [
    ...skipWarnings({ total, skippedCount: data.skippedCount, skipped: data.skipped }),
    ...(data.validation > 0 ? [] : [NO_VALIDATION]),
    ...missedTarget(facts),
    ...shortEpochs(run, facts),
    ...(isTrained(measurement) || facts.files.model !== undefined ? [] : notSaved(run, facts)),
    ...unusedSteps(facts),
    ...miscounted(facts),
  ]
}

const NO_VALIDATION: Warning = {
  code: 'W_NO_VALIDATION',
  message: 'no images were set aside: the accuracy is that of the images that were learnt',
  hint: 'set some aside with --validation-split 20%, or name a folder with --validation',
}

function missedTarget({ target, measurement }: TrainingFacts): readonly Warning[] {
  if (target === undefined || measurement.stopReason !== 'epochs done') return []
  const shares = partsOfEpochs(measurement).flatMap(({ training, validation }) => {
    const { correct, images } = validation ?? training
    return images > 0 ? [correct / images] : []
  })
  const best = Math.max(...shares)
  const [wanted, reached] = [target, best].map((share) => `${(share * 100).toFixed(1)}%`)
  return [
    {
      code: 'W_TARGET_MISSED',
      message: `the accuracy asked for, ${wanted}, was not reached: ${reached} at best in ${shares.length} epochs`,
      hint: 'train for longer with --epochs, from a checkpoint with --resume, or with another --learning-rate',
    },
  ]
}

function shortEpochs({ meter }: Pick<TrainingRun, 'meter'>, { measurement }: TrainingFacts): readonly Warning[] {
  if (meterKind(meter) !== 'measured') return []
  const needed = PERIODS_PER_EPOCH * meter.updatePeriod
  const lengths = measurement.parts.flatMap(({ name, isWhole, seconds }) =>
    name === 'epoch' && isWhole ? [seconds] : [],
  )
  const shortest = Math.min(...lengths)
  if (!(shortest < needed)) return []
  return [
    {
      code: 'W_WINDOW_SHORT',
      message: `an epoch of ${shortest.toFixed(2)} s is short for a sensor that needs ${needed.toFixed(1)} s`,
      hint: 'the energy of all epochs together is surer; more images make each epoch longer',
    },
  ]
}

function notSaved({ options }: Pick<TrainingRun, 'options'>, { measurement }: TrainingFacts): readonly Warning[] {
  if (options.save === undefined) return []
  const isLate = partsOfEpochs(measurement).some(({ whole }) => whole.isWhole)
  const why = isLate ? reasonOf(measurement.failure) : 'no epoch came to its end'
  const hint = isLate
    ? 'see to that, and train again or go on from a checkpoint'
    : 'let at least one epoch run to its end'
  return [{ code: 'W_NOT_SAVED', message: `${options.save} was not written: ${why}`, hint }]
}

const reasonOf = (failure: unknown): string =>
  failure instanceof Error ? failure.message : 'the training ended before it could be'

/** Gradients of steps after the last update are in no weight. */
function unusedSteps({ measurement, settings: { accumulate }, resumed }: TrainingFacts): readonly Warning[] {
  const epochs = partsOfEpochs(measurement).map(({ training }) => training.steps)
  const before = (resumed?.epoch ?? 0) * (epochs[0] ?? 0)
  const left = epochs.reduce((sum, steps) => sum + steps, before) % accumulate
  if (!isTrained(measurement) || left === 0) return []
  return [
    {
      code: 'W_STEPS_UNUSED',
      message: `the last ${left} steps changed no weight: an update takes ${accumulate}`,
      hint: 'choose --accumulate so that it divides the steps of all epochs',
    },
  ]
}

/** Images of folders are counted as they are decoded; data of a program's own may not be what it says. */
function miscounted({ data, measurement }: TrainingFacts): readonly Warning[] {
  const [first] = partsOfEpochs(measurement).filter(({ training }) => training.isWhole)
  if (data.isCached !== undefined || first === undefined) return []
  return countWarnings(data.training, first.training.images)
}
