/** What is done to a model before it is trained: constants, a new head, another batch size, first values. */
import { describe, expect, test } from 'vitest'
import { attribute, GraphBuilder, type ModelGraph, memoryInitializer } from '../../src/graph/index.js'
import { inferTypes } from '../../src/operators/infer.js'
import { shapeOf } from '../../src/operators/known-value.js'
import { openTrainer } from '../../src/training/open-trainer.js'
import { withConstantWeights } from '../../src/training/preparation/constant-weights.js'
import { withBatchSize } from '../../src/training/preparation/fixed-batch.js'
import { classesOf, withClasses } from '../../src/training/preparation/new-head.js'
import { notesOn } from '../../src/training/preparation/notes.js'
import { prepareModel } from '../../src/training/preparation/prepare-model.js'
import { withWideWeights } from '../../src/training/preparation/widened-weights.js'
import { weightsOf } from '../../src/training/weights.js'
import { batchOf, classifier, OPTIONS } from '../helpers/training-model.js'

const { int, ints } = attribute
const zeros = (count: number) => new Float32Array(count)
const outputShape = (model: ModelGraph) => shapeOf(inferTypes(model).main.values.get(model.main.outputs[0]?.name ?? ''))

/** `[N, 4, 6, 6]` to four classes. @param write - from an image to the scores */
function ending(write: (builder: GraphBuilder, image: string) => string, batch: number | string = 'N'): ModelGraph {
  const builder = new GraphBuilder('ending')
  const scores = write(builder, builder.input('image', 'float32', [batch, 4, 6, 6]))
  builder.output(scores, 'float32', [batch, 4])
  return builder.build({ opset: 17 })
}

const flat = (builder: GraphBuilder, image: string) =>
  builder.node('Flatten', [builder.node('GlobalAveragePool', [image])])

const ENDINGS: readonly (readonly [string, ModelGraph])[] = [
  ['Gemm', classifier({ classes: 4 })],
  [
    'Gemm with its weight the other way round, and Softmax',
    ending((b, image) => {
      const logits = b.node('Gemm', [
        flat(b, image),
        b.initializer('w', zeros(16), [4, 4]),
        b.initializer('b', zeros(4)),
      ])
      return b.node('Softmax', [logits])
    }),
  ],
  ['MatMul', ending((b, image) => b.node('MatMul', [flat(b, image), b.initializer('w', zeros(16), [4, 4])]))],
  [
    'MatMul and Add',
    ending((b, image) => {
      const product = b.node('MatMul', [flat(b, image), b.initializer('w', zeros(16), [4, 4])])
      return b.node('Add', [b.initializer('b', zeros(4)), product])
    }),
  ],
  [
    'Conv before pooling',
    ending((b, image) => {
      const conv = b.node('Conv', [image, b.initializer('w', zeros(16), [4, 4, 1, 1]), b.initializer('b', zeros(4))])
      return flat(b, b.node('Relu', [conv]))
    }),
  ],
  [
    'a Reshape that names the classes',
    ending((b, image) => {
      const conv = b.node('Conv', [b.node('GlobalAveragePool', [image]), b.initializer('w', zeros(16), [4, 4, 1, 1])])
      return b.node('Reshape', [conv, b.constant([-1, 4])])
    }),
  ],
  [
    'Gemm whose weight comes through Reshape',
    ending((b, image) => {
      const weight = b.node('Reshape', [b.initializer('w', zeros(16), [4, 4, 1, 1]), b.constant([4, 4])])
      return b.node('Gemm', [flat(b, image), weight], { transB: int(1) })
    }),
  ],
]

describe.each(ENDINGS)('a new head where the model ends in %s', (_, model) => {
  test('gives as many scores as there are classes', () => {
    expect(outputShape(withClasses(model, 7, {}).model)?.[1]).toBe(7)
    const { type } = withClasses(model, 7, {}).model.main.outputs[0] ?? {}
    expect(type?.kind === 'tensor' ? (type.shape?.[1] ?? 7) : 7).toBe(7)
  })

  test('is not made for the classes that it has', () => {
    expect(withClasses(model, 4, {}).model).toBe(model)
  })
})

describe('what is none to train is told before its classes are counted', () => {
  const matrix = (b: GraphBuilder, image: string) =>
    b.node('MatMul', [flat(b, image), b.initializer('w', zeros(16), [4, 4])])
  test.each([
    [
      'classes in place of scores',
      (b, image) => b.node('ArgMax', [matrix(b, image)]),
      'E_TRAINING_OUTPUT',
      /of ArgMax is int64/,
    ],
    ['no weights', flat, 'E_NO_WEIGHTS', /no weights that can be trained/],
  ] as const satisfies readonly (readonly [string, typeof flat, string, RegExp])[])('%s', (_, write, code, message) => {
    const builder = new GraphBuilder('none')
    builder.output(write(builder, builder.input('image', 'float32', ['N', 4, 6, 6])))
    const model = builder.build({ opset: 17 })
    const told = expect.objectContaining({ code, message: expect.stringMatching(message) })
    expect(() => classesOf(model, {})).toThrow(told)
    expect(() => withClasses(model, 6, {})).toThrow(told)
  })
})

