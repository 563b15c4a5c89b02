/** Learning rates over the updates of a training: pure functions, so that a resumed training goes on where it was. */
import { UsageError } from '../core/errors.js'

/** How the learning rate changes; counts are updates, not epochs. */
export type Schedule = {
  /** Learning rate, before anything lowers it. */
  readonly rate: number
  /** Updates over which the rate rises in a line to where the rest starts; none when left out. */
  readonly warmUp?: number
} & (
  | { readonly kind: 'constant' }
  | {
      readonly kind: 'step'
      /** Updates after which the rate is multiplied by `factor`, again and again. */
      readonly every: number
      /** 0.1 when left out. */
      readonly factor?: number
    }
  | {
      readonly kind: 'cosine'
      /** Updates from the end of the warm-up to the lowest rate, which stays from there on. */
      readonly updates: number
      /** 0 when left out. */
      readonly lowest?: number
    }
)

/**
 * Warm-up gives update k of w the rate times (k + 1) / w, so that no update is wasted on a rate of 0; the schedule behind it
 * starts to count at its end. `step` is PyTorch's `StepLR`, `cosine` its `CosineAnnealingLR`.
 *
 * @param update - updates made so far
 * @returns the learning rate of the next update
 * @throws {UsageError} `E_SCHEDULE` for settings that make no sense
 */
export function learningRateAt(schedule: Schedule, update: number): number {
  checkSchedule(schedule)
  const { rate, warmUp = 0 } = schedule
  if (update < warmUp) return (rateAfter(schedule, 0) * (update + 1)) / warmUp
  return schedule.kind === 'constant' ? rate : rateAfter(schedule, update - warmUp)
}

function rateAfter(schedule: Schedule, update: number): number {
  const { rate } = schedule
  if (schedule.kind === 'constant') return rate
  if (schedule.kind === 'step') return rate * (schedule.factor ?? 0.1) ** Math.floor(update / schedule.every)
  const { updates, lowest = 0 } = schedule
  const part = Math.min(update / updates, 1)
  return lowest + ((rate - lowest) * (1 + Math.cos(Math.PI * part))) / 2
}

function checkSchedule(schedule: Schedule): void {
  refuseUnless('the learning rate', schedule.rate, 'at least 0', schedule.rate >= 0)
  if (schedule.warmUp !== undefined) refuseUnlessCount('warm-up', schedule.warmUp, 0)
  if (schedule.kind === 'step') {
    refuseUnlessCount('the length of a step', schedule.every, 1)
    const { factor = 0.1 } = schedule
    refuseUnless('the factor of a step', factor, 'above 0', factor > 0)
  }
  if (schedule.kind === 'cosine') {
    refuseUnlessCount('the length of a cosine', schedule.updates, 1)
    const { lowest = 0 } = schedule
    refuseUnless(
      'the lowest learning rate',
      lowest,
      'from 0 to the learning rate',
      lowest >= 0 && lowest <= schedule.rate,
    )
  }
}

function refuseUnlessCount(what: string, value: number, least: number): void {
  refuseUnless(
    what,
    value,
    `a whole number of updates, at least ${least}`,
    Number.isSafeInteger(value) && value >= least,
  )
}

function refuseUnless(what: string, value: number, expected: string, isGood: boolean): void {
  if (isGood && Number.isFinite(value)) return
  throw new UsageError('E_SCHEDULE', `${what} is ${value}, expected ${expected}`)
}
