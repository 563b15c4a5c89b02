import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { benchmarkInference } from '../../benchmarks/inference.js'
import type { InferenceOptions, Progress } from '../../benchmarks/options.js'
import { realSurroundings, type Surroundings } from '../../benchmarks/surroundings.js'
import type { Model } from '../../formats/format.js'
import { InterruptedError, UsageError } from '../../src/core/errors.js'
import { parseRecord } from '../../src/core/validate-record.js'
import type { BoundRun, Engine } from '../../src/engines/engine.js'
import { symbol } from '../../src/graph/dimension.js'
import type { ValueInfo } from '../../src/graph/graph.js'
import { FakeClock, FakeMeter, type FakeMeterOptions, FakeRun } from '../helpers/fake-measurement.js'
import { onnxFile, SHAPES_MODEL } from '../helpers/model-files.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const IMAGES = fileURLToPath(new URL('../../examples/images', import.meta.url))

const input = (name: string, ...shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: {
    kind: 'tensor',
    dtype: 'float32',
    shape: shape.map((size) => (typeof size === 'string' ? symbol(size) : size)),
  },
})

/** Machine, engine and sensor that are made up; `fails` says at which batch size and run the engine gives up. */
interface Scene {
  readonly clock: FakeClock
  readonly meter: FakeMeter
  readonly closed: string[]
  readonly surroundings: Surroundings
}

function scene(sensor: FakeMeterOptions = {}, fails: (batchSize: number, run: number) => boolean = () => false): Scene {
  const clock = new FakeClock()
  const meter = new FakeMeter(clock, sensor)
  const closed: string[] = []
  const engine: Engine = {
    name: 'fake-engine',
    load: (model, { batchSize = 1 }) =>
      Promise.resolve({
        info: { name: 'fake-engine', version: '1', executionProvider: 'cpu', threads: 0, options: {} },
        inputs: model.inputs,
        outputs: [],
        bind: (): BoundRun =>
          new FakeRun(clock, (run) => {
            if (fails(batchSize, run)) throw new Error(`no memory for ${batchSize}`)
            return 0.01 * batchSize
          }),
        close: () => Promise.resolve(void closed.push('session')),
      }),
  }
  return {
    clock,
    meter,
    closed,
    surroundings: { ...realSurroundings, clock, openMeter: () => Promise.resolve(meter), engineFor: () => engine },
  }
}

/** A model of no file, whose batch is free. */
const model: Model = { ...onnxFile('/models/made-up.onnx', [input('x', 'N', 4)]), outputs: [] }

function run(options: Partial<InferenceOptions> = {}, { surroundings }: Scene = scene()) {
  return benchmarkInference({ model, synthetic: true, ...options }, surroundings)
}

