/** The energy of a training: of all of it, of an epoch, a step, an image, and of what it is made of. */
import type { EnergyRecord, TrainingEnergyRecord } from '../src/core/record.js'
import { energyRecord } from './energy-record.js'
import { type IdleModel, withIdleModel } from './idle-power.js'
import type { MeasuredWindow } from './protocol.js'
import { allHaveJoules } from './training-gaps.js'
import { measurementOf, type TrainingMeasurement, windowOf } from './training-measurement.js'
import type { TrainingPart } from './training-part.js'

type Interval = EnergyRecord['gross']

/** The figures, and the record of all windows that they come from. */
export interface TrainingEnergy {
  readonly energy: TrainingEnergyRecord
  readonly whole: EnergyRecord
}

/**
 * A sum stands for all of its windows, or is absent; means are those of the windows that have joules.
 *
 * @returns `undefined` when a whole epoch has no joules, or no training part has
 */
export function trainingEnergy(training: TrainingMeasurement, idleModel?: IdleModel): TrainingEnergy | undefined {
  const of = (windows: readonly MeasuredWindow[]) =>
    energyRecord(withIdleModel(measurementOf(training, windows), idleModel), 1)
  const named = (name: TrainingPart['name']) => training.parts.filter((part) => part.name === name)
  const epochs = named('epoch')
  if (!allHaveJoules(epochs.filter(({ isWhole }) => isWhole))) return undefined
  const whole = of([...named('decoding'), ...epochs].map((part) => windowOf(part, 1)))
  const taught = named('training').filter(({ images }) => images > 0)
  const training_ = of(taught.map((part) => windowOf(part, part.images)))
  if (whole === undefined || training_ === undefined) return undefined
  const perEpoch = of(epochs.filter(({ isWhole }) => isWhole).map((part) => windowOf(part, 1)))
  const perStep = of(taught.map((part) => windowOf(part, part.steps)))?.perInference ?? training_.perInference
  const sumOf = (name: TrainingPart['name']) => {
    const sum = allHaveJoules(named(name)) ? of(named(name).map((part) => windowOf(part, 1)))?.gross : undefined
    return sum === undefined ? {} : { [name]: sum }
  }
  const { perInference: _, netPerInference: __, window: ___, budget: ____, stopReason: _____, ...kept } = whole
  return {
    whole,
    energy: {
      ...kept,
      ...(perEpoch === undefined ? {} : { perEpoch: perEpoch.perInference }),
      ...(perEpoch?.netPerInference === undefined ? {} : { netPerEpoch: perEpoch.netPerInference }),
      perStep,
      perImage: training_.perInference,
      perThousandImages: times(training_.perInference, 1000),
      parts: { ...sumOf('decoding'), ...sumOf('training'), ...sumOf('validation') },
      budget: [...(perEpoch ?? training_).budget],
      stopReason: training.stopReason,
    },
  }
}

const times = ({ joules, low, high }: Interval, factor: number): Interval => ({
  joules: joules * factor,
  low: low * factor,
  high: high * factor,
})

/** @returns the joules of one window; `undefined` where it has none */
export function joulesOf({ energy }: Pick<TrainingPart, 'energy'>): Interval | undefined {
  const { joules, low, high } = energy ?? {}
  return joules === undefined || low === undefined || high === undefined ? undefined : { joules, low, high }
}

/** @returns the joules of all these windows together; `undefined` unless each has some */
export function joulesTogether(training: TrainingMeasurement, parts: readonly TrainingPart[]): Interval | undefined {
  if (!allHaveJoules(parts)) return undefined
  return energyRecord(
    measurementOf(
      training,
      parts.map((part) => windowOf(part, 1)),
    ),
    1,
  )?.gross
}
