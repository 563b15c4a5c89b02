/** Which constants of a graph are parameters, and which of them training changes. */
import { describe, expect, test } from 'vitest'
import { graphAttribute, int, ints, tensorAttribute } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { Initializer } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { countGraph } from '../../src/operators/count.js'

/** `[total, trainable]` of a graph with the input `x` `[1, 3, 8, 8]`. */
function parametersOf(make: (builder: GraphBuilder) => string): readonly [number, number] {
  const builder = new GraphBuilder('net')
  builder.input('x', 'float32', [1, 3, 8, 8])
  builder.output(make(builder))
  const { total, trainable, nonTrainable } = countGraph(builder.build()).counts.parameters
  expect(nonTrainable).toBe(total - trainable)
  return [total, trainable]
}

const floats = (builder: GraphBuilder, name: string, ...shape: readonly number[]): string =>
  builder.initializer(name, new Float32Array(shape.reduce((count, size) => count * size, 1)), shape)
const filter = new Float32Array(4 * 27)
const bytes = (builder: GraphBuilder, name: string, ...shape: readonly number[]): string =>
  builder.initializer(name, new Int8Array(shape.reduce((count, size) => count * size, 1)), shape)

describe('weights count', () => {
  test.each<[string, (b: GraphBuilder) => string, number, number]>([
    ['as initializers', (b) => b.node('Conv', ['x', floats(b, 'w', 4, 3, 3, 3), floats(b, 'bias', 4)]), 112, 112],
    ['with a single element', (b) => b.node('Conv', ['x', floats(b, 'w', 1, 3, 1, 1), floats(b, 'bias', 1)]), 4, 4],
    [
      'in Constant nodes',
      (b) =>
        b.node('Conv', [
          'x',
          b.node('Constant', [], { value: tensorAttribute(memoryInitializer('', filter, [4, 3, 3, 3])) }),
        ]),
      108,
      108,
    ],
    [
      'in ConstantOfShape nodes whose shape is in the file',
      (b) => b.node('Conv', ['x', b.node('ConstantOfShape', [b.constant([4, 3, 3, 3])])]),
      108,
      108,
    ],
    ['behind Transpose', (b) => b.node('MatMul', ['x', b.node('Transpose', [floats(b, 'w', 5, 8)])]), 40, 40],
    [
      'behind Cast of half precision',
      (b) => {
        const half = b.initializer('w', new Uint16Array(40), [8, 5], { dtype: 'float16' })
        return b.node('MatMul', ['x', b.node('Cast', [half], { to: int(1) })])
      },
      40,
      40,
    ],
    ['read elementwise', (b) => b.node('Mul', ['x', floats(b, 'scale', 3, 1, 1)]), 3, 3],
    [
      'of a table that is gathered from',
      (b) => b.node('Gather', [floats(b, 'table', 50, 8), b.constant([3, 4])]),
      400,
      400,
    ],
    [
      'once when they are shared',
      (b) => {
        const w = floats(b, 'w', 8, 8)
        return b.node('MatMul', [b.node('MatMul', ['x', w]), w])
      },
      64,
      64,
    ],
    ['of PRelu with one slope', (b) => b.node('PRelu', ['x', floats(b, 'slope', 1)]), 1, 1],
    ['that are only handed to an output', (b) => b.node('Identity', [floats(b, 'w', 2, 2)]), 4, 4],
  ])('%s', (_, make, total, trainable) => {
    expect(parametersOf(make)).toEqual([total, trainable])
  })

  test('in sub-graphs', () => {
    expect(
      parametersOf((b) => {
        const branch = (name: string) =>
          b.subgraph(name, (inner) => inner.output(inner.node('Mul', ['x', floats(inner, `${name}_w`, 3, 8, 8)])))
        const branches = { then_branch: graphAttribute(branch('t')), else_branch: graphAttribute(branch('e')) }
        return b.node('If', [b.constant([1], 'bool')], branches)
      }),
    ).toEqual([384, 384])
  })

  test('where they are stored sparsely, as often as they are stored', () => {
    expect(
      parametersOf((b) => {
        const dense = memoryInitializer('w', new Float32Array(64), [8, 8])
        return b.node('MatMul', ['x', b.addInitializer({ ...dense, storedElements: 10 })])
      }),
    ).toEqual([10, 10])
  })
})