describe('record of a run', () => {
  test('fits the schema, after a detour through JSON too', async () => {
    const [record] = await run({ batchSizes: [1] })
    expect(parseRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
  })

  test('holds latency, throughput, energy and CO2 with intervals around them', async () => {
    const [record] = await run({ batchSizes: [4], carbonIntensity: 360 })
    expect(record).toMatchObject({ complete: true, batchSize: 4 })
    expect(record?.latency?.mean).toBeCloseTo(0.04, 6)
    expect(record?.throughput?.imagesPerSecond).toBeCloseTo(100, 3)
    expect(record?.energy?.perInference.joules).toBeCloseTo(0.3, 6)
    // 0.3 J at 360 g/kWh, which is 1e-4 g/J.
    expect(record?.carbon?.perInference.grams).toBeCloseTo(0.3e-4, 9)
    for (const figure of [
      record?.latency,
      record?.throughput,
      record?.energy?.perInference,
      record?.carbon?.perInference,
    ]) {
      expect(figure?.low).toBeLessThanOrEqual(figure?.high ?? 0)
    }
  })

  test('takes the PUE into CO2 and not into energy', async () => {
    const [one] = await run({ carbonIntensity: 360 })
    const [two] = await run({ carbonIntensity: 360, pue: 2 })
    expect(two?.energy?.perInference).toEqual(one?.energy?.perInference)
    expect(two?.carbon?.perInference.grams).toBeCloseTo(2 * (one?.carbon?.perInference.grams ?? 0), 12)
  })

  test('comes once per batch size, in the order asked for', async () => {
    const records = await run({ batchSizes: [8, 1] })
    expect(records.map(({ batchSize }) => batchSize)).toEqual([8, 1])
    expect(new Set(records.map(({ id }) => id)).size).toBe(2)
  })

  test('names what is absent and why', async () => {
    const [record] = await run({ idleDuration: 0 })
    const missing = Object.fromEntries(record?.missing.map(({ field, reason }) => [field, reason]) ?? [])
    expect(missing).toMatchObject({
      accuracy: 'the input is synthetic',
      'energy.net': 'there is no idle baseline',
      'phases.load': 'the caller had opened the model',
      counts: expect.stringContaining('does not count'),
    })
  })

  test('says why a latency that is hardly known gives no throughput', async () => {
    const slow: Scene = scene({}, (_batch, run) => {
      slow.clock.advance(run % 2 === 0 ? 3 : 0.1)
      return false
    })
    const [record] = await run({ maxDuration: 3, warmupDuration: 0 }, slow)
    expect(record?.latency?.low).toBe(0)
    expect(record?.missing).toContainEqual({ field: 'throughput', reason: expect.stringContaining('too few batches') })
  })

  test('without a sensor has no energy, never 0', async () => {
    const bare = scene()
    Object.assign(bare.meter, { profilers: [] })
    const [record] = await run({}, bare)
    expect(record).not.toHaveProperty('energy')
    expect(record).not.toHaveProperty('carbon')
    expect(record?.missing).toContainEqual({ field: 'energy', reason: 'no profiler was asked for' })
  })

  test('repeats the options, the seed and the note', async () => {
    const [record] = await run({ seed: 7, maxDuration: 2, note: { argv: ['--seed', '7'] } })
    expect(record).toMatchObject({ seed: 7, options: { maxDuration: 2, note: { argv: ['--seed', '7'] } } })
  })

  test('warns of options that mean nothing without images', async () => {
    const [record] = await run({ normalize: 'tf', labels: '/no/such/file' })
    expect(record?.warnings).toContainEqual(
      expect.objectContaining({ code: 'W_OPTION_UNUSED', message: expect.stringContaining('labels, normalize') }),
    )
  })

  test('keeps at most ten thousand latencies, evenly spaced', async () => {
    const [record] = await run({ minDuration: 60, maxDuration: 600, targetInterval: 1 })
    const { latencySeconds, latencyEvery } = record?.samples ?? { latencySeconds: [], latencyEvery: 0 }
    expect(latencySeconds.length).toBeLessThanOrEqual(10_000)
    expect(latencySeconds.length * latencyEvery).toBeGreaterThanOrEqual(record?.latency?.count ?? Number.NaN)
  })

  test('says what greenbench itself took', async () => {
    const [record] = await run()
    // The made-up sensor's thread takes 1% of a processor, as the idle baseline shows.
    expect(record?.own?.share).toBeCloseTo(0.01, 3)
  })
})

describe('trouble', () => {
  test('an interrupt keeps what was measured, marks it incomplete and skips the other batch sizes', async () => {
    const abort = new AbortController()
    const interrupted = scene()
    interrupted.clock.onAdvance = (time) => time > 1020 && abort.abort()
    const records = await run({ batchSizes: [1, 8], signal: abort.signal }, interrupted)
    expect(records).toMatchObject([{ batchSize: 1, complete: false, energy: { stopReason: 'interrupted' } }])
    expect(records[0]?.latency?.count).toBeGreaterThan(100)
  })

  test('an interrupt before anything was measured is an InterruptedError', async () => {
    await expect(run({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(InterruptedError)
    const abort = new AbortController()
    const early = scene()
    early.clock.onAdvance = () => abort.abort()
    await expect(run({ signal: abort.signal, warmupDuration: 0 }, early)).rejects.toBeInstanceOf(InterruptedError)
  })

  test('a batch size that fails leaves the others, and says why', async () => {
    const records = await run(
      { batchSizes: [1, 32, 2] },
      scene({}, (batchSize) => batchSize === 32),
    )
    expect(records.map(({ batchSize, complete }) => [batchSize, complete])).toEqual([
      [1, true],
      [32, false],
      [2, true],
    ])
    expect(records[1]?.warnings).toContainEqual(
      expect.objectContaining({ code: 'W_RUN_FAILED', message: 'no memory for 32' }),
    )
    expect(records[1]?.missing).toContainEqual({ field: 'latency', reason: 'the run failed before the first batch' })
    expect(parseRecord(records[1])).toBeDefined()
  })

  test('a failure after some windows keeps them', async () => {
    const [record] = await run(
      {},
      scene({}, (_batchSize, count) => count === 1500),
    )
    expect(record).toMatchObject({ complete: false, energy: { stopReason: 'run failed' } })
    expect(record?.warnings[0]).toMatchObject({ code: 'W_RUN_FAILED', message: 'no memory for 1' })
  })

  test('a failure before anything was measured is thrown as it is', async () => {
    await expect(
      run(
        {},
        scene({}, () => true),
      ),
    ).rejects.toThrow('no memory for 1')
  })

  test('a sensor that vanishes leaves energy of the windows before, with a warning', async () => {
    const [record] = await run({}, scene({ watts: (_cpu, _elapsed, window) => (window < 4 ? 30 : undefined) }))
    expect(record?.energy?.window.count).toBe(3)
    expect(record?.warnings.filter(({ code }) => code === 'W_SENSOR_LOST')).toHaveLength(1)
  })

  test('a machine that cannot tell its state costs the conditions only', async () => {
    const blind = scene()
    const surroundings = { ...blind.surroundings, readConditions: () => Promise.reject(new Error('no /proc')) }
    const [record] = await run({}, { ...blind, surroundings })
    expect(record).toMatchObject({ complete: true, conditions: {} })
  })

  test('session and sensors are closed, whatever happens', async () => {
    const failing = scene({}, () => true)
    await expect(run({}, failing)).rejects.toThrow()
    expect({ meter: failing.meter.isClosed, closed: failing.closed }).toEqual({ meter: true, closed: ['session'] })
  })
})

test('further batch sizes wait for the processor to cool down', async () => {
  const records = await run({ batchSizes: [1, 2, 4], cooldownDuration: 7 })
  expect(records.map(({ phases }) => phases.cooldown)).toEqual([undefined, expect.closeTo(7), expect.closeTo(7)])
})

describe('options that do not go together', () => {
  const fixed: Model = { ...model, inputs: [input('data', 1, 4)] }
  test.each<[string, Partial<InferenceOptions>, RegExp]>([
    ['neither images nor synthetic values', { synthetic: false }, /nothing to run the model on/],
    ['both', { images: IMAGES }, /exclude each other/],
    ['a batch that the model cannot take', { model: fixed, batchSizes: [8] }, /data has a fixed first dimension of 1/],
    ['a size that stays free', { model: { ...model, inputs: [input('ids', 'N', 'length')] } }, /leaves length free/],
    ['a model that takes no images', { images: IMAGES, synthetic: false }, /does not take images/],
    ['sizes for an input that is not there', { inputShapes: new Map([['z', [1, 4]]]) }, /no input "z"/],
    ['sizes that do not fit', { inputShapes: new Map([['x', [1, 5]]]) }, /does not fit/],
    ['a time budget of nothing', { maxDuration: 0 }, /maxDuration is 0/],
    ['a PUE below 1', { pue: 0.5 }, /power usage effectiveness/],
    ['a seed that the record could not hold', { seed: 1.5 }, /seed is 1.5/],
    ['a country that is none', { country: 'Atlantis' }, /Atlantis/],
  ])('%s: refused before anything is measured', async (_name, options, message) => {
    const untouched = scene()
    await expect(run(options, untouched)).rejects.toThrow(UsageError)
    await expect(run(options, untouched)).rejects.toThrow(message)
    expect(untouched.meter.begun).toBe(0)
  })
})

const SHORT = { maxDuration: 0.2, idleDuration: 0, warmupDuration: 0.05, profilers: ['none'] }

describe('the example model on its images, for real', () => {
  test('is measured, counted and right about nearly all of them', async () => {
    const progress: Progress[] = []
    const [record] = await benchmarkInference({
      ...SHORT,
      model: SHAPES_MODEL,
      images: IMAGES,
      batchSizes: [1],
      onProgress: (step) => progress.push(step),
    })
    expect(record).toMatchObject({
      complete: true,
      images: { count: 240, skipped: [], skippedCount: 0, classes: 6 },
      counts: { parameters: { trainable: 24_086, nonTrainable: 224 } },
      engine: { name: 'onnxruntime', executionProvider: 'cpu' },
      model: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(record?.layers?.map(({ macs }) => macs)).toEqual([1_179_648, 1_179_648, 442_368, 384])
    expect(record?.accuracy?.top1).toBeGreaterThan(0.98)
    expect(parseRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(
      new Set(['load', 'prepare', 'preprocess', 'warmup', 'inference', 'finish']),
    )
  })

  test('further batch sizes keep the accuracy of the first', async () => {
    const records = await benchmarkInference({ ...SHORT, model: SHAPES_MODEL, images: IMAGES, batchSizes: [16, 100] })
    expect(records.map(({ counts }) => counts?.batchSize)).toEqual([16, 100])
    expect(records[1]?.accuracy).toEqual(records[0]?.accuracy)
    expect(records[1]?.images?.count).toBe(240)
  })

  test('a labels file says which output is which', async () => {
    const labels = fileURLToPath(new URL('../../examples/labels.txt', import.meta.url))
    const [record] = await benchmarkInference({ ...SHORT, model: SHAPES_MODEL, images: IMAGES, labels, limit: 60 })
    expect(record?.images?.count).toBe(60)
    expect(record?.accuracy?.top1).toBeGreaterThan(0.95)
  })

  test('a labels file in the wrong order makes the answers wrong, and is taken at its word', async () => {
    const labels = temporaryFolder()
    // The right names in the wrong order.
    writeFileSync(join(labels, 'shifted.txt'), 'cross\nring\nsquare\nstar\ntriangle\ncircle')
    const options = { ...SHORT, model: SHAPES_MODEL, images: IMAGES, limit: 30 }
    const [wrong] = await benchmarkInference({ ...options, labels: join(labels, 'shifted.txt') })
    expect(wrong?.accuracy?.top1).toBeLessThan(0.1)
    expect(wrong?.warnings.map(({ code }) => code)).not.toContain('W_CLASS_ORDER')
    const [right] = await benchmarkInference(options)
    expect(right?.warnings.map(({ code }) => code)).not.toContain('W_CLASS_ORDER')
  })

  test('broken images are skipped by name, or fail the run when strict', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'circle'))
    writeFileSync(join(folder, 'circle', 'broken.png'), 'not an image')
    const { readdirSync, copyFileSync } = await import('node:fs')
    for (const name of readdirSync(join(IMAGES, 'circle')).slice(0, 3)) {
      copyFileSync(join(IMAGES, 'circle', name), join(folder, 'circle', name))
    }
    const [record] = await benchmarkInference({ ...SHORT, model: SHAPES_MODEL, images: folder })
    expect(record?.images).toMatchObject({ count: 3, skipped: [{ name: 'circle/broken.png' }] })
    expect(record?.warnings.map(({ code }) => code)).toContain('W_IMAGES_SKIPPED')
    expect(record?.missing).toContainEqual({
      field: 'accuracy',
      reason: expect.stringContaining('1 class folders for 6'),
    })
    await expect(
      benchmarkInference({ ...SHORT, model: SHAPES_MODEL, images: folder, strict: true }),
    ).rejects.toMatchObject({ code: 'E_BROKEN_IMAGE' })
  })
})

describe('a format of a user that runs its own models', () => {
  /** Doubles its input; has no graph, but counts itself. */
  const doubling: Model = {
    name: 'doubling',
    format: 'abacus',
    path: '/models/doubling.abacus',
    bytes: 1,
    inputs: [input('x', 'N', 2)],
    outputs: [input('y', 'N', 2)],
    sha256: () => Promise.resolve('a'.repeat(64)),
    countParameters: () => Promise.resolve({ trainable: 3, nonTrainable: 1, bytes: 16 }),
    countMacs: (batchSize) => Promise.resolve(2 * batchSize),
    createRunner: ({ batchSize }) =>
      Promise.resolve({
        run: ([x]) => {
          if (x?.shape[0] !== batchSize) throw new Error(`expected a batch of ${batchSize}`)
          return Promise.resolve([x])
        },
        close: () => Promise.resolve(),
      }),
  }

  test('is measured like any other, at each batch size', async () => {
    const records = await benchmarkInference({ ...SHORT, model: doubling, synthetic: true, batchSizes: [1, 8] })
    expect(records).toMatchObject([
      { complete: true, batchSize: 1, counts: { parameters: { total: 4 }, macs: 2 }, engine: { name: 'abacus' } },
      { complete: true, batchSize: 8, counts: { macs: 16 } },
    ])
    for (const record of records) expect(parseRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
  })
})

describeWithSharedData('models of other projects, for real', () => {
  test.each([
    ['onnx/microsoft__onnxruntime-inference-examples/c_cxx__MNIST__mnist.onnx', 'images/cifar10'],
    [
      'onnx/microsoft__onnxruntime-inference-examples/mobile__examples__Xamarin__Models__Ultraface.version-RFB-320.onnx',
      'images/cifar10',
    ],
  ])('%s runs on images', async (file, images) => {
    const [record] = await benchmarkInference({
      ...SHORT,
      model: sharedPath(file),
      images: sharedPath(images),
      limit: 20,
    })
    expect(record).toMatchObject({ complete: true, images: { count: 20 } })
    expect(record?.latency?.mean).toBeGreaterThan(0)
  })

  test('digits asked about photographs of ten other classes are doubted', async () => {
    const model = sharedPath('onnx/microsoft__onnxruntime-inference-examples/c_cxx__MNIST__mnist.onnx')
    const [record] = await benchmarkInference({ ...SHORT, model, images: sharedPath('images/cifar10') })
    expect(record?.accuracy?.top1).toBeLessThan(0.5)
    expect(record?.warnings.map(({ code }) => code)).toContain('W_CLASS_ORDER')
  })

  test('a model with a fixed batch refuses another one by the name of its input', async () => {
    const path = sharedPath('onnx/light/light_squeezenet.onnx')
    await expect(benchmarkInference({ ...SHORT, model: path, synthetic: true, batchSizes: [8] })).rejects.toMatchObject(
      {
        code: 'E_BATCH_FIXED',
      },
    )
  })
})
