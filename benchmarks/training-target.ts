/** What it took to reach an accuracy that was asked for. */
import { carbonOf } from '../src/carbon/emission.js'
import type { EpochRecord, TrainingRecord } from '../src/core/record.js'
import type { Footprint } from './footprint.js'
import { joulesTogether } from './training-energy.js'
import type { TrainingFacts } from './training-record.js'

/** @returns accuracy of the validation, or of the training where there is none */
const accuracyOf = ({ training, validation }: Pick<EpochRecord, 'training' | 'validation'>): number | undefined =>
  (validation ?? training).accuracy

/** @returns `undefined` where no accuracy was asked for; figures from the decoding to the end of the epoch that reached it */
export function targetRecord(
  facts: Pick<TrainingFacts, 'target' | 'measurement'>,
  epochs: readonly EpochRecord[],
  { factor, pue }: Pick<Footprint, 'factor' | 'pue'>,
): TrainingRecord['target'] {
  const { target, measurement } = facts
  if (target === undefined) return undefined
  const reached = epochs.find((epoch) => epoch.complete && (accuracyOf(epoch) ?? -1) >= target)
  if (reached === undefined) return { accuracy: target, isReached: false }
  const parts = measurement.parts.filter(
    ({ name, epoch }) => name === 'decoding' || (name === 'epoch' && epoch <= reached.epoch),
  )
  const joules = joulesTogether(measurement, parts)
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0)
  return {
    accuracy: target,
    isReached: true,
    epoch: reached.epoch,
    seconds,
    ...(joules === undefined ? {} : { joules, grams: carbonOf(joules, factor, pue) }),
  }
}
