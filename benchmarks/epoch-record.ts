/** The rows of a training's record: one for each epoch, from its parts. */
import type { EpochRecord, TrainingRecord } from '../src/core/record.js'
import type { Footprint } from './footprint.js'
import { joulesOf } from './training-energy.js'
import { footprintOfWindow } from './training-footprint.js'
import type { TrainingMeasurement } from './training-measurement.js'
import type { TrainingPart } from './training-part.js'
import { type TrainingFacts, timeOf } from './training-record.js'

/** The parts of one epoch. */
export interface EpochParts {
  readonly epoch: number
  readonly whole: TrainingPart
  readonly training: TrainingPart
  readonly validation?: TrainingPart
}

/** @returns epochs in order; one without a single step is left out */
export function partsOfEpochs({ parts }: Pick<TrainingMeasurement, 'parts'>): readonly EpochParts[] {
  const places = new Map(parts.map((part) => [placeOf(part.name, part.epoch), part]))
  return parts.flatMap((whole) => {
    if (whole.name !== 'epoch') return []
    const { epoch } = whole
    const [training, validation] = [places.get(placeOf('training', epoch)), places.get(placeOf('validation', epoch))]
    if (training === undefined || training.steps === 0) return []
    return [{ epoch, whole, training, ...(validation === undefined ? {} : { validation }) }]
  })
}

const placeOf = (name: TrainingPart['name'], epoch: number): string => `${name} ${epoch}`

/** @returns the row of the epoch that has just ended; `undefined` where it made no step */
export function latestEpoch(facts: TrainingFacts, footprint: Footprint): EpochRecord | undefined {
  const parts = facts.measurement.parts.slice(-PARTS_OF_AN_EPOCH)
  return epochRecords({ ...facts, measurement: { ...facts.measurement, parts } }, footprint).at(-1)
}

/** Training, validation and both together. */
const PARTS_OF_AN_EPOCH = 3

/** @returns rows with CO2 and cost by the figures that held in each epoch */
export function epochRecords(facts: TrainingFacts, footprint: Footprint): EpochRecord[] {
  return partsOfEpochs(facts.measurement).map(({ epoch, whole, training, validation }) => {
    const energy = joulesOf(whole)
    const window = energy && { ...timeOf(facts, whole), joules: energy.joules }
    return {
      epoch,
      complete: whole.isWhole,
      startedAt: whole.startedAt,
      seconds: whole.seconds,
      training: partRecord(training),
      ...(validation === undefined ? {} : { validation: partRecord(validation) }),
      ...(energy === undefined ? {} : { energy, watts: energy.joules / whole.seconds }),
      ...(energy === undefined || window === undefined ? {} : footprintOfWindow(energy, window, footprint)),
    }
  })
}

function partRecord(part: TrainingPart): TrainingRecord['epochs'][number]['training'] {
  const { seconds, steps, images, loss, correct, dataSeconds, dataCpuSeconds, cpuSeconds } = part
  const energy = joulesOf(part)
  const dataShare = cpuSeconds > 0 ? Math.min(1, dataCpuSeconds / cpuSeconds) : undefined
  return {
    seconds,
    steps,
    images,
    ...(seconds > 0 && images > 0 ? { imagesPerSecond: images / seconds } : {}),
    ...(loss === undefined ? {} : { loss }),
    ...(images > 0 ? { accuracy: correct / images } : {}),
    data: {
      seconds: dataSeconds,
      ...(energy === undefined || dataShare === undefined ? {} : { joules: energy.joules * dataShare }),
    },
    ...(energy === undefined ? {} : { energy }),
  }
}
