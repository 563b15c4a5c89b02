import { describe, expect, test } from 'vitest'
import { type ComparisonOptions, compareEngines } from '../../benchmarks/compare-engines.js'
import { realSurroundings, type Surroundings } from '../../benchmarks/surroundings.js'
import type { Model } from '../../formats/format.js'
import { parseRecord } from '../../src/core/validate-record.js'
import type { Engine } from '../../src/engines/engine.js'
import { symbol } from '../../src/graph/dimension.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { FakeClock, FakeMeter, FakeRun } from '../helpers/fake-measurement.js'
import { onnxFile } from '../helpers/model-files.js'

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
  compareEngines(
    { model, synthetic: true, engineNames: ['onnxruntime', 'tfjs-wasm'], seed: 5, ...options },
    surroundings,
  )

describe('a comparison', () => {
  test('has a record for each engine, which it names, and fits the schema', async () => {
    const { records, comparisons } = await compare(machine(steady))
    expect(records.map(({ engine }) => engine.name)).toEqual(['onnxruntime', 'tfjs-wasm'])
    expect(comparisons[0]?.engines.map(({ record }) => record)).toEqual(records.map(({ id }) => id))
    for (const record of [...records, ...comparisons]) {
      expect(parseRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
    }
  })

  test('gives ratios of time and energy to the first engine', async () => {
    const [comparison] = (await compare(machine(steady))).comparisons
    const [first, second] = comparison?.engines ?? []
    expect(first?.timeRatio).toBeUndefined()
    expect(second?.timeRatio?.ratio).toBeCloseTo(3, 2)
    expect(second?.energyRatio?.ratio).toBeCloseTo(3, 1)
  })

  test('keeps its ratio on a machine that slows down', async () => {
    let calls = 0
    const slower = (factor: number) => ({ latency: () => factor * 0.01 * (1 + calls++ / 5000) })
    const { comparisons } = await compare(machine({ onnxruntime: slower(1), 'tfjs-wasm': slower(2) }))
    expect(comparisons[0]?.engines[1]?.timeRatio?.ratio).toBeCloseTo(2, 1)
  })

  test('runs every engine once a round, in an order that its seed repeats', async () => {
    const orders = async (seed: number) => (await compare(machine(steady), { seed })).comparisons[0]?.order ?? []
    const order = await orders(5)
    expect(order.every((turns) => [...turns].sort().join() === 'onnxruntime,tfjs-wasm')).toBe(true)
    expect(new Set(order.map(String)).size).toBe(2)
    expect(await orders(5)).toEqual(order)
  })

  test('warns of engines that give other outputs', async () => {
    const other = { ...steady, 'tfjs-wasm': { latency: () => 0.01, output: 1.5 } }
    const [comparison] = (await compare(machine(other))).comparisons
    expect(comparison?.engines[1]?.outputDifference).toBeCloseTo(0.5, 6)
    expect(comparison?.warnings).toMatchObject([{ code: 'W_OUTPUTS_DIFFER' }])
  })

  test('ends as incomplete when one engine fails on the way, with every session closed', async () => {
    const failing = (run: number): number => {
      if (run > 1200) throw new Error('no memory')
      return 0.01
    }
    const surroundings = machine({ ...steady, 'tfjs-wasm': { latency: failing } })
    const { records, comparisons } = await compare(surroundings, {
      maxDuration: 600,
      targetInterval: 1e-9,
    })
    expect(records.map(({ complete }) => complete)).toEqual([false, false])
    expect(comparisons[0]?.complete).toBe(false)
    expect(surroundings.opened).toEqual([])
  })

  test('needs two engines', async () => {
    await expect(compare(machine(steady), { engineNames: ['onnxruntime'] })).rejects.toMatchObject({
      code: 'E_COMPARISON',
    })
  })
})
