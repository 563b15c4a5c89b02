import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { replayTraining } from '../../benchmarks/replay-training.js'
import { benchmarkTraining } from '../../benchmarks/training.js'
import type { TrainingDataset, TrainingOptions } from '../../benchmarks/training-options.js'
import type { Model } from '../../formats/format.js'
import type { Trainer, TrainerSettings } from '../../formats/trainer.js'
import type { TrainingRecord } from '../../src/core/record.js'
import { parseRecord } from '../../src/core/validate-record.js'
import type { FakeMeterOptions } from '../helpers/fake-measurement.js'
import { inTime, points, TIMES, type TrainingScene, trainedBy, trainingScene } from '../helpers/made-up-training.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const { linearFormat } = await import(new URL('../../docs/examples/linear-format.js', import.meta.url).href)
const layer = join(temporaryFolder(), 'points.json')
writeFileSync(layer, JSON.stringify({ linear: { shape: [4], classes: 2 } }))
const file: Model = await linearFormat.load({ kind: 'file', path: layer, size: 50 })

const own = (settings: TrainerSettings): Promise<Trainer> =>
  file.createTrainer?.(settings) ?? Promise.reject(new Error('the example has no trainer'))

const PLAIN = { optimizer: 'sgd', momentum: 0 } as const

/** A training on the fake machine: batches of 8 points, 5 of them an epoch, 2 in the validation. */
function train(options: TrainingOptions = {}, at: TrainingScene = trainingScene()): Promise<TrainingRecord> {
  const model = trainedBy(async (settings) => inTime(await own(settings), at.clock))
  const steady = {
    learningRate: 0.1,
    idleDuration: 3,
    ...(options.optimizer === undefined ? PLAIN : {}),
    profilers: ['fake'],
    ...options,
  }
  return benchmarkTraining(model, points(at.clock), steady, at.surroundings)
}

const metered = (options: FakeMeterOptions) => train({}, trainingScene(options))

/** Seconds of an epoch: 5 steps and 2 evaluations, with their batches. */
const EPOCH = 5 * TIMES.step + 2 * TIMES.evaluation + 7 * TIMES.data

