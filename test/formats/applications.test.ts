/** Architectures of keras.applications against what TensorFlow counts and computes (`test/golden/make-applications.py`). */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import type { Model } from '../../formats/format.js'
import { convertKeras } from '../../formats/keras/convert.js'
import type { Hdf5Dataset } from '../../formats/keras/hdf5.js'
import { KerasLayerRegistry } from '../../formats/keras/layer-registry.js'
import { readModelConfig } from '../../formats/keras/model-config.js'
import type { WeightScope } from '../../formats/keras/weights.js'
import { madePicture } from '../../scripts/made-values.mjs'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { countGraph } from '../../src/operators/count.js'
import {
  type Application,
  applicationNames,
  expectedOutputs,
  readApplication,
  writeApplicationH5,
  writeApplicationKeras,
  writeApplicationSavedModel,
} from '../helpers/applications.js'

/** What is asked for: float32, up to 500 layers one behind the other, probabilities of up to 0.4. */
const TOLERANCE = 1e-5
const SMALL = ['DenseNet121', 'EfficientNetB0', 'MobileNet', 'MobileNetV2', 'MobileNetV3Small', 'NASNetMobile']

const twins: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(new URL('../golden/application-twins.json', import.meta.url), 'utf8'),
)

function counted(graph: ModelGraph | undefined, { input }: Application) {
  if (graph === undefined) throw new Error('the model has no graph')
  const name = graph.main.inputs[0]?.name ?? ''
  const { counts } = countGraph(graph, { batchSize: 1, inputShapes: new Map([[name, [1, ...input]]]) })
  const { trainable, nonTrainable } = counts.parameters
  return { trainable, nonTrainable, macs: counts.macs }
}

const expected = ({ trainable, nonTrainable, macs }: Application) => ({ trainable, nonTrainable, macs })

/** Zeros of the shapes that the file would have. */
function zeroWeights({ weights, h5 }: Application): WeightScope {
  const all = Object.values(h5.places).flat()
  const datasetOf = ([path, number]: readonly [string, number]): Hdf5Dataset => {
    const shape = weights[number]?.[0] ?? []
    const byteLength = 4 * shape.reduce((product, size) => product * size, 1)
    return { path, dtype: number < 0 ? 'int64' : 'float32', shape, byteLength, read: () => new Uint8Array(byteLength) }
  }
  const scope: WeightScope = {
    of: ({ name }) => all.filter(([path]) => path.split('/').at(-2) === name).map(datasetOf),
    nested: () => scope,
  }
  return scope
}

async function farthest(model: Model, application: Application): Promise<number> {
  const session = await onnxRuntimeEngine().load(model, { threads: 2 })
  try {
    const data = madePicture(application.input, application.range)
    const shape = [1, ...application.input]
    const run = session.bind(new Map([[model.inputs[0]?.name ?? '', { dtype: 'float32', shape, data }]]))
    await run.run()
    const found = [...run.outputs().values()].flatMap((output) => Array.from(output.data, Number))
    return Math.max(...expectedOutputs(application).map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))))
  } finally {
    await session.close()
  }
}

test('all 40 architectures are there', () => {
  expect(applicationNames()).toHaveLength(40)
})

describe.each(['h5', 'keras'] as const)('the config of the .%s file', (form) => {
  test.each(applicationNames())('%s has the parameters and multiply-accumulates that TensorFlow counts', (name) => {
    const application = readApplication(name)
    const config = readModelConfig(application[form].config)
    const model = { config, weights: zeroWeights(application), version: application.version }
    expect(counted(convertKeras(model, new KerasLayerRegistry()), application)).toEqual(expected(application))
  })
})

test.each(Object.entries(twins))('%s has the multiply-accumulates of its edition in PyTorch', (name, macs) => {
  expect(readApplication(name).macs).toBe(macs)
})

const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

describe('probabilities are those of TensorFlow', () => {
  test.each(SMALL)('%s from .h5', async (name) => {
    const application = readApplication(name)
    expect(await farthest(await open(await writeApplicationH5(application)), application)).toBeLessThan(TOLERANCE)
  })

  test.each(SMALL)('%s from .keras', async (name) => {
    const application = readApplication(name)
    expect(await farthest(await open(await writeApplicationKeras(application)), application)).toBeLessThan(TOLERANCE)
  })

  test.each([
    ['MobileNetV2', 'exported'],
    ['MobileNetV2', 'saved'],
    ['EfficientNetB0', 'exported'],
    ['ConvNeXtTiny', 'saved'],
  ])('%s %s as SavedModel, and so are its counts', async (name, form) => {
    const application = readApplication(name)
    const model = await open(writeApplicationSavedModel(application, form))
    expect(counted(model.graph, application)).toEqual(expected(application))
    expect(await farthest(model, application)).toBeLessThan(TOLERANCE)
  })
})