test('a new head leaves the other weights as they are, and is trained', async () => {
  const model = classifier({ classes: 9 })
  const trainer = await openTrainer({ name: 'model', format: 'onnx', graph: model }, { ...OPTIONS, classes: 3 })
  const before = (await trainer.state()).tensors
  const conv = model.main.initializers.get('conv')?.data.read().slice().buffer
  expect(before.get('conv')?.data).toEqual(new Float32Array(conv ?? new ArrayBuffer(0)))
  expect(before.get('head')?.shape).toEqual([3, 8])
  for (let step = 0; step < 60; step += 1) await trainer.step(batchOf(step))
  const { correct, count } = await trainer.evaluate(batchOf(1000))
  await trainer.close()
  expect(correct).toBe(count)
})

test('a head whose weight another node reads too is made beside it', () => {
  const model = ending((b, image) => {
    const weight = b.initializer('w', zeros(16), [4, 4])
    return b.node('MatMul', [b.node('MatMul', [flat(b, image), weight]), weight])
  })
  const { model: changed, head } = withClasses(model, 7, {})
  expect([...head]).toEqual(['w/head'])
  expect(changed.main.initializers.get('w')?.shape).toEqual([4, 4])
})

test.each([
  [
    'an operator that is not known to keep classes apart',
    ending((b, image) =>
      b.node('CumSum', [b.node('Mul', [flat(b, image), b.initializer('w', zeros(4))]), b.constant(1)]),
    ),
    'comes through CumSum',
  ],
  [
    'a convolution with groups',
    ending((b, image) =>
      flat(b, b.node('Conv', [image, b.initializer('w', zeros(8), [4, 2, 1, 1])], { group: int(2) })),
    ),
    'it has groups',
  ],
])('no head is made behind %s', (_, model, message) => {
  expect(() => withClasses(model, 7, {})).toThrow(message)
})

test('a file that fixes its batch at 1 takes other batches, also where a Reshape names it', () => {
  const model = ending((b, image) => {
    const rows = b.node('Reshape', [b.node('GlobalAveragePool', [image]), b.constant([1, 4])])
    return b.node('Gemm', [rows, b.initializer('w', zeros(16), [4, 4])])
  }, 1)
  expect(outputShape(withBatchSize(model, 5))).toEqual([5, 4])
})

test('a model that mixes its rows takes no other batch', () => {
  const model = ending(
    (b, image) => b.node('Reshape', [b.node('ReduceSum', [image, b.constant([0, 2, 3])]), b.constant([1, 4])]),
    1,
  )
  expect(() => withBatchSize(model, 5)).toThrow('the model is made for batches of 1, not of 5')
})

/** A convolution whose weight is made when the model runs, and an LSTM whose first state is. */
function withMakers(): ModelGraph {
  const builder = new GraphBuilder('makers')
  const weight = builder.node('ConstantOfShape', [builder.constant([4, 4, 1, 1])], {}, { outputs: ['w'] })
  const state = builder.node('ConstantOfShape', [builder.constant([1, 2, 3])], {}, { outputs: ['h'] })
  const conv = builder.node('Conv', [builder.input('image', 'float32', [2, 4, 5, 1]), weight])
  const steps = builder.node('Transpose', [builder.node('Squeeze', [conv, builder.constant([3])])], {
    perm: ints([2, 0, 1]),
  })
  const parts = [builder.initializer('W', zeros(48), [1, 12, 4]), builder.initializer('R', zeros(36), [1, 12, 3])]
  builder.output(
    builder.node('LSTM', [steps, ...parts, '', '', state], { hidden_size: int(3) }, { outputs: ['', 'last'] }),
  )
  return builder.build()
}

test('weights that the file makes when it runs become constants, first states do not', () => {
  const { model, made } = withConstantWeights(withMakers())
  expect([...made]).toEqual(['w'])
  expect(model.main.initializers.get('w')?.shape).toEqual([4, 4, 1, 1])
  expect(model.main.nodes.filter(({ operator }) => operator === 'ConstantOfShape')).toHaveLength(1)
})

