import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ComparisonOptions, compareModels } from '../../benchmarks/compare-models.js'
import { replayTrace } from '../../benchmarks/replay.js'
import { realSurroundings, type Surroundings } from '../../benchmarks/surroundings.js'
import type { Model } from '../../formats/format.js'
import { seededRandom } from '../../src/core/random.js'
import type { InferenceRecord } from '../../src/core/record.js'
import { parseRecord } from '../../src/core/validate-record.js'
import type { Engine } from '../../src/engines/engine.js'
import { symbol } from '../../src/graph/dimension.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { FakeClock, FakeMeter, FakeRun } from '../helpers/fake-measurement.js'
import { onnxFile } from '../helpers/model-files.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const model: Model = {
  ...onnxFile('/models/made-up.onnx', [
    { name: 'x', type: { kind: 'tensor', dtype: 'float32', shape: [symbol('N'), 4] } },
  ]),
  outputs: [],
}

/** What an engine takes for a run, seconds, and what it gives. */
interface Speed {
  readonly latency: (run: number) => number
  readonly output?: number
}

function machine(speeds: Readonly<Record<string, Speed>>): Surroundings & { readonly opened: string[] } {
  const clock = new FakeClock()
  const opened: string[] = []
  const engine = (name: string, { latency, output = 1 }: Speed): Engine => ({
    name,
    load: (loaded) => {
      opened.push(name)
      const y: Tensor = { dtype: 'float32', shape: [1], data: Float32Array.of(output) }
      return Promise.resolve({
        info: { name, version: '1', executionProvider: 'cpu', threads: 0, options: {} },
        inputs: loaded.inputs,
        outputs: [],
        bind: () => new FakeRun(clock, latency, new Map([['y', y]])),
        close: () => Promise.resolve(void opened.splice(opened.indexOf(name), 1)),
      })
    },
  })
  return {
    ...realSurroundings,
    clock,
    opened,
    openMeter: () => Promise.resolve(new FakeMeter(clock)),
    engineFor: (_model, name = 'onnxruntime') => engine(name, speeds[name] ?? { latency: () => 0.01 }),
  }
}

const steady = { onnxruntime: { latency: () => 0.01 }, 'tfjs-wasm': { latency: () => 0.03 } }

const compare = (surroundings: Surroundings, options: Partial<ComparisonOptions> = {}) =>
  compareModels(
    { models: [model], synthetic: true, engineNames: ['onnxruntime', 'tfjs-wasm'], seed: 5, ...options },
    surroundings,
  )

/** Three models by their runs, each on its usual engine. */
const models = (...names: string[]): readonly Model[] =>
  names.map((name) => ({ ...model, name, path: `/m/${name}.onnx` }))

function machineOf(speeds: Readonly<Record<string, (run: number) => number>>, noise = 0.001): Surroundings {
  const random = seededRandom(3)
  const clock = new FakeClock()
  const load: Engine['load'] = (loaded) =>
    Promise.resolve({
      info: { name: 'onnxruntime', version: '1', executionProvider: 'cpu', threads: 0, options: {} },
      inputs: loaded.inputs,
      outputs: [],
      bind: () => new FakeRun(clock, (run) => (speeds[loaded.name]?.(run) ?? 1) * (1 + noise * (random() - 0.5))),
      close: () => Promise.resolve(),
    })
  return {
    ...realSurroundings,
    clock,
    openMeter: () => Promise.resolve(new FakeMeter(clock)),
    engineFor: () => ({ name: 'onnxruntime', load }),
  }
}

const three = { a: () => 0.03, b: () => 0.01, c: () => 0.03 }

const compareThree = async (surroundings: Surroundings, options: Partial<ComparisonOptions> = {}) => {
  const [comparison] = await compareModels({ models: models('a', 'b', 'c'), synthetic: true, ...options }, surroundings)
  if (comparison === undefined) throw new Error('no comparison')
  return comparison
}