describe('the record of a training', () => {
  test('fits the schema, after a detour through JSON too', async () => {
    const record = await train()
    expect(parseRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
    expect(record).toMatchObject({ kind: 'training', complete: true, engine: { name: 'made-up trainer' } })
  })

  test('has a row for each epoch, and the model learns', async () => {
    const { epochs, accuracy } = await train({ epochs: 4 })
    expect(epochs.map(({ epoch, complete }) => [epoch, complete])).toEqual([1, 2, 3, 4].map((epoch) => [epoch, true]))
    expect(epochs.map(({ training: { steps, images } }) => [steps, images])).toEqual(new Array(4).fill([5, 40]))
    expect(epochs.at(-1)?.training.loss).toBeLessThan(epochs[0]?.training.loss ?? 0)
    expect(accuracy).toEqual({ top1: 1, count: 10, of: 'validation' })
  })

  test('tells time and energy of training, validation and data apart', async () => {
    // 30 W while the one processor is busy, 10 W while idle.
    const { epochs, energy, phases } = await train({ epochs: 2 })
    const [first] = epochs
    expect(first?.seconds).toBeCloseTo(EPOCH)
    expect(first?.training).toMatchObject({ seconds: expect.closeTo(0.55), data: { seconds: expect.closeTo(0.05) } })
    expect(first?.validation?.seconds).toBeCloseTo(0.1)
    expect(first?.training.energy?.joules).toBeCloseTo(30 * 0.55)
    expect(first?.training.data.joules).toBeCloseTo(30 * 0.05)
    expect(first?.energy?.joules).toBeCloseTo(30 * EPOCH)
    expect(energy?.perEpoch?.joules).toBeCloseTo(30 * EPOCH)
    expect(energy?.perStep.joules).toBeCloseTo((30 * 0.55) / 5)
    expect(energy?.perImage.joules).toBeCloseTo((30 * 0.55) / 40)
    expect(energy?.perThousandImages.joules).toBeCloseTo((1000 * 30 * 0.55) / 40)
    expect(energy?.gross.joules).toBeCloseTo(2 * 30 * EPOCH)
    expect(energy?.parts.validation?.joules).toBeCloseTo(2 * 30 * 0.1)
    expect(phases).toMatchObject({ training: expect.closeTo(1.1), validation: expect.closeTo(0.2), idle: 6 })
  })

  test('takes idle power off the net energy', async () => {
    const { energy } = await train({ epochs: 1 })
    expect(energy?.idle?.watts).toBeCloseTo(10.2)
    expect(energy?.net?.joules).toBeCloseTo((30 - 10.2) * EPOCH)
  })

  test('turns joules into CO2 and money, of each epoch and of all', async () => {
    const { epochs, carbon, cost } = await train({ epochs: 2, carbonIntensity: 360, pue: 2, price: { perKwh: 0.36 } })
    const grams = (30 * EPOCH * 2 * 360) / 3.6e6
    expect(carbon?.perEpoch?.grams).toBeCloseTo(grams)
    expect(carbon?.total.grams).toBeCloseTo(2 * grams)
    expect(epochs[1]?.carbon?.grams).toBeCloseTo(grams)
    expect(epochs[1]?.cost).toBeCloseTo(grams / 1000)
    expect(cost?.total).toBeCloseTo((2 * grams) / 1000)
  })

  test('has steps with percentiles, losses in order and power over time', async () => {
    const { latency, samples, throughput } = await train({ epochs: 10 })
    expect(latency).toMatchObject({ count: 50, p50: expect.closeTo(TIMES.step), p99: expect.closeTo(TIMES.step) })
    expect(throughput?.imagesPerSecond).toBeCloseTo(40 / 0.55)
    expect(samples.losses.map(({ epoch, values }) => [epoch, values.length])[9]).toEqual([10, 5])
    expect(samples.power.length).toBeGreaterThan(3)
    expect(samples.power[0]?.watts).toBeCloseTo(30)
  })

  test('without a sensor has no energy, and says why', async () => {
    const { energy, carbon, missing } = await metered({ watts: () => undefined })
    expect([energy, carbon]).toEqual([undefined, undefined])
    expect(missing.map(({ field }) => field)).toEqual(expect.arrayContaining(['energy', 'carbon']))
  })

  describe('where the sensor gives no joules for some windows', () => {
    /** The second window of so many seconds has none. */
    const lacking = (seconds: number): FakeMeterOptions => {
      let seen = 0
      const isLacking = (elapsed: number) => Math.abs(elapsed - seconds) < 1e-6 && ++seen === 2
      return { watts: (_, elapsed) => (isLacking(elapsed) ? undefined : 30) }
    }

    test('has no sum of them, says why, and keeps the others', async () => {
      const { energy, epochs, missing } = await metered(lacking(0.1))
      expect(epochs.map(({ validation }) => validation?.energy !== undefined)).toEqual([true, false, true])
      expect(energy?.parts.validation).toBeUndefined()
      expect(energy?.parts.training?.joules).toBeCloseTo(3 * 30 * 0.55)
      const [lack] = missing.filter(({ field }) => field === 'energy.parts.validation')
      expect(lack?.reason).toMatch(/^1 of 3 windows of validation have no joules: /)
    })

    test('names the decoding that its total lacks', async () => {
      const at = trainingScene({ watts: (_, elapsed) => (elapsed === 0 ? undefined : 30) })
      const model = trainedBy(async (settings) => inTime(await own(settings), at.clock))
      const data = { ...points(at.clock), isCached: true }
      const { energy, missing, warnings } = await benchmarkTraining(model, data, PLAIN, at.surroundings)
      expect(energy?.gross.joules).toBeCloseTo(3 * 30 * EPOCH)
      expect(missing.map(({ field }) => field)).toContain('energy.parts.decoding')
      expect(warnings.find(({ code }) => code === 'W_ENERGY_PARTIAL')?.message).toContain('without decoding the images')
    })

    test('has no energy and CO2 of the whole without one of its epochs', async () => {
      const { energy, carbon, epochs, missing } = await metered(lacking(EPOCH))
      expect([energy, carbon]).toEqual([undefined, undefined])
      expect(epochs.filter((epoch) => epoch.energy !== undefined)).toHaveLength(2)
      expect(missing.find(({ field }) => field === 'carbon')?.reason).toMatch(/^1 of 3 windows of epoch have no joules/)
    })
  })

  test('warns of epochs that are short for the sensor', async () => {
    const { warnings } = await metered({ updatePeriod: 0.1 })
    expect(warnings.map(({ code }) => code)).toContain('W_WINDOW_SHORT')
  })

  test('the same seed gives the same curve', async () => {
    const [one, other] = [await train(), await train()]
    expect(other.samples.losses).toEqual(one.samples.losses)
    expect(other.epochs).toEqual(one.epochs)
  })

  test('steps of the warm-up leave no trace in what is learnt', async () => {
    const [cold, warm] = [await train({ warmupSteps: 0 }), await train({ warmupSteps: 9 })]
    expect(warm.samples.losses).toEqual(cold.samples.losses)
    expect(warm.phases.warmup).toBeCloseTo(9 * TIMES.step + TIMES.evaluation + 2 * TIMES.data)
  })
})

test('thousands of epochs keep the record within bounds, and take no longer each', async () => {
  const record = await train({ epochs: 1000, idleDuration: 0 })
  expect(record.epochs).toHaveLength(1000)
  expect(record.samples.losses.reduce((sum, { values }) => sum + values.length, 0)).toBeLessThanOrEqual(50_000)
  expect(record.samples.power.length).toBeLessThanOrEqual(2000)
  expect(() => parseRecord(record)).not.toThrow()
})

describe('an accuracy that is asked for', () => {
  test('stops the training, and its energy is told', async () => {
    const { target, epochs, complete, energy } = await train({ epochs: 50, untilAccuracy: 0.9 })
    expect(complete).toBe(true)
    expect(energy?.stopReason).toBe('accuracy reached')
    expect(epochs.length).toBeLessThan(50)
    expect(target).toMatchObject({ accuracy: 0.9, isReached: true, epoch: epochs.length })
    expect(target?.joules?.joules).toBeCloseTo(epochs.length * 30 * EPOCH)
  })

  test('and not reached, is told', async () => {
    const { target, warnings } = await train({ epochs: 1, untilAccuracy: 1, learningRate: 0 })
    expect(target).toEqual({ accuracy: 1, isReached: false })
    expect(warnings.map(({ code }) => code)).toContain('W_TARGET_MISSED')
  })
})

describe('a training that is stopped', () => {
  const stoppedAfter = async (seconds: number, options: TrainingOptions = {}) => {
    const at = trainingScene()
    const controller = new AbortController()
    const start = at.clock.time
    at.clock.onAdvance = (time) => {
      if (time - start > seconds) controller.abort()
    }
    return train({ epochs: 5, signal: controller.signal, warmupSteps: 0, ...options }, at)
  }

  test('keeps the epochs that had ended, and what had been done of the last', async () => {
    const { complete, epochs, energy, accuracy, warnings } = await stoppedAfter(3 + 1.5 * EPOCH)
    expect(complete).toBe(false)
    expect(epochs.map((epoch) => epoch.complete)).toEqual([true, false])
    expect(epochs[1]?.training.steps).toBe(3)
    expect(accuracy?.top1).toBe(epochs[0]?.validation?.accuracy)
    expect(energy?.gross.joules).toBeGreaterThan(30 * EPOCH)
    expect(warnings[0]?.code).toBe('W_INTERRUPTED')
  })

  test('before the first step gives nothing', async () => {
    await expect(stoppedAfter(1)).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
  })

  test('goes on from its checkpoint as if it had not been', async () => {
    const folder = temporaryFolder()
    const [checkpoint, save] = [join(folder, 'state.ckpt'), join(folder, 'out.json')]
    const whole = await train({ epochs: 4 })
    const first = await stoppedAfter(3 + 2.5 * EPOCH, { checkpoint, save })
    expect(first.files).toEqual({ checkpoint, model: save })
    const rest = await train({ epochs: 4, resume: checkpoint })
    expect(rest.resumed).toEqual({ epoch: 2, updates: 10 })
    expect(rest.epochs.map(({ epoch }) => epoch)).toEqual([3, 4])
    expect(rest.samples.losses).toEqual(whole.samples.losses.slice(2))
    await expect(train({ epochs: 2, resume: checkpoint })).rejects.toMatchObject({ code: 'E_RESUME' })
  })

  test('is named, with what was lost, when nothing could be saved', async () => {
    const save = join(temporaryFolder(), 'out.json')
    const { warnings } = await stoppedAfter(3 + 0.5 * EPOCH, { save })
    expect(warnings.map(({ code }) => code)).toContain('W_NOT_SAVED')
    expect(existsSync(save)).toBe(false)
  })
})

describe('a training that fails', () => {
  const failingAt = (step: number, at = trainingScene()) => {
    let steps = 0
    const model = trainedBy(async (settings) => {
      const trainer = inTime(await own(settings), at.clock)
      const broken = { loss: Number.NaN, correct: 0, count: 8 }
      return { ...trainer, step: (batch) => (++steps === step ? Promise.resolve(broken) : trainer.step(batch)) }
    })
    return benchmarkTraining(
      model,
      points(at.clock),
      { ...PLAIN, warmupSteps: 0, profilers: ['fake'] },
      at.surroundings,
    )
  }

  test('because the loss is no number, says so in one line and keeps what was measured', async () => {
    const { complete, epochs, warnings } = await failingAt(8)
    expect(complete).toBe(false)
    expect(epochs.map((epoch) => epoch.training.steps)).toEqual([5, 2])
    expect(warnings[0]).toMatchObject({ code: 'W_RUN_FAILED', message: expect.stringContaining('the loss is NaN') })
  })

  test('at its first step throws', async () => {
    await expect(failingAt(1)).rejects.toMatchObject({ code: 'E_LOSS_NAN' })
  })

  test.each<[string, TrainingOptions, string]>([
    ['no epochs', { epochs: 0 }, 'E_TRAINING'],
    ['momentum for Adam', { optimizer: 'adam', momentum: 0.9 }, 'E_TRAINING'],
    ['Nesterov without momentum', { optimizer: 'sgd', momentum: 0, nesterov: true }, 'E_TRAINING'],
    ['another batch size than that of the data', { batchSize: 9 }, 'E_BATCH_SIZE'],
    ['an optimizer that is none', { optimizer: 'foo' as 'sgd' }, 'E_TRAINING'],
    ['a schedule that is none', { schedule: 'foo' as 'step' }, 'E_TRAINING'],
    ['a loss that is none', { loss: 'foo' as 'mean-squared-error' }, 'E_TRAINING'],
    ['an option that there is not', { learningrate: 3 } as TrainingOptions, 'E_TRAINING'],
    ['more steps for an update than there are', { accumulate: 16, epochs: 3 }, 'E_TRAINING'],
    ['both a folder and a split to validate on', { validation: 'some', validationSplit: 0.5 }, 'E_TRAINING'],
    ['an accuracy above 1', { untilAccuracy: 90 }, 'E_TRAINING'],
    ['a seed that is none', { seed: -1 }, 'E_SEED'],
    ['a checkpoint that is not there', { resume: '/nowhere/state.ckpt' }, 'E_FILE_MISSING'],
  ])('with %s is refused before it begins', async (_, options, code) => {
    await expect(train(options)).rejects.toMatchObject({ code })
  })
})

test('steps after the last update are told', async () => {
  const codesOf = async (epochs: number) => {
    const at = trainingScene()
    const model = trainedBy(async (settings) => inTime(await own({ ...settings, accumulate: 1 }), at.clock))
    const options = { ...PLAIN, epochs, accumulate: 4, profilers: ['fake'] }
    const { complete, warnings } = await benchmarkTraining(model, points(at.clock), options, at.surroundings)
    return { complete, said: warnings.filter(({ code }) => code === 'W_STEPS_UNUSED').map(({ message }) => message) }
  }
  expect(await codesOf(3)).toEqual({ complete: true, said: [expect.stringContaining('the last 3 steps')] })
  expect(await codesOf(4)).toEqual({ complete: true, said: [] })
})

test('a model that the disk does not take is named with that reason', async () => {
  const at = trainingScene()
  const model = trainedBy(async (settings) => ({
    ...inTime(await own(settings), at.clock),
    save: () => Promise.reject(new Error('the disk is full')),
  }))
  const options = { ...PLAIN, profilers: ['fake'], save: join(temporaryFolder(), 'out.json') }
  const { warnings, complete } = await benchmarkTraining(model, points(at.clock), options, at.surroundings)
  expect(complete).toBe(false)
  expect(warnings.find(({ code }) => code === 'W_NOT_SAVED')?.message).toMatch(/was not written: the disk is full$/)
})

describe("data of a program's own", () => {
  const given = async (change: Partial<Record<keyof TrainingDataset, unknown>> | null) => {
    const at = trainingScene()
    const model = trainedBy(async (settings) => inTime(await own(settings), at.clock))
    const data = change === null ? null : { ...points(at.clock), ...change }
    const options = { ...PLAIN, profilers: ['none'] }
    return benchmarkTraining(model, data as TrainingDataset, options, at.surroundings)
  }

  test.each<[string, Parameters<typeof given>[0], RegExp]>([
    ['that is null', null, /it is null/],
    ['without classes', { classes: [] }, /classes is a list of 0/],
    ['of one class', { classes: ['a'] }, /classes is a list of 1/],
    ['without batches', { training: undefined }, /training is undefined/],
    ['with no batch size', { batchSize: 0 }, /batchSize is 0, expected a whole number from 1/],
    ['of other classes than the model', { classes: ['a', 'b', 'c'] }, /3 classes, and the model tells 2 apart/],
    ['that gives nothing', { async *training() {} }, /gave no batch/],
  ])('%s is refused with what is wrong', async (_, change, said) => {
    await expect(given(change)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(said) })
  })

  test('that gives other rows than it says is told of', async () => {
    const { warnings } = await given({ trainingCount: 1000 })
    expect(warnings.find(({ code }) => code === 'W_DATA_COUNT')?.message).toMatch(/gave 40 rows .* is 1000$/)
  })
})

describe('the trace of a training', () => {
  test('that was killed gives the epochs that had ended', async () => {
    const trace = join(temporaryFolder(), 'run.jsonl')
    await train({ epochs: 3, trace, profilers: ['none'] })
    const lines = readFileSync(trace, 'utf8').split('\n')
    const ends = lines.flatMap((line, index) => (line.includes('"name":"epoch"') ? [index] : []))
    writeFileSync(trace, `${lines.slice(0, (ends[1] ?? 0) + 1).join('\n')}\n{"type":"par`)
    const { complete, epochs, warnings } = await replayTraining(trace)
    expect(complete).toBe(false)
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(warnings[0]?.code).toBe('W_TRACE_CUT')
  })
})
