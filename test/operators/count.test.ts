/** What a graph costs: multiply-accumulates, other operations, layers, and figures that stay away. */
import { describe, expect, test } from 'vitest'
import { float, int, ints, text } from '../../src/graph/attributes.js'
import { type Attributes, GraphBuilder } from '../../src/graph/builder.js'
import type { FunctionDefinition, ModelGraph } from '../../src/graph/graph.js'
import { countGraph } from '../../src/operators/count.js'

type Sizes = readonly (number | string)[]

/** One node; inputs in brackets are initializers of that shape. */
function single(
  operator: string,
  inputs: readonly (Sizes | readonly [Sizes])[],
  attributes: Attributes = {},
  opset = 21,
): ModelGraph {
  const builder = new GraphBuilder('net')
  const names = inputs.map((input, index) => {
    const [inner] = input
    if (typeof inner !== 'object') return builder.input(`x${index}`, 'float32', input as Sizes)
    const shape = inner.map(Number)
    const count = shape.reduce((product, size) => product * size, 1)
    return builder.initializer(`w${index}`, new Float32Array(count), shape)
  })
  return builder.output(builder.node(operator, names, attributes)).build({ opset })
}

describe('multiply-accumulates', () => {
  test.each<[string, ModelGraph, number]>([
    ['Conv, every output sums over one filter', single('Conv', [[1, 3, 8, 8], [[16, 3, 3, 3]]]), 16 * 36 * 27],
    [
      'Conv, padding not excluded',
      single('Conv', [[1, 3, 8, 8], [[16, 3, 3, 3]]], { pads: ints([1, 1, 1, 1]) }),
      16 * 64 * 27,
    ],
    ['Conv, depthwise', single('Conv', [[1, 8, 5, 5], [[8, 1, 3, 3]]], { group: int(8) }), 8 * 9 * 9],
    ['Conv, without its bias', single('Conv', [[2, 3, 8, 8], [[4, 3, 1, 1]], [[4]]]), 2 * 4 * 64 * 3],
    [
      'ConvTranspose, by input positions',
      single('ConvTranspose', [[1, 4, 5, 5], [[4, 6, 3, 3]]], { strides: ints([2, 2]) }),
      4 * 25 * 6 * 9,
    ],
    [
      'ConvTranspose in groups',
      single('ConvTranspose', [[1, 4, 5, 5], [[4, 3, 3, 3]]], { group: int(2) }),
      4 * 25 * 3 * 9,
    ],
    ['DeformConv', single('DeformConv', [[1, 3, 8, 8], [[16, 3, 3, 3]], [1, 18, 6, 6]]), 16 * 36 * 27],
    [
      'MatMul of stacks',
      single('MatMul', [
        [5, 2, 3],
        [5, 3, 4],
      ]),
      5 * 2 * 3 * 4,
    ],
    ['MatMul of vectors', single('MatMul', [[7], [7]]), 7],
    ['Gemm, without its bias', single('Gemm', [[2, 3], [[3, 4]], [[4]]]), 24],
    ['Gemm of a turned matrix', single('Gemm', [[3, 2], [[4, 3]]], { transA: int(1), transB: int(1) }), 24],
    [
      'Einsum that sums',
      single(
        'Einsum',
        [
          [5, 2, 3],
          [5, 3, 4],
        ],
        { equation: text('bij,bjk->bik') },
      ),
      5 * 24,
    ],
    [
      'Einsum of three, from left to right',
      single(
        'Einsum',
        [
          [2, 3],
          [3, 4],
          [4, 5],
        ],
        { equation: text('ij,jk,kl->il') },
      ),
      24 + 40,
    ],
    [
      'Einsum that does not sum',
      single(
        'Einsum',
        [
          [2, 3],
          [2, 3],
        ],
        { equation: text('ij,ij->ij') },
      ),
      0,
    ],
    ['Relu', single('Relu', [[2, 3]]), 0],
  ])('%s', (_, model, macs) => {
    const { counts } = countGraph(model)
    expect(counts.macs).toBe(macs)
    expect(counts.flops).toBe(2 * macs)
  })
})

