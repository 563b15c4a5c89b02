/** Layers and operators as tf.keras 2 wrote them, which Keras 3 no longer does; expected values are worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { Model } from '../../../formats/format.js'
import { convertKeras } from '../../../formats/keras/convert.js'
import { KerasLayerRegistry } from '../../../formats/keras/layer-registry.js'
import { readModelConfig } from '../../../formats/keras/model-config.js'
import type { WeightScope } from '../../../formats/keras/weights.js'
import { onnxRuntimeEngine } from '../../../src/engines/onnxruntime.js'
import { countGraph } from '../../../src/operators/count.js'

type Json = Readonly<Record<string, unknown>>

interface Weight {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

function scopeOf(weights: readonly Weight[]): WeightScope {
  const datasets = weights.map(({ shape, values }, index) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer)
    return { path: `/w/${index}`, dtype: 'float32' as const, shape, byteLength: bytes.length, read: () => bytes }
  })
  const scope: WeightScope = { of: () => datasets, nested: () => scope }
  return scope
}

const SHAPE = [2, 3]
/** Two samples of `SHAPE`. */
const INPUT = Float32Array.from({ length: 12 }, (_, at) => at - 4)

const modelOf = (className: string, config: Json, inbound: unknown, inputShape: readonly number[] = SHAPE): Json => ({
  class_name: 'Functional',
  config: {
    name: 'm',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'x',
        config: { name: 'x', batch_input_shape: [null, ...inputShape] },
        inbound_nodes: [],
      },
      { class_name: className, name: 'y', config: { name: 'y', ...config }, inbound_nodes: [inbound] },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['y', 0, 0]],
  },
})

const graphOf = (config: Json, weights: readonly Weight[] = []) =>
  convertKeras(
    { config: readModelConfig(config), weights: scopeOf(weights), version: '2.12.0' },
    new KerasLayerRegistry(),
  )

async function outputOf(config: Json, weights: readonly Weight[] = []) {
  const graph = graphOf(config, weights)
  const { inputs, outputs } = graph.main
  const model: Model = {
    name: 'm',
    format: 'keras',
    path: 'm.h5',
    bytes: 0,
    inputs,
    outputs,
    graph,
    sha256: async () => '',
  }
  const session = await onnxRuntimeEngine().load(model, { threads: 1 })
  try {
    const run = session.bind(new Map([['x', { dtype: 'float32', shape: [2, ...SHAPE], data: INPUT }]]))
    await run.run()
    const [output] = [...run.outputs().values()]
    return { shape: output?.shape, values: Array.from(output?.data ?? [], Number) }
  } finally {
    await session.close()
  }
}

const lambda = (name: string, inbound: unknown) => modelOf('TFOpLambda', { function: name }, inbound)
const all = [...INPUT]

describe('an operator of TensorFlow between layers', () => {
  const cases: readonly (readonly [string, Json, readonly number[], readonly number[]])[] = [
    ['math.multiply', lambda('math.multiply', [['x', 0, 0, { y: 2, name: null }]]), [2, 2, 3], all.map((x) => 2 * x)],
    [
      'a number first',
      lambda('math.subtract', [['_CONSTANT_VALUE', -1, 1, { y: ['x', 0, 0] }]]),
      [2, 2, 3],
      all.map((x) => 1 - x),
    ],
    ['two tensors', lambda('__operators__.add', [['x', 0, 0, { y: ['x', 0, 0] }]]), [2, 2, 3], all.map((x) => 2 * x)],
    ['math.reduce_sum', lambda('math.reduce_sum', [['x', 0, 0, { axis: [1, 2] }]]), [2], [-9, 27]],
    ['reshape', lambda('reshape', [['x', 0, 0, { shape: [-1, 6] }]]), [2, 6], all],
    ['nn.relu', lambda('nn.relu', [['x', 0, 0, {}]]), [2, 2, 3], all.map((x) => Math.max(0, x))],
    [
      'concat',
      lambda('concat', [
        ['x', 0, 0, { axis: 0 }],
        ['x', 0, 0, { axis: 0 }],
      ]),
      [4, 2, 3],
      [...all, ...all],
    ],
    [
      'a slice',
      modelOf('SlicingOpLambda', { function: '__operators__.getitem' }, [
        ['x', 0, 0, { slice_spec: [{ start: null, stop: null, step: null }, 1, { start: null, stop: 2, step: null }] }],
      ]),
      [2, 2],
      [-1, 0, 5, 6],
    ],
    [
      'a node of TensorFlow',
      modelOf(
        'TensorFlowOpLayer',
        { node_def: { op: 'Mean', attr: { keep_dims: { b: true } } }, constants: { '1': [2] } },
        [['x', 0, 0, {}]],
      ),
      [2, 2, 1],
      [-3, 0, 3, 6],
    ],
  ]
  test.each(cases)('%s', async (_, config, shape, values) => {
    expect(await outputOf(config)).toEqual({ shape, values })
  })

  test('is refused by name where it is not known', () => {
    expect(() => graphOf(lambda('math.lgamma', [['x', 0, 0, {}]]))).toThrow('its operator "math.lgamma" is not known')
  })
})

