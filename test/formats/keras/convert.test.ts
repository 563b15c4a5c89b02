/** What the reader makes of configs, hostile ones included; weights come from memory. */
import { describe, expect, test } from 'vitest'
import { convertKeras } from '../../../formats/keras/convert.js'
import { KerasLayerRegistry } from '../../../formats/keras/layer-registry.js'
import { readModelConfig } from '../../../formats/keras/model-config.js'
import { parsePythonJson } from '../../../formats/keras/python-json.js'
import { snakeCase, type WeightScope } from '../../../formats/keras/weights.js'
import { countGraph } from '../../../src/operators/count.js'

type Json = Readonly<Record<string, unknown>>

/** Gives each layer zeros of these shapes. */
function zeros(shapes: Readonly<Record<string, readonly (readonly number[])[]>>): WeightScope {
  const of: WeightScope['of'] = ({ name }) =>
    (shapes[name] ?? []).map((shape, index) => {
      const byteLength = 4 * shape.reduce((product, size) => product * size, 1)
      const read = () => new Uint8Array(byteLength)
      const lend = <T>(use: (bytes: Uint8Array) => T): T => use(read())
      return { path: `/${name}/${index}`, dtype: 'float32', shape, byteLength, read, lend }
    })
  const scope: WeightScope = { of, nested: () => scope }
  return scope
}

const layer = (className: string, name: string, config: Json = {}, inbound: readonly string[] = []): Json => ({
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: inbound.length === 0 ? [] : [inbound.map((source) => [source, 0, 0, {}])],
})

const functional = (layers: readonly Json[], output: string): Json => ({
  class_name: 'Functional',
  config: { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [[output, 0, 0]] },
})

const input = (...shape: readonly (number | null)[]): Json =>
  layer('InputLayer', 'x', { batch_shape: [null, ...shape] })

const convert = (config: unknown, weights = zeros({})) =>
  convertKeras({ config: readModelConfig(config), weights, version: '2.12.0' }, new KerasLayerRegistry())

const operatorsOf = (config: unknown, weights?: WeightScope) =>
  convert(config, weights).main.nodes.map(({ operator }) => operator)

const CONV = { filters: 4, kernel_size: 3, padding: 'same', use_bias: false }

describe('layout', () => {
  test('convolutions in a row stand between two transposes', () => {
    const layers = [input(8, 8, 3), layer('Conv2D', 'a', CONV, ['x']), layer('Conv2D', 'b', CONV, ['a'])]
    const weights = zeros({ a: [[3, 3, 3, 4]], b: [[3, 3, 4, 4]] })
    expect(operatorsOf(functional(layers, 'b'), weights)).toEqual([
      'Transpose',
      'Conv',
      'Conv',
      'Transpose',
      'Identity',
    ])
  })

  test('channels first needs no transpose', () => {
    const layers = [input(3, 8, 8), layer('Conv2D', 'a', { ...CONV, data_format: 'channels_first' }, ['x'])]
    expect(operatorsOf(functional(layers, 'a'), zeros({ a: [[3, 3, 3, 4]] }))).toEqual(['Conv', 'Identity'])
  })

  test('a free height leaves SAME padding under a stride to the run', () => {
    const layers = [input(null, null, 3), layer('Conv2D', 'a', { ...CONV, strides: 2 }, ['x'])]
    const { main } = convert(functional(layers, 'a'), zeros({ a: [[3, 3, 3, 4]] }))
    expect(main.nodes[1]?.attributes.get('auto_pad')).toEqual({ kind: 'string', value: 'SAME_UPPER' })
  })
})

describe('parameters', () => {
  test('a layer that is called twice is counted once', () => {
    const shared = { ...layer('Dense', 'd', { units: 4 }, ['x']) }
    const twice = { ...shared, inbound_nodes: [[['x', 0, 0, {}]], [['d', 0, 0, {}]]] }
    const model = functional([input(4), twice], 'd')
    const config = { ...(model.config as Json), output_layers: [['d', 1, 0]] }
    const graph = convert({ ...model, config }, zeros({ d: [[4, 4], [4]] }))
    expect(graph.main.nodes.filter(({ operator }) => operator === 'Gemm')).toHaveLength(2)
    expect(countGraph(graph).counts.parameters.total).toBe(20)
  })

  test('statistics and frozen layers are not trainable', () => {
    const layers = [
      input(4),
      layer('Dense', 'd', { units: 4, trainable: false }, ['x']),
      layer('BatchNormalization', 'b', { axis: 1 }, ['d']),
    ]
    const weights = zeros({ d: [[4, 4], [4]], b: [[4], [4], [4], [4]] })
    const { parameters } = countGraph(convert(functional(layers, 'b'), weights)).counts
    expect(parameters).toMatchObject({ total: 36, trainable: 8, nonTrainable: 28 })
  })

  test('a scale of ones that Keras does not keep is no parameter', () => {
    const layers = [input(4), layer('BatchNormalization', 'b', { axis: 1, scale: false, center: false }, ['x'])]
    const graph = convert(functional(layers, 'b'), zeros({ b: [[4], [4]] }))
    expect(countGraph(graph).counts.parameters.total).toBe(8)
  })
})

test('what a Normalization has seen is counted, as Keras counts it, though nothing reads it', () => {
  const layers = [input(3), layer('Normalization', 'n', { axis: [-1] }, ['x'])]
  const graph = convert(functional(layers, 'n'), zeros({ n: [[3], [3], []] }))
  expect(countGraph(graph).counts.parameters).toMatchObject({ total: 7, trainable: 0 })
})