describe('other operations', () => {
  test.each<[string, ModelGraph, number]>([
    ['Add, one per result', single('Add', [[2, 1], [3]]), 6],
    [
      'Sum of three, two per result',
      single('Sum', [
        [2, 3],
        [2, 3],
        [2, 3],
      ]),
      12,
    ],
    [
      'Mean of two',
      single('Mean', [
        [2, 3],
        [2, 3],
      ]),
      12,
    ],
    ['bias of a convolution', single('Conv', [[1, 1, 3, 3], [[2, 1, 1, 1]], [[2]]]), 18],
    [
      'Gemm with bias and factors',
      single('Gemm', [[2, 3], [[3, 4]], [[4]]], { alpha: float(0.5), beta: float(2) }),
      24,
    ],
    [
      'MaxPool, each element under each window',
      single('MaxPool', [[1, 2, 4, 4]], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
      32,
    ],
    ['GlobalAveragePool, each input', single('GlobalAveragePool', [[1, 2, 4, 4]]), 32],
    [
      'BatchNormalization, a factor and a summand',
      single('BatchNormalization', [[1, 2, 4], [[2]], [[2]], [[2]], [[2]]]),
      16,
    ],
    ['LRN', single('LRN', [[1, 4, 2, 2]], { size: int(3) }), 8 * 16],
    ['Softmax', single('Softmax', [[2, 10]]), 100],
    ['ReduceSum, each input', single('ReduceSum', [[2, 10]]), 20],
    ['ReduceSum of nothing', single('ReduceSum', [[2, 10]], { noop_with_empty_axes: int(1) }), 0],
    ['Transpose moves only', single('Transpose', [[2, 10]]), 0],
    [
      'Einsum that multiplies element by element',
      single(
        'Einsum',
        [
          [2, 3],
          [2, 3],
        ],
        { equation: text('ij,ij->ij') },
      ),
      6,
    ],
    ['Einsum that only turns', single('Einsum', [[2, 3]], { equation: text('ij->ji') }), 0],
    ['Det', single('Det', [[3, 6, 6]]), 3 * 144],
  ])('%s', (_, model, other) => {
    expect(countGraph(model).counts.otherOperations).toBe(other)
  })
})

const small = (batch: number | string = 'N'): ModelGraph => {
  const b = new GraphBuilder('net')
  const x = b.input('x', 'float32', [batch, 3, 8, 8])
  const w = b.initializer('w', new Float32Array(4 * 27), [4, 3, 3, 3])
  const y = b.node('Relu', [b.node('Conv', [x, w], {}, { name: 'first' })], {}, { name: 'second' })
  const fc = b.initializer('fc', new Float32Array(144 * 10), [144, 10])
  b.output(b.node('MatMul', [b.node('Flatten', [y], {}, { name: 'third' }), fc], {}, { name: 'last' }))
  return b.build()
}

describe('a graph', () => {
  test('costs as many times as much as the batch is large', () => {
    const one = countGraph(small(), { batchSize: 1 }).counts
    const nine = countGraph(small(), { batchSize: 9 }).counts
    expect(one.macs).toBe(4 * 36 * 27 + 1440)
    expect(nine.macs).toBe(9 * (one.macs ?? 0))
    expect(nine.batchSize).toBe(9)
  })

  test('has one row per node, whose sums are the totals', () => {
    const { layers, counts } = countGraph(small(), { batchSize: 2 })
    expect(layers.map(({ name }) => name)).toEqual(['first', 'second', 'third', 'last'])
    expect(layers.reduce((sum, { macs = 0 }) => sum + macs, 0)).toBe(counts.macs)
    expect(layers.reduce((sum, { otherOperations = 0 }) => sum + otherOperations, 0)).toBe(counts.otherOperations)
    expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(counts.parameters.total)
  })

  test('lists its operators, those with most work first', () => {
    const { operators } = countGraph(small(), { batchSize: 1 })
    expect(operators.map(({ operator, count }) => [operator, count])).toEqual([
      ['Conv', 1],
      ['MatMul', 1],
      ['Relu', 1],
      ['Flatten', 1],
    ])
  })

  test('whose batch is free has parameters, but no figures that depend on it', () => {
    const { counts, missing, outputs } = countGraph(small())
    expect(counts.parameters.total).toBe(108 + 1440)
    expect(counts.macs).toBeUndefined()
    expect(counts.peakActivationBytes).toBeUndefined()
    expect(outputs).toMatchObject([{ dtype: 'float32', shape: ['N', 10] }])
    expect(missing.map(({ field }) => field)).toContain('counts.macs')
    expect(missing[0]?.reason).toBe('Conv "first": the sizes of output 0 are [N, 4, 6, 6]')
  })

  test('keeps its MACs when only elementwise work has sizes that the run tells', () => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [2, 3])
    b.output(b.node('MatMul', [x, b.initializer('w', new Float32Array(12), [3, 4])]))
    const ends = ['start', 'limit', 'delta'].map((name) => b.input(name, 'float32', []))
    b.output(b.node('Relu', [b.node('Range', ends)]))
    const { counts } = countGraph(b.build())
    expect(counts.macs).toBe(24)
    expect(counts.otherOperations).toBeUndefined()
  })

  test('moves its inputs, outputs and weights once', () => {
    const { counts } = countGraph(single('MatMul', [[2, 3], [[3, 4]]]))
    expect(counts.arithmeticIntensity).toBeCloseTo(48 / (4 * (6 + 12 + 8)), 12)
  })
})