describe('what training does not change counts apart', () => {
  test('running mean and variance', () => {
    expect(
      parametersOf((b) =>
        b.node('BatchNormalization', ['x', ...['s', 'b', 'm', 'v'].map((name) => floats(b, name, 3))]),
      ),
    ).toEqual([12, 6])
  })

  test('scales and zero points of quantised weights', () => {
    expect(
      parametersOf((b) => {
        const scale = floats(b, 'scale', 4)
        const w = b.node('DequantizeLinear', [bytes(b, 'w', 4, 3, 3, 3), scale, bytes(b, 'zero', 4)], { axis: int(0) })
        return b.node('Conv', ['x', w])
      }),
    ).toEqual([108 + 8, 108])
  })

  test('variables that the format calls not trainable', () => {
    expect(
      parametersOf((b) => {
        const frozen: Initializer = { ...memoryInitializer('w', new Float32Array(64), [8, 8]), trainable: false }
        return b.node('MatMul', ['x', b.addInitializer(frozen)])
      }),
    ).toEqual([64, 0])
  })
})

test('a variable of the format counts even where a single number is read', () => {
  expect(
    parametersOf((b) => {
      const temperature: Initializer = { ...memoryInitializer('t', new Float32Array(1), []), trainable: true }
      return b.node('Mul', ['x', b.addInitializer(temperature)])
    }),
  ).toEqual([1, 1])
})

describe('no parameters are', () => {
  test.each<[string, (b: GraphBuilder) => string]>([
    ['shapes', (b) => b.node('Reshape', ['x', b.constant([1, -1])])],
    [
      'shapes that are computed',
      (b) => b.node('Reshape', ['x', b.node('Concat', [b.constant([1]), b.constant([-1])], { axis: int(0) })]),
    ],
    ['single numbers of arithmetic', (b) => b.node('Mul', ['x', b.constant(2, 'float32')])],
    ['limits', (b) => b.node('Clip', ['x', b.constant(0, 'float32'), b.constant(6, 'float32')])],
    ['scales of Resize', (b) => b.node('Resize', ['x', '', b.constant([1, 1, 2, 2], 'float32')])],
    ['tables of indices', (b) => b.node('Gather', ['x', b.constant([0, 2])], { axis: int(1) })],
    [
      'sizes that ConstantOfShape gets from the input',
      (b) => b.node('Add', ['x', b.node('ConstantOfShape', [b.node('Shape', ['x'])])]),
    ],
    ['constants that nothing reads', (b) => floats(b, 'unread', 5, 5) && b.node('Relu', ['x'])],
    ['pads', (b) => b.node('Pad', ['x', b.constant([0, 0, 1, 1, 0, 0, 1, 1])])],
    ['axes', (b) => b.node('ReduceMean', ['x', b.constant([2, 3])], { keepdims: int(0) })],
  ])('%s', (_, make) => {
    expect(parametersOf(make)).toEqual([0, 0])
  })
})

test('bytes are those of the element type in the file', () => {
  const b = new GraphBuilder('net')
  const x = b.input('x', 'float32', [2, 8])
  const w = b.initializer('w', new Uint8Array(16), [4, 8], { dtype: 'int4' })
  const scale = b.initializer('scale', new Float32Array(1), [])
  const weight = b.node('Transpose', [b.node('DequantizeLinear', [w, scale])], { perm: ints([1, 0]) })
  b.output(b.node('MatMul', [x, weight]))
  const { parameters } = countGraph(b.build()).counts
  expect(parameters).toEqual({ total: 33, trainable: 32, nonTrainable: 1, bytes: 16 + 4 })
})

test('ones and zeros that an exporter made up for a normalisation without parameters do not count', () => {
  const made = (scale: string, shift: string) =>
    parametersOf((b) => {
      const ones = b.initializer(scale, new Float32Array(3).fill(1), [3])
      return b.node('InstanceNormalization', ['x', ones, floats(b, shift, 3)])
    })
  expect(made('val_3', '/i/Constant_1_output_0')).toEqual([0, 0])
  expect(made('i.weight', 'i.bias')).toEqual([6, 6])
})