describe('a comparison of engines', () => {
  test('leaves one trace, from which the record of each competitor is made again', async () => {
    const trace = join(temporaryFolder(), 'run.jsonl')
    const made = await compare(machine(steady), { trace, batchSizes: [1, 2], idleDuration: 1 })
    const records = made.flatMap((comparison) => comparison.records)
    const replayed = await replayTrace(trace)
    const speedOf = ({ engine, batchSize, latency, samples }: InferenceRecord) => [
      engine.name,
      batchSize,
      latency,
      samples.latencySeconds.length,
      samples.windows?.length,
    ]
    expect(replayed.map(({ replay }) => replay?.of)).toEqual(records.map(({ id }) => id))
    expect(replayed.map(speedOf)).toEqual(records.map(speedOf))
  })

  test('holds a record for each engine, which it names, and fits the schema', async () => {
    const [comparison] = await compare(machine(steady))
    expect(comparison?.records.map(({ engine }) => engine.name)).toEqual(['onnxruntime', 'tfjs-wasm'])
    expect(comparison?.competitors.map(({ record }) => record)).toEqual(comparison?.records.map(({ id }) => id))
    expect(parseRecord(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison)
  })

  test('gives ratios of time and energy to the first engine', async () => {
    const [comparison] = await compare(machine(steady))
    const [first, second] = comparison?.competitors ?? []
    expect(first?.timeRatio).toBeUndefined()
    expect(second?.timeRatio?.ratio).toBeCloseTo(3, 2)
    expect(second?.energyRatio?.ratio).toBeCloseTo(3, 1)
  })

  test('keeps its ratio on a machine that slows down', async () => {
    let calls = 0
    const slower = (factor: number) => ({ latency: () => factor * 0.01 * (1 + calls++ / 5000) })
    const [comparison] = await compare(machine({ onnxruntime: slower(1), 'tfjs-wasm': slower(2) }))
    expect(comparison?.competitors[1]?.timeRatio?.ratio).toBeCloseTo(2, 1)
  })

  test('runs every engine there and back in a round, in an order that its seed repeats', async () => {
    const orders = async (seed: number) => (await compare(machine(steady), { seed }))[0]?.order ?? []
    const order = await orders(4)
    expect(order.every((turns) => turns.join() === turns.toReversed().join() && new Set(turns).size === 2)).toBe(true)
    expect(new Set(order.map(String)).size).toBe(2)
    expect(await orders(4)).toEqual(order)
  })

  test('warns of engines that give other outputs', async () => {
    const other = { ...steady, 'tfjs-wasm': { latency: () => 0.01, output: 1.5 } }
    const [comparison] = await compare(machine(other))
    expect(comparison?.competitors[1]?.outputDifference).toBeCloseTo(0.5, 6)
    expect(comparison?.warnings).toMatchObject([{ code: 'W_OUTPUTS_DIFFER' }])
  })

  test('goes on when one fails on the way, which is told, and closes every session', async () => {
    const failing = (run: number): number => {
      if (run > 1200) throw new Error('no memory')
      return 0.01
    }
    const surroundings = machine({ ...steady, 'tfjs-wasm': { latency: failing } })
    const [comparison] = await compare(surroundings, { maxDuration: 600, targetInterval: 1e-9 })
    expect(comparison?.records.map(({ complete }) => complete)).toEqual([true, false])
    expect(comparison?.records[1]?.warnings[0]).toMatchObject({ code: 'W_RUN_FAILED', message: 'no memory' })
    expect(comparison?.complete).toBe(false)
    expect(surroundings.opened).toEqual([])
  })

  test('needs two competitors', async () => {
    await expect(compare(machine(steady), { engineNames: ['onnxruntime'] })).rejects.toMatchObject({
      code: 'E_COMPARISON',
    })
  })
})

describe('a comparison of models', () => {
  test('says of every two which needs less, and calls the rest a tie', async () => {
    const { differences, competitors, rankedBy } = await compareThree(machineOf(three, 0.2))
    const verdicts = differences.flatMap(({ figure, of, than, verdict }) =>
      figure === 'energy' ? [`${of} ${verdict} ${than}`] : [],
    )
    expect(verdicts).toEqual(['b less a', 'c tie a', 'c more b'])
    expect(competitors.map(({ rank }) => rank)).toEqual([2, 1, 2])
    expect(rankedBy).toBe('energy')
  })

  test('pairs its differences: what the machine does to all of them falls out', async () => {
    let calls = 0
    const drifting = (seconds: number) => () => seconds * (1 + calls++ / 20_000)
    const { differences } = await compareThree(machineOf({ a: drifting(0.02), b: drifting(0.0202), c: drifting(0.02) }))
    const found = differences.find(({ figure, of }) => figure === 'latency' && of === 'b')
    expect(found?.verdict).toBe('more')
  })

  test('corrects its probabilities for how many pairs there are', async () => {
    const { differences } = await compareThree(machineOf(three, 0.2))
    const latency = differences.filter(({ figure }) => figure === 'latency')
    expect(latency).toHaveLength(3)
    expect(latency.every(({ probability = 1, adjusted = 0 }) => adjusted >= Math.min(1, probability))).toBe(true)
    expect(Math.min(...latency.map(({ adjusted = 1 }) => adjusted))).toBeCloseTo(
      3 * Math.min(...latency.map(({ probability = 1 }) => probability)),
      12,
    )
  })

  test('turns differences of energy into CO2 by the factor of the run', async () => {
    const { differences, records } = await compareThree(machineOf(three), { carbonIntensity: 360 })
    const [energy, carbon] = ['energy', 'carbon'].map((name) =>
      differences.find(({ figure, of }) => figure === name && of === 'b'),
    )
    expect(records[0]?.carbon?.factor.gramsPerKwh).toBe(360)
    expect(carbon?.difference.mean).toBeCloseTo((energy?.difference.mean ?? 0) * 1e-4, 9)
    expect(carbon?.probability).toBeUndefined()
  })

  test('leaves out a model that does not run, names the reason, and measures the others', async () => {
    const failing = () => {
      throw new Error('cannot run this')
    }
    const { failed, competitors } = await compareThree(machineOf({ ...three, a: failing }))
    expect(failed).toEqual([{ name: 'a', reason: 'cannot run this' }])
    expect(competitors.map(({ name }) => name)).toEqual(['b', 'c'])
  })

  test('leaves out a file that cannot be opened', async () => {
    const options = { models: ['/none/x.onnx', ...models('a', 'b')], synthetic: true }
    const [comparison] = await compareModels(options, machineOf(three))
    expect(comparison?.failed).toMatchObject([{ name: '/none/x.onnx' }])
    expect(comparison?.competitors).toHaveLength(2)
  })

  test('fails when none of them can be opened', async () => {
    const options = { models: ['/none/x.onnx', '/none/y.onnx'], synthetic: true }
    await expect(compareModels(options, machineOf(three))).rejects.toMatchObject({ code: 'E_FILE_MISSING' })
  })

  test('tells models of one name apart, and every model on every engine', async () => {
    const twins = [...models('a', 'a'), { ...model, name: 'a', path: '/m/a.h5' }]
    const [comparison] = await compareModels({ models: twins, synthetic: true }, machineOf(three))
    expect(comparison?.competitors.map(({ name }) => name)).toEqual(['a.onnx', 'a.onnx (2)', 'a.h5'])
    const [both] = await compare(machine(steady), { models: models('a', 'b') })
    expect(both?.competitors.map(({ name }) => name)).toEqual([
      'a on onnxruntime',
      'a on tfjs-wasm',
      'b on onnxruntime',
      'b on tfjs-wasm',
    ])
  })

  test('of one model with itself is a tie about nineteen times of twenty', async () => {
    let ties = 0
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed)
      const noisy = () => 0.2 * (1 + 0.1 * (random() - 0.5))
      const options = { models: models('a', 'b'), synthetic: true, seed, targetInterval: 1e-6, maxDuration: 30 }
      const [comparison] = await compareModels(options, machineOf({ a: noisy, b: noisy }, 0))
      if (comparison?.differences.find(({ figure }) => figure === 'latency')?.verdict === 'tie') ties++
    }
    // 57 are to be expected, with a standard deviation of 1.7.
    expect(ties).toBeGreaterThanOrEqual(52)
  })
})
