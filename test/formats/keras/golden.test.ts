/** Outputs and parameters of Keras files against `make-keras.py`, a second implementation in numpy and torch. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { countModel } from '../../../benchmarks/model-counts.js'
import { ModelFactory } from '../../../formats/factory.js'
import type { Model } from '../../../formats/format.js'
import { engineFor } from '../../../src/engines/engine-for.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { countGraph } from '../../../src/operators/count.js'
import { runOnce } from '../../helpers/run-once.js'
import { describeWithSharedData, sharedPath } from '../../helpers/shared-data.js'

interface Golden {
  readonly parameters: number
  readonly outputs: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[]
}

const pathOf = (path: string) => fileURLToPath(new URL(`../../golden/${path}`, import.meta.url))
const golden: Readonly<Record<'made' | 'shared', Readonly<Record<string, Golden>>>> = JSON.parse(
  readFileSync(pathOf('keras.json'), 'utf8'),
)
/** float32 against float64; the values are of the order of 1. */
const TOLERANCE = 2e-6

const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

/** The inputs that the script gives: batch 2, other free sizes 5. */
function inputsOf(model: Model): Map<string, Tensor> {
  return new Map(
    model.inputs.map(({ name, type }, index) => {
      if (type?.kind !== 'tensor' || type.shape === undefined) throw new Error(`${name} is no tensor`)
      const shape = type.shape.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 2 : 5))
      const length = shape.reduce((product, size) => product * size, 1)
      const data =
        type.dtype === 'int32'
          ? Int32Array.from({ length }, (_, at) => (at * 7) % 5)
          : Float32Array.from({ length }, (_, at) => Math.sin(0.37 * at + index))
      return [name, { dtype: type.dtype, shape, data }]
    }),
  )
}

const outputsOf = (model: Model) => runOnce(model, inputsOf(model))

function farthest(found: Golden['outputs'], expected: Golden['outputs']): number {
  const distances = expected.flatMap(({ values }, output) =>
    values.map((value, at) => Math.abs(value - (found[output]?.values[at] ?? Number.NaN))),
  )
  return Math.max(...distances)
}

function claims(folder: (file: string) => string, files: Readonly<Record<string, Golden>>): void {
  const table = Object.entries(files)
  test.each(table)('%s computes what the second implementation computes', async (file, expected) => {
    const found = await outputsOf(await open(folder(file)))
    expect(found.map(({ shape }) => shape)).toEqual(expected.outputs.map(({ shape }) => shape))
    expect(farthest(found, expected.outputs)).toBeLessThan(TOLERANCE)
  })

  test.each(table)('%s has as many parameters as its datasets have elements', async (file, expected) => {
    const { graph } = await open(folder(file))
    expect(graph && countGraph(graph).counts.parameters.total).toBe(expected.parameters)
  })
}

claims((file) => pathOf(`keras/${file}`), golden.made)

test('the files made by the script are all of those in its folder', () => {
  const whole = readdirSync(pathOf('keras')).filter((file) => !file.startsWith('alone'))
  expect(whole.sort()).toEqual(Object.keys(golden.made).sort())
})

describe.each(['alone.weights.h5', 'alone3.weights.h5'])('%s, which holds weights alone', (file) => {
  test('has its parameters counted, without the optimizer', async () => {
    const model = await open(pathOf(`keras/${file}`))
    expect(await model.countParameters?.()).toEqual({ trainable: 20, nonTrainable: 8, bytes: 112 })
  })

  test('says in its record that the graph is missing', async () => {
    const { missing } = await countModel(await open(pathOf(`keras/${file}`)), {})
    expect(missing).toEqual([{ field: 'counts.macs', reason: expect.stringContaining('the graph is missing') }])
  })

  test('is refused by engines with the way out', async () => {
    const model = await open(pathOf(`keras/${file}`))
    await expect(engineFor(model).load(model, { threads: 1 })).rejects.toMatchObject({
      code: 'E_KERAS_NO_GRAPH',
      hint: expect.stringContaining('model.save'),
    })
  })
})

test('an output has the name of its layer', async () => {
  const { outputs } = await open(pathOf('keras/image.h5'))
  expect(outputs.map(({ name }) => name)).toEqual(['o1', 'o2'])
})

describeWithSharedData('real Keras files', () => {
  claims((file) => sharedPath('h5', file), golden.shared)

  test('every file is read, or refused by name', () => {
    const files = readdirSync(sharedPath('h5'), { recursive: true }).map(String)
    const unread = files.filter((file) => file.endsWith('.h5') && golden.shared[file] === undefined)
    expect(unread).toEqual(['KonduitAI__dl4j-test-resources__sequential_lambda.h5'])
  })

  test('a Lambda layer is refused by its name, with the way out', async () => {
    const path = sharedPath('h5', 'KonduitAI__dl4j-test-resources__sequential_lambda.h5')
    await expect(open(path)).rejects.toMatchObject({
      code: 'E_KERAS_LAYER',
      message: expect.stringContaining('"lambda_1" (Lambda)'),
      hint: expect.stringContaining('registerKerasLayer("Lambda"'),
    })
  })

  test('a Lambda layer that a plugin converts is computed', async () => {
    const factory = ModelFactory.withPredefinedFormats()
    factory.kerasLayers.register('Lambda', (call) => call.graph.elementwise(call.input, 'Tanh'))
    const model = await factory.open(sharedPath('h5', 'KonduitAI__dl4j-test-resources__sequential_lambda.h5'))
    expect((await outputsOf(model)).map(({ shape }) => shape)).toEqual([[2, 32]])
  })

  test('MACs of the CIFAR-10 ResNet-8 are those that MLPerf Tiny gives: 12.5 million', async () => {
    const { graph } = await open(sharedPath('h5', 'mlcommons__tiny__pretrainedResnet.h5'))
    expect(graph && countGraph(graph, { batchSize: 1 }).counts.macs).toBe(12_501_632)
  })
})