describe('a layer that ran on cuDNN', () => {
  const units = 2
  const wave = (length: number, step: number) => Array.from({ length }, (_, at) => Math.sin(step * at + 1))
  const sum = (values: readonly number[], width: number) =>
    Array.from({ length: width }, (_, at) => (values[at] ?? 0) + (values[width + at] ?? 0))

  /** As Keras 2 converts such kernels: `kernel.T.reshape(kernel.shape, order='F')` for each gate. */
  function converted(values: readonly number[], rows: number, gates: number): number[] {
    const width = gates * units
    const result = new Array<number>(values.length).fill(0)
    for (let at = 0; at < values.length; at += 1) {
      const [row, column] = [Math.floor(at / width), at % width]
      const [gate, unit] = [Math.floor(column / units), column % units]
      const flat = row * units + unit
      result[(flat % rows) * width + gate * units + Math.floor(flat / rows)] = values[at] ?? 0
    }
    return result
  }

  test.each([
    ['LSTM', 4],
    ['GRU', 3],
  ] as const)('CuDNN%s computes what %s does with its kernels turned around', async (name, gates) => {
    const width = gates * units
    const [kernel, recurrent, bias] = [wave(3 * width, 0.7), wave(units * width, 0.3), wave(2 * width, 0.9)]
    const inbound = [['x', 0, 0, {}]]
    const found = await outputOf(modelOf(`CuDNN${name}`, { units, return_sequences: true }, inbound), [
      { shape: [3, width], values: kernel },
      { shape: [units, width], values: recurrent },
      { shape: [2 * width], values: bias },
    ])
    const plain = name === 'LSTM' ? { shape: [width], values: sum(bias, width) } : { shape: [2, width], values: bias }
    const expected = await outputOf(modelOf(name, { units, return_sequences: true, reset_after: true }, inbound), [
      { shape: [3, width], values: converted(kernel, 3, gates) },
      { shape: [units, width], values: converted(recurrent, units, gates) },
      plain,
    ])
    expect(found.shape).toEqual(expected.shape)
    for (const [at, value] of found.values.entries()) expect(value).toBeCloseTo(expected.values[at] ?? Number.NaN, 5)
  })
})

test('Merge of Keras 1 joins as its mode says', async () => {
  const inbound = [
    ['x', 0, 0, {}],
    ['x', 0, 0, {}],
  ]
  expect((await outputOf(modelOf('Merge', { mode: 'mul' }, inbound))).values).toEqual(all.map((x) => x * x))
  expect((await outputOf(modelOf('Merge', { mode: 'concat', concat_axis: 1 }, inbound))).shape).toEqual([2, 4, 3])
})

test('a model that Keras computes in another precision says so beside its counts', () => {
  const config = modelOf('ReLU', { dtype: { class_name: 'Policy', config: { name: 'mixed_float16' } } }, [
    ['x', 0, 0, {}],
  ])
  const expected = 'Keras computes this model in mixed_float16; here it is computed in float32'
  expect(countGraph(graphOf(config)).counts.assumptions).toContain(expected)
})

test('a custom layer is refused by its class and name, with the way out', () => {
  const config = modelOf('mine>Swirl', {}, [['x', 0, 0, {}]])
  expect(() => graphOf(config)).toThrow(
    expect.objectContaining({
      code: 'E_KERAS_LAYER',
      message: 'layer "y" (Swirl): there is no converter for the class "Swirl"',
      hint: expect.stringContaining('--plugin'),
    }),
  )
})
