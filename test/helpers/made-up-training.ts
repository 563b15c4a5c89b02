/** Data, a trainer and a machine that are made up: learning is real, time and energy are those of a fake clock. */
import { realSurroundings, type Surroundings } from '../../benchmarks/surroundings.js'
import type { TrainingDataset } from '../../benchmarks/training-options.js'
import type { Model } from '../../formats/format.js'
import type { LabelledBatch, Trainer, TrainerSettings } from '../../formats/trainer.js'
import { seededRandom } from '../../src/core/random.js'
import { FakeClock, FakeMeter, type FakeMeterOptions } from './fake-measurement.js'

/** Seconds of a step, of an evaluation, and of putting a batch together. */
export const TIMES = { step: 0.1, evaluation: 0.04, data: 0.01 } as const

/** Clock, meter and the surroundings that have them. */
export interface TrainingScene {
  readonly clock: FakeClock
  readonly meter: FakeMeter
  readonly surroundings: Surroundings
}

/** @returns a machine without conditions of its own */
export function trainingScene(sensor: FakeMeterOptions = {}): TrainingScene {
  const clock = new FakeClock()
  const meter = new FakeMeter(clock, sensor)
  const { readUse: _, ...real } = realSurroundings
  return { clock, meter, surroundings: { ...real, clock, openMeter: () => Promise.resolve(meter) } }
}

const SIDE = 4

/** Two classes of points in `[N, 4]`: `count` of each, the last batch partial where they do not divide. */
export function points(clock: FakeClock, { count = 20, batchSize = 8, validation = 5 } = {}): TrainingDataset {
  const rowsOf = (seed: number, size: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 2 * size }, (_, row) => {
      const label = row % 2
      return { label, values: Array.from({ length: SIDE }, () => random() - 0.5 + (label === 0 ? -1 : 1)) }
    })
  }
  const batches = async function* (rows: ReturnType<typeof rowsOf>): AsyncGenerator<LabelledBatch> {
    for (let from = 0; from < rows.length; from += batchSize) {
      const part = rows.slice(from, from + batchSize)
      const data = new Float32Array(batchSize * SIDE)
      data.set(part.flatMap(({ values }) => values))
      const labels = Int32Array.from({ length: batchSize }, (_, row) => part[row]?.label ?? -1)
      clock.advance(TIMES.data)
      yield { input: { dtype: 'float32', shape: [batchSize, SIDE], data }, labels }
    }
  }
  return {
    description: 'points around two places',
    classes: ['low', 'high'],
    batchSize,
    trainingCount: 2 * count,
    validationCount: 2 * validation,
    training: (epoch) => batches(rowsOf(epoch, count)),
    validation: () => batches(rowsOf(0, validation)),
  }
}

/** @returns a model of no file whose trainer is made by `create` */
export function trainedBy(create: (settings: TrainerSettings) => Trainer | Promise<Trainer>): Model {
  const value = (name: string, size: number) =>
    ({ name, type: { kind: 'tensor', dtype: 'float32', shape: [8, size] } }) as const
  return {
    name: 'points',
    format: 'made-up',
    path: '/models/points',
    bytes: 100,
    inputs: [value('x', SIDE)],
    outputs: [value('y', 2)],
    sha256: () => Promise.resolve('0'.repeat(64)),
    createTrainer: async (settings) => create(settings),
  }
}

/** @returns the same trainer, whose calls take time by the clock */
export function inTime(trainer: Trainer, clock: FakeClock): Trainer {
  const taking = <Result>(seconds: number, work: () => Promise<Result>): Promise<Result> => {
    clock.advance(seconds)
    return work()
  }
  return {
    step: (batch) => taking(TIMES.step, () => trainer.step(batch)),
    evaluate: (batch) => taking(TIMES.evaluation, () => trainer.evaluate(batch)),
    state: () => trainer.state(),
    restore: (state) => trainer.restore(state),
    save: (path) => trainer.save(path),
    close: () => trainer.close(),
  }
}