describe('operators without a rule', () => {
  const model = (): ModelGraph => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [2, 3])
    const first = b.node('Mystery', [x], {}, { domain: 'com.acme' })
    const second = b.node('Mystery', [first], {}, { domain: 'com.acme' })
    b.output(b.node('Relu', [x])).output(second)
    return b.build()
  }

  test('are listed with their domain and number of uses', () => {
    expect(countGraph(model()).counts.unknownOperators).toEqual([{ operator: 'com.acme.Mystery', count: 2 }])
  })

  test('have no figures of their own, and leave those of the others', () => {
    const { counts, layers } = countGraph(model())
    expect(layers[0]?.macs).toBeUndefined()
    expect(counts.otherOperations).toBe(6)
  })

  test('of which the rule fails are listed too', () => {
    const { counts } = countGraph(
      single('MatMul', [
        [2, 3],
        [4, 5],
      ]),
    )
    expect(counts.unknownOperators).toEqual([{ operator: 'MatMul', count: 1 }])
  })
})

test('a function is counted by what it does, at every call', () => {
  const twice: FunctionDefinition = {
    name: 'Twice',
    domain: 'local',
    inputs: ['a', 'w'],
    outputs: ['b'],
    attributes: [],
    attributeDefaults: new Map(),
    nodes: ['m', 'b'].map((output, index) => ({
      name: `step${index}`,
      operator: 'MatMul',
      domain: '',
      inputs: [index === 0 ? 'a' : 'm', 'w'],
      outputs: [output],
      attributes: new Map(),
    })),
    opsets: new Map([['', 21]]),
  }
  const b = new GraphBuilder('net')
  const x = b.input('x', 'float32', [2, 3])
  const w = b.initializer('w', new Float32Array(9), [3, 3])
  const first = b.node('Twice', [x, w], {}, { domain: 'local', name: 'call' })
  b.output(b.node('Twice', [first, w], {}, { domain: 'local', name: 'again' })).function(twice)
  const { counts, layers } = countGraph(b.build())
  expect(counts.macs).toBe(4 * 18)
  expect(counts.parameters.total).toBe(9)
  expect(layers.map(({ name, parameters }) => [name, parameters])).toEqual([
    ['call/step0', 9],
    ['call/step1', 0],
    ['again/step0', 0],
    ['again/step1', 0],
  ])
})
