import { describe, expect, test } from 'vitest'
import type { Model, RunnerOptions } from '../../formats/format.js'
import { UnsupportedError } from '../../src/core/errors.js'
import { engineFor } from '../../src/engines/engine-for.js'
import { runnerEngine } from '../../src/engines/runner-engine.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { numbersOf, onnxFile } from '../helpers/model-files.js'

const vector = (...values: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
})
const info = (name: string) => ({ name, type: { kind: 'tensor', dtype: 'float32', shape: [2] } }) as const

/** A format of a user: no graph, subtracts its second input from its first. */
function subtraction(seen: RunnerOptions[] = [], closed: string[] = []): Model {
  const { isOnnxFile: _, ...model } = onnxFile('/models/subtraction.abacus')
  return {
    ...model,
    format: 'abacus',
    inputs: [info('left'), info('right')],
    outputs: [info('difference')],
    createRunner: (options) => {
      seen.push(options)
      return Promise.resolve({
        run: ([left, right]) =>
          Promise.resolve([vector(...numbersOf(left).map((value, at) => value - (numbersOf(right)[at] ?? 0)))]),
        close: () => Promise.resolve(void closed.push('closed')),
      })
    },
  }
}

describe('model that runs itself', () => {
  test('gets its inputs in the order of its signature and names its outputs by it', async () => {
    const session = await runnerEngine().load(subtraction(), { threads: 0 })
    const run = session.bind(
      new Map([
        ['right', vector(1, 2)],
        ['left', vector(5, 5)],
      ]),
    )
    await run.run()
    expect(run.outputs().get('difference')?.data).toEqual(Float32Array.from([4, 3]))
  })

  test('is told threads and batch size', async () => {
    const seen: RunnerOptions[] = []
    await runnerEngine().load(subtraction(seen), { threads: 3, batchSize: 8 })
    expect(seen).toEqual([{ threads: 3, batchSize: 8 }])
  })

  test('is closed with its session', async () => {
    const closed: string[] = []
    await (await runnerEngine().load(subtraction([], closed), { threads: 0 })).close()
    expect(closed).toEqual(['closed'])
  })

  test('fails in one line', async () => {
    const model: Model = {
      ...subtraction(),
      createRunner: () =>
        Promise.resolve({ run: () => Promise.reject(new Error('no beads')), close: () => Promise.resolve() }),
    }
    const session = await runnerEngine().load(model, { threads: 0 })
    const run = session.bind(
      new Map([
        ['left', vector(1)],
        ['right', vector(1)],
      ]),
    )
    await expect(run.run()).rejects.toMatchObject({ code: 'E_ENGINE_RUN', message: expect.stringMatching('no beads') })
  })
})

describe('choice of the engine', () => {
  test('takes onnxruntime for ONNX files and the runner of a model that brings one', () => {
    expect(engineFor(onnxFile('/models/a.onnx')).name).toBe('onnxruntime')
    expect(engineFor(subtraction()).name).toBe('runner')
  })

  test('a model with neither graph nor runner is refused', async () => {
    const { createRunner: _, ...model } = subtraction()
    await expect(engineFor(model).load(model, { threads: 0 })).rejects.toBeInstanceOf(UnsupportedError)
  })
})