test('weights that are Constant nodes become constants of the graph, with what was learned', () => {
  const model = ending((b, image) => {
    const value = attribute.tensorAttribute(
      memoryInitializer(
        '',
        Float32Array.from({ length: 16 }, (_, i) => i),
        [4, 4],
      ),
    )
    return b.node('MatMul', [flat(b, image), b.node('Constant', [], { value }, { outputs: ['w'] })])
  })
  const { model: changed, made } = withConstantWeights(model)
  expect(made).toEqual(new Set())
  expect(
    new Float32Array(changed.main.initializers.get('w')?.data.read().slice().buffer ?? new ArrayBuffer(0))[5],
  ).toBe(5)
})

describe('ones and zeros that an exporter made up for a normalisation without parameters', () => {
  /** GroupNorm as PyTorch's exporters write it: only the Mul and Add behind the node hold its own parameters. */
  const withNormalization = (scale: string, shift: string, isNode: boolean, fill = 1): ModelGraph =>
    ending((b, image) => {
      const constant = (name: string, value: number) => {
        if (!isNode) return b.initializer(name, zeros(4).fill(value), [4])
        const elements = memoryInitializer('', zeros(4).fill(value), [4])
        return b.node('Constant', [], { value: attribute.tensorAttribute(elements) }, { outputs: [name] })
      }
      const conv = b.node('Conv', [image, b.initializer('filter', zeros(16).fill(0.5), [4, 4, 1, 1])])
      const rows = flat(b, b.node('InstanceNormalization', [conv, constant(scale, fill), constant(shift, 0)]))
      return b.node('Mul', [rows, b.initializer('val_35', zeros(4).fill(1), [4])])
    })
  const trainedOf = (model: ModelGraph) => {
    const { trained } = prepareModel(model, { batchSize: 2, seed: 1, batchNormalization: 'batch' })
    return weightsOf(inferTypes(trained).main).map(({ name }) => name)
  }

  test.each([
    ['Constant nodes', '/gn/Constant_1_output_0', 'Constant_2_output_0', true],
    ['constants of the graph', 'val_3', 'val_7', false],
  ])('are not trained as %s, the factor behind them is', (_, scale, shift, isNode) => {
    expect(trainedOf(withNormalization(scale, shift, isNode))).toEqual(['filter', 'val_35'])
  })

  test('are trained under a name of the program, and where they hold something else', () => {
    expect(trainedOf(withNormalization('gn.weight', 'gn.bias', false))).toEqual([
      'filter',
      'gn.weight',
      'gn.bias',
      'val_35',
    ])
    expect(trainedOf(withNormalization('val_3', 'val_7', false, 0.9))).toEqual(['filter', 'val_3', 'val_35'])
  })
})

/** What a constant of a wide convolution network starts from. */
function firstOf(name: string, seed: number): readonly number[] {
  const model = ending((b, image) => {
    const statistics = ['scale', 'shift', 'mean', 'variance'].map((part) => b.initializer(part, zeros(256).fill(9)))
    const conv = b.node('Conv', [image, b.initializer('filter', zeros(9216), [256, 4, 3, 3])])
    const rows = flat(b, b.node('BatchNormalization', [conv, ...statistics]))
    return b.node('Gemm', [
      rows,
      b.initializer('matrix', zeros(1024), [256, 4]),
      b.initializer('bias', zeros(4).fill(9)),
    ])
  })
  const { first, saved } = prepareModel(model, { batchSize: 2, seed, fromScratch: true, batchNormalization: 'batch' })
  const initializer = saved.main.initializers.get(name)
  if (initializer === undefined) throw new Error(`no ${name}`)
  return [...first({ name, next: '', dtype: 'float32', shape: initializer.shape, initializer })]
}

const deviationOf = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

test.each([
  ['filter', Math.sqrt(2 / 36)],
  ['matrix', Math.sqrt(2 / 260)],
])('from scratch, %s starts with the deviation that its role asks for', (name, expected) => {
  expect(deviationOf(firstOf(name, 1)) / expected).toBeCloseTo(1, 1)
})

test.each([
  ['scale', 1],
  ['shift', 0],
  ['mean', 0],
  ['variance', 1],
  ['bias', 0],
])('from scratch, %s starts with %i', (name, expected) => {
  expect(new Set(firstOf(name, 1))).toEqual(new Set([expected]))
})

test('first values are those of the seed', () => {
  expect(firstOf('filter', 1)).toEqual(firstOf('filter', 1))
  expect(firstOf('filter', 1)).not.toEqual(firstOf('filter', 2))
})