test('CustomScaleLayer adds a share of its second tensor', () => {
  const scaled = {
    ...layer('CustomScaleLayer', 's', { scale: 0.17 }),
    inbound_nodes: [
      [
        ['x', 0, 0, {}],
        ['r', 0, 0, {}],
      ],
    ],
  }
  const graph = convert(functional([input(4), layer('ReLU', 'r', {}, ['x']), scaled], 's'))
  expect(graph.main.nodes.map(({ operator }) => operator)).toEqual(['Relu', 'Mul', 'Add', 'Identity'])
})

describe('a config that no Keras writes ends in one line', () => {
  const deep = (depth: number): Json =>
    depth === 0 ? layer('ReLU', 'r') : { class_name: 'Sequential', config: { name: 's', layers: [deep(depth - 1)] } }
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['no object', 3, 'E_KERAS_CONFIG'],
    ['no layers', { class_name: 'Functional', config: {} }, 'E_KERAS_CONFIG'],
    ['an empty Sequential', { class_name: 'Sequential', config: [] }, 'E_KERAS_CONFIG'],
    ['models nested a thousand deep', deep(1000), 'E_KERAS_CONFIG'],
    [
      'layers that feed each other',
      functional([input(4), layer('ReLU', 'a', {}, ['b']), layer('ReLU', 'b', {}, ['a'])], 'a'),
      'E_KERAS_CONFIG',
    ],
    ['a layer that feeds itself', functional([input(4), layer('ReLU', 'a', {}, ['a'])], 'a'), 'E_KERAS_CONFIG'],
    ['a source that is not there', functional([input(4), layer('ReLU', 'a', {}, ['z'])], 'a'), 'E_KERAS_CONFIG'],
    ['two layers of one name', functional([input(4), input(4)], 'x'), 'E_KERAS_CONFIG'],
    ['an input of absurd size', functional([input(2 ** 52, 4)], 'x'), 'E_KERAS_CONFIG'],
    ['an input of negative size', functional([input(-1)], 'x'), 'E_KERAS_CONFIG'],
    [
      'a Dense of absurd size',
      functional([input(4), layer('Dense', 'd', { units: 1e15 }, ['x'])], 'd'),
      'E_KERAS_CONFIG',
    ],
    [
      'a Dense without weights',
      functional([input(4), layer('Dense', 'd', { units: 4 }, ['x'])], 'd'),
      'E_KERAS_WEIGHTS',
    ],
    [
      'a window larger than the image',
      functional([input(4, 4, 1), layer('MaxPooling2D', 'p', { pool_size: 9 }, ['x'])], 'p'),
      'E_KERAS_CONFIG',
    ],
    [
      'a class of one\u2019s own',
      functional([input(4), layer('my_package>Mine', 'm', {}, ['x'])], 'm'),
      'E_KERAS_LAYER',
    ],
    ['the class "constructor"', functional([input(4), layer('constructor', 'm', {}, ['x'])], 'm'), 'E_KERAS_LAYER'],
    [
      'the activation "constructor"',
      functional([input(4), layer('Activation', 'm', { activation: 'constructor' }, ['x'])], 'm'),
      'E_KERAS_LAYER',
    ],
  ]

  test.each(cases)('%s', (_, config, code) => {
    expect(() => convert(config)).toThrow(expect.objectContaining({ code, hint: expect.any(String) }))
  })

  test('models that call models that call models do not run for ever', () => {
    const twice = (level: number): Json => {
      const inner = level === 0 ? layer('ReLU', 'm', {}, ['x']) : { ...twice(level - 1), name: 'm' }
      const calls = { ...inner, inbound_nodes: [[['x', 0, 0, {}]], [['m', 0, 0, {}]]] }
      const model = functional([input(4), calls], 'm')
      return { ...model, config: { ...(model.config as Json), output_layers: [['m', 1, 0]] } }
    }
    expect(() => convert(twice(20))).toThrow(expect.objectContaining({ code: 'E_KERAS_CONFIG' }))
  })
})

test('in an .h5 of Keras 3 an operator that has the name of a layer is known by what it lacks', () => {
  const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } }
  const sum = {
    class_name: 'Add',
    name: 'a',
    config: { name: 'a' },
    inbound_nodes: [{ args: [tensor, 3], kwargs: {} }],
  }
  expect(operatorsOf(functional([input(4), sum], 'a'))).toEqual(['Add', 'Identity'])
})

test('a chain of 5,000 layers is no recursion', () => {
  const chain = Array.from({ length: 5000 }, (_, index) =>
    layer('Dropout', `d${index}`, {}, [index === 0 ? 'x' : `d${index - 1}`]),
  )
  expect(operatorsOf(functional([input(4), ...chain], 'd4999'))).toEqual(['Identity'])
})

test('numbers that only Python writes in JSON are read', () => {
  expect(parsePythonJson('{"a": -Infinity, "b": NaN, "c": "NaN"}', 'it')).toEqual({
    a: Number.NEGATIVE_INFINITY,
    b: null,
    c: 'NaN',
  })
})

test.each([
  ['Conv2D', 'conv2d'],
  ['DepthwiseConv2D', 'depthwise_conv2d'],
  ['BatchNormalization', 'batch_normalization'],
  ['PReLU', 'p_re_lu'],
])('%s is counted as %s', (className, name) => {
  expect(snakeCase(className)).toBe(name)
})

test.each([
  ['nesting', '['.repeat(501), /nests deeper than 500 levels at character 500/],
  ['values', '[],'.repeat(2_000_001), /holds more than 4000000 values/],
])('a config of endless %s is refused before anything is made of it', (_, text, message) => {
  expect(() => parsePythonJson(text, 'the config')).toThrow(message)
})

test('brackets that close again are no nesting', () => {
  expect(parsePythonJson(`[${'[],'.repeat(5000)}[]]`, 'the config')).toHaveLength(5001)
})
