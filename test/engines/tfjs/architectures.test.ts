/** Real architectures give on TensorFlow.js what they give on onnxruntime. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { seededRandom } from '../../../src/core/random.js'
import { onnxRuntimeEngine } from '../../../src/engines/onnxruntime.js'
import { tfjsEngine } from '../../../src/engines/tfjs/tfjs.js'
import type { ModelGraph } from '../../../src/graph/graph.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { differenceOf, modelOf, runOn, withMadeWeights } from '../../helpers/engine-comparison.js'
import { describeWithSharedData, sharedPath } from '../../helpers/shared-data.js'

const GOLDEN = fileURLToPath(new URL('../../golden/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'greenbench-tfjs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** float32 sums in another order. */
const TOLERANCE = 1e-4

async function graphOf(path: string): Promise<ModelGraph> {
  const { graph } = await ModelFactory.withPredefinedFormats().open(path)
  if (graph === undefined) throw new Error(`${path} has no graph`)
  return graph
}

function picture(graph: ModelGraph, side: number): ReadonlyMap<string, Tensor> {
  const random = seededRandom(7)
  return new Map(
    graph.main.inputs.map(({ name, type }): [string, Tensor] => {
      const declared = type?.kind === 'tensor' ? (type.shape ?? []) : []
      const shape = declared.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 1 : side))
      const count = shape.reduce((product, size) => product * size, 1)
      if (type?.kind === 'tensor' && type.dtype === 'int64') {
        return [
          name,
          {
            dtype: 'int64',
            shape,
            data: BigInt64Array.from({ length: count }, () => BigInt(Math.floor(random() * 9))),
          },
        ]
      }
      return [name, { dtype: 'float32', shape, data: Float32Array.from({ length: count }, () => random() * 2 - 1) }]
    }),
  )
}

async function compare(graph: ModelGraph, side = 224) {
  const inputs = picture(graph, side)
  const [found, expected] = [
    await runOn(tfjsEngine('tfjs-wasm'), modelOf(graph), inputs),
    await runOn(onnxRuntimeEngine(), modelOf(graph), inputs),
  ]
  return differenceOf(found, expected)
}

test.each([
  'mobilenet_v2',
  'mobilenet_v3_small',
  'efficientnet_b0',
  'squeezenet1_1',
  'shufflenet_v2_x1_0',
  'resnet18',
  'googlenet',
  'lstm',
  'gru',
])('%s with made-up weights gives the outputs of onnxruntime', async (name) => {
  const path = join(folder, `${name}.onnx`)
  writeFileSync(path, gunzipSync(readFileSync(join(GOLDEN, `${name}.onnx.gz`))))
  // The weights lie in a file that is a hole; made-up ones take their place.
  writeFileSync(join(folder, 'weights.bin'), '')
  truncateSync(join(folder, 'weights.bin'), 2 ** 29)
  const graph = withMadeWeights(await graphOf(path), seededRandom(3))
  const { other, largest } = await compare(graph)
  expect(other).toEqual([])
  expect(largest).toBeLessThan(TOLERANCE)
})

describeWithSharedData('real files on tfjs-wasm', () => {
  test.each([
    'onnx/light/light_densenet121.onnx',
    'onnx/light/light_squeezenet.onnx',
    'onnx/onnxruntime/testdata/mnist.onnx',
    'h5/mlcommons__tiny__pretrainedResnet.h5',
    'h5/mlcommons__tiny__str_ww_ref_model.h5',
    'h5/dl4j_tfkeras/cnn1d_26.h5',
    'h5/dl4j_tfkeras/cnn2d_117.h5',
    'h5/dl4j_tfkeras/rnn_141.h5',
    'h5/KonduitAI__dl4j-test-resources__bidirectional_lstm_tensorflow_2.h5',
  ])('%s gives the outputs of onnxruntime', async (file) => {
    const { other, largest } = await compare(await graphOf(sharedPath(file)), 12)
    expect(other).toEqual([])
    expect(largest).toBeLessThan(TOLERANCE)
  })
})