test('the user is told of folded and frozen normalisation, and of what starts from random values', () => {
  const folded = ending((b, image) => {
    let value = image
    for (let layer = 0; layer < 8; layer += 1) {
      value = b.node('Conv', [
        value,
        b.initializer(`w${layer}`, zeros(16), [4, 4, 1, 1]),
        b.initializer(`b${layer}`, zeros(4)),
      ])
    }
    return flat(b, value)
  })
  const plain = {
    batchNormalization: 'batch',
    isFromScratch: false,
    head: new Set<string>(),
    made: new Set<string>(),
    classes: 3,
  } as const
  expect(notesOn(folded, plain)[0]).toMatch(
    /^no normalisation among 8 convolutions: if the model had some, its export folded/,
  )
  expect(notesOn(classifier(), plain)).toEqual([])
  expect(notesOn(classifier(), { ...plain, batchNormalization: 'frozen', head: new Set('w') })).toEqual([
    'the statistics of batch normalisation (1 nodes) stay those of the file',
    'the last layer is new, for 3 classes, and starts from random values',
  ])
})

test.each([
  [1, 'batch', 1],
  [2, 'batch', 0],
  [1, 'frozen', 0],
] as const)(
  'with batches of %i and statistics: %s, notes tell %i times of one value per channel',
  (batchSize, mode, times) => {
    const model = ending((b, image) => {
      const parts = ['scale', 'shift', 'mean', 'variance'].map((part) => b.initializer(part, zeros(4).fill(1)))
      return b.node('BatchNormalization', [flat(b, image), ...parts])
    })
    const { notes } = prepareModel(model, { batchSize, seed: 1, batchNormalization: mode })
    expect(notes.filter((note) => /one value per channel in each batch \(1 nodes\)/.test(note))).toHaveLength(times)
  },
)

describe('weights stored in 16 bits', () => {
  /** 1.5, -2 and the like. */
  const BITS = { float16: [0x3e00, 0xc000], bfloat16: [0x3fc0, 0xc000] } as const
  const stored = (dtype: keyof typeof BITS) => {
    const elements = Uint16Array.from({ length: 24 }, (_, index) => BITS[dtype][index % 2] ?? 0)
    return memoryInitializer('stored', elements, [8, 3], { dtype })
  }
  const narrow = (dtype: keyof typeof BITS, isCast: boolean): ModelGraph => {
    const model = classifier()
    const { main } = model
    const initializers = new Map([...main.initializers, ['stored', stored(dtype)] as const])
    const cast = { name: 'widen', operator: 'Cast', domain: '', inputs: ['stored'], outputs: ['wide'] }
    const to = new Map([['to', int(1)]])
    const last = { name: 'last', operator: 'MatMul', domain: '', inputs: ['rows', isCast ? 'wide' : 'stored'] }
    const nodes = main.nodes.map((node) =>
      node.operator === 'Gemm'
        ? { ...last, inputs: [node.inputs[0] ?? '', last.inputs[1] ?? ''], outputs: ['logits'], attributes: new Map() }
        : node,
    )
    const all = isCast ? [{ ...cast, attributes: to }, ...nodes] : nodes
    return { ...model, main: { ...main, initializers, nodes: all } }
  }

  test.each(['float16', 'bfloat16'] as const)('of %s and cast to float32 are trained in float32', async (dtype) => {
    const graph = narrow(dtype, true)
    const trainer = await openTrainer({ name: 'model', format: 'onnx', graph }, OPTIONS)
    const before = (await trainer.state()).tensors.get('wide')?.data
    for (let step = 0; step < 3; step += 1) await trainer.step(batchOf(step))
    const after = (await trainer.state()).tensors.get('wide')?.data
    await trainer.close()
    expect([...(before ?? [])].slice(0, 2)).toEqual([1.5, -2])
    expect(after).not.toEqual(before)
    expect(trainer.notes).toContain('1 weights that the file stores in 16 bits are trained and saved in float32')
  })

  test('are one weight, however often they are cast', () => {
    const graph = narrow('float16', true)
    const [cast] = graph.main.nodes
    const twice = cast === undefined ? [] : [{ ...cast, name: 'again', outputs: ['wider'] }]
    const nodes = [...twice, ...graph.main.nodes]
    const { model, widened } = withWideWeights({ ...graph, main: { ...graph.main, nodes } })
    expect([...widened]).toEqual(['wider'])
    expect(model.main.nodes.find(({ name }) => name === 'widen')).toMatchObject({
      operator: 'Identity',
      inputs: ['wider'],
    })
  })

  test('are refused by name where the model computes with them', async () => {
    const graph = narrow('float16', false)
    const opened = openTrainer({ name: 'model', format: 'onnx', graph }, OPTIONS)
    await expect(opened).rejects.toMatchObject({
      code: 'E_TRAINING_TYPE',
      message: expect.stringMatching(/weight "stored" is float16/),
    })
  })
})
