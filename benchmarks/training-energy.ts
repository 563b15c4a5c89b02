/** The energy of a training: of all of it, of an epoch, a step, an image, and of what it is made of. */
import type { EnergyRecord, TrainingEnergyRecord } from '../src/core/record.js'
import { energyRecord } from './energy-record.js'
import { type IdleModel, withIdleModel } from './idle-power.js'
import type { MeasuredWindow } from './protocol.js'
import { measurementOf, type TrainingMeasurement, windowOf } from './training-measurement.js'
import type { TrainingPart } from './training-part.js'

type Interval = EnergyRecord['gross']

/** The figures, and the record of all windows that they come from. */
export interface TrainingEnergy {
  readonly energy: TrainingEnergyRecord
  readonly whole: EnergyRecord
}

/** @returns `undefined` when no window has joules */
export function trainingEnergy(training: TrainingMeasurement, idleModel?: IdleModel): TrainingEnergy | undefined {
  const of = (windows: readonly MeasuredWindow[]) =>
    energyRecord(withIdleModel(measurementOf(training, windows), idleModel), 1)
  const named = (name: TrainingPart['name']) => training.parts.filter((part) => part.name === name)
  const epochs = named('epoch')
  const whole = of([...named('decoding'), ...epochs].map((part) => windowOf(part, 1)))
  const taught = named('training').filter(({ images }) => images > 0)
  const training_ = of(taught.map((part) => windowOf(part, part.images)))
  if (whole === undefined || training_ === undefined) return undefined
  const perEpoch = of(epochs.filter(({ isWhole }) => isWhole).map((part) => windowOf(part, 1)))
  const perStep = of(taught.map((part) => windowOf(part, part.steps)))?.perInference ?? training_.perInference
  const [decoding, validation] = [named('decoding'), named('validation')].map(
    (parts) => of(parts.map((part) => windowOf(part, Math.max(1, part.images))))?.gross,
  )
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
      parts: {
        ...(decoding === undefined ? {} : { decoding }),
        training: training_.gross,
        ...(validation === undefined ? {} : { validation }),
      },
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
  if (parts.some((part) => joulesOf(part) === undefined)) return undefined
  return energyRecord(
    measurementOf(
      training,
      parts.map((part) => windowOf(part, 1)),
    ),
    1,
  )?.gross
}
