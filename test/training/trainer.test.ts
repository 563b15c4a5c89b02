/** A trainer: what it learns, how it stops and goes on, and what it writes. */
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import { attribute, GraphBuilder, type ModelGraph, memoryInitializer, symbol } from '../../src/graph/index.js'
import { openTrainer } from '../../src/training/open-trainer.js'
import type { TrainerOptions } from '../../src/training/trainer-options.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'
import { batchOf, type ClassifierOptions, classifier, OPTIONS } from '../helpers/training-model.js'

const open = (model: ModelGraph = classifier(), more: Partial<TrainerOptions> = {}) =>
  openTrainer({ name: 'model', format: 'onnx', graph: model }, { ...OPTIONS, ...more })

type Opened = Awaited<ReturnType<typeof open>>

async function lossesOf(trainer: Opened, from: number, count: number): Promise<readonly number[]> {
  const losses: number[] = []
  for (let step = from; step < from + count; step += 1) losses.push((await trainer.step(batchOf(step))).loss)
  return losses
}

/** The same with BatchNormalization and Dropout as exporters write them for training. */
function inTraining(model: ModelGraph): ModelGraph {
  const nodes = model.main.nodes.map((node) => {
    if (node.operator === 'Dropout') return { ...node, inputs: [...node.inputs, 'isTraining'] }
    if (node.operator !== 'BatchNormalization') return node
    const attributes = new Map([...node.attributes, ['training_mode', attribute.int(1)] as const])
    return { ...node, attributes, outputs: [...node.outputs, 'mean_after', 'variance_after'] }
  })
  const flag = memoryInitializer('isTraining', Uint8Array.of(1), [], { dtype: 'bool' })
  const initializers = new Map([...model.main.initializers, ['isTraining', flag] as const])
  return { ...model, main: { ...model.main, nodes, initializers } }
}

describe.each<[string, ClassifierOptions, Partial<TrainerOptions>]>([
  ['plain scores', {}, {}],
  ['Softmax', { last: 'Softmax' }, {}],
  ['Sigmoid', { last: 'Sigmoid' }, { schedule: { kind: 'constant', rate: 0.5 } }],
  ['the squared error', {}, { loss: { kind: 'mean-squared-error' } }],
  ['Adam over two batches', {}, { optimizer: { kind: 'adam' }, accumulate: 2 }],
])('with %s', (_, model, options) => {
  test('it learns to tell the classes', async () => {
    const trainer = await open(classifier({ ratio: 0, ...model }), options)
    await lossesOf(trainer, 0, 80)
    const { correct, count } = await trainer.evaluate(batchOf(1000))
    await trainer.close()
    expect(correct).toBe(count)
  })
})

test('the same seed gives the same losses, another one others', async () => {
  const run = async (seed: number) => {
    const trainer = await open(classifier(), { seed })
    const losses = await lossesOf(trainer, 0, 6)
    await trainer.close()
    return losses
  }
  const first = await run(3)
  expect(await run(3)).toEqual(first)
  expect(await run(4)).not.toEqual(first)
})

test.each([
  [1, 'sgd'],
  [1, 'adam'],
  [3, 'adamw'],
] as const)(
  'stopped and gone on with %i batches for each update of %s, the losses are those of not stopping',
  async (accumulate, kind) => {
    const settings = { accumulate, optimizer: kind === 'sgd' ? OPTIONS.optimizer : { kind } }
    const whole = await open(classifier(), settings)
    const expected = await lossesOf(whole, 0, 8)
    await whole.close()
    const first = await open(classifier(), settings)
    await lossesOf(first, 0, 4)
    const state = await first.state()
    await first.close()
    const second = await open(classifier(), settings)
    await second.restore(state)
    expect(await lossesOf(second, 4, 4)).toEqual(expected.slice(4))
    await second.close()
  },
)

test('a state of other settings is refused, and nothing changes', async () => {
  const first = await open()
  const state = await first.state()
  await first.close()
  const other = await open(classifier(), { seed: 4 })
  await expect(async () => other.restore(state)).rejects.toThrow('the state is of another model or of other settings')
  await other.close()
})

test('the file that it saves gives the same loss and accuracy', async () => {
  const trainer = await open()
  await lossesOf(trainer, 0, 5)
  const expected = await trainer.evaluate(batchOf(1000))
  const path = join(temporaryFolder(), 'trained.onnx')
  await trainer.save(path)
  await trainer.close()
  const saved = await ModelFactory.withPredefinedFormats().open(path)
  const again = await openTrainer(saved, OPTIONS)
  expect(await again.evaluate(batchOf(1000))).toEqual(expected)
  expect(saved.graph?.opsets.get('')).toBe(17)
  await again.close()
})

test('a model that was exported in training is evaluated and saved as it is at inference', async () => {
  const model = inTraining(classifier())
  const trainer = await open(model)
  await lossesOf(trainer, 0, 5)
  const expected = await trainer.evaluate(batchOf(1000))
  expect(await trainer.evaluate(batchOf(1000))).toEqual(expected)
  const path = join(temporaryFolder(), 'trained.onnx')
  await trainer.save(path)
  await trainer.close()
  const session = await InferenceSession.create(path, { logSeverityLevel: 4 })
  const { input, labels } = batchOf(1000)
  const { logits } = await session.run({ image: new Tensor('float32', input.data as Float32Array, input.shape) })
  await session.release()
  const values = Array.from((logits?.data ?? []) as Float32Array)
  const scores = Array.from(labels, (_, row) => values.slice(3 * row, 3 * row + 3))
  const correct = scores.filter((row, index) => row.indexOf(Math.max(...row)) === labels[index]).length
  expect(correct).toBe(expected.correct)
})

test('rows without a label count for nothing', async () => {
  const trainer = await open(classifier({ ratio: 0 }), { batchNormalization: 'frozen' })
  const { input, labels } = batchOf(1)
  const padded = { input, labels: labels.map((label, row) => (row < 6 ? label : -1)) }
  const other = {
    ...padded,
    input: { ...input, data: (input.data as Float32Array).map((x, i) => (i < 6 * 72 ? x : 9)) },
  }
  expect(await trainer.evaluate(padded)).toEqual(await trainer.evaluate(other))
  expect((await trainer.evaluate(padded)).count).toBe(6)
  await trainer.close()
})

test('a loss that is no number any more ends the training, and leaves the weights as they were', async () => {
  const trainer = await open(classifier(), { schedule: { kind: 'constant', rate: 1e30 } })
  await expect(lossesOf(trainer, 0, 5)).rejects.toMatchObject({ code: 'E_LOSS_NAN' })
  const { tensors } = await trainer.state()
  expect([...(tensors.get('head')?.data ?? [])].map(Number).every(Number.isFinite)).toBe(true)
  await trainer.close()
})

test.each([
  [Int32Array.of(0, 1, 2, 3, 0, 1, 2, 0), 'E_LABEL_RANGE', 'label 3 is no class of the model, which has 0 to 2'],
  [Int32Array.of(0, 1), 'E_LABELS', '2 labels for a batch of 8'],
  [new Int32Array(8).fill(-1), 'E_LABELS', 'no row of the batch has a label'],
])('labels %o are refused', async (labels, code, message) => {
  const trainer = await open()
  await expect(trainer.step({ ...batchOf(1), labels })).rejects.toMatchObject({ code, message })
  await trainer.close()
})

test('a model that ends in Tanh tells no loss', async () => {
  await expect(open(classifier({ last: 'Tanh' }))).rejects.toMatchObject({ code: 'E_LOSS_UNKNOWN' })
})

test('a model of free image sizes is trained at those that are named, with a new head', async () => {
  const model = classifier({ classes: 9 })
  const inputs = model.main.inputs.map(({ name }) => {
    const shape = ['N', 2, 'H', 'W'].map((size) => (typeof size === 'number' ? size : symbol(size)))
    return { name, type: { kind: 'tensor', dtype: 'float32', shape } as const }
  })
  const free = { ...model, main: { ...model.main, inputs } }
  const trainer = await open(free, { classes: 3, inputShapes: new Map([['image', [8, 2, 6, 6]]]) })
  const [loss = Number.NaN] = await lossesOf(trainer, 0, 1)
  await trainer.close()
  expect(loss).toBeGreaterThan(0)
})

test('an option that a trainer does not have is refused', async () => {
  await expect(open(classifier(), { labelSmoothing: 0.1 } as Partial<TrainerOptions>)).rejects.toMatchObject({
    code: 'E_TRAINER_OPTION',
    message: 'a trainer has no option labelSmoothing',
  })
})

test('a batch that cannot fit into memory is refused before it is tried', async () => {
  await expect(open(classifier(), { memoryBytes: 10_000 })).rejects.toMatchObject({
    code: 'E_MEMORY',
    message: expect.stringMatching(/^training with batches of 8 needs about 0\.0000\d+ GB \(estimate\), and there is/),
  })
})

describe('weights that the trained output does not depend on', () => {
  /** The scores come through Floor, another output and a branch that nothing reads have weights of their own. */
  const withConstantParts = (): ModelGraph => {
    const builder = new GraphBuilder('parts')
    const ones = (name: string, shape: readonly number[]) =>
      builder.initializer(name, new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1), shape)
    const image = builder.input('image', 'float32', ['N', 2, 6, 6])
    const conv = builder.node('Conv', [image, ones('before', [8, 2, 3, 3])])
    const flat = builder.node('Flatten', [builder.node('GlobalAveragePool', [builder.node('Floor', [conv])])])
    builder.node('Mul', [flat, ones('dead', [8])])
    builder.output(builder.node('Gemm', [flat, ones('head', [8, 3])], {}, { outputs: ['logits'] }))
    builder.output(builder.node('Gemm', [flat, ones('auxiliary', [8, 4])], {}, { outputs: ['other'] }))
    return builder.build({ opset: 17 })
  }

  test.each([1, 2])('stay as they are, the others are trained (%i batches for an update)', async (accumulate) => {
    const trainer = await open(withConstantParts(), { accumulate })
    await lossesOf(trainer, 0, 4)
    const { tensors } = await trainer.state()
    const path = join(temporaryFolder(), 'trained.onnx')
    await trainer.save(path)
    await trainer.close()
    const saved = (await ModelFactory.withPredefinedFormats().open(path)).graph?.main.initializers
    const elements = (name: string) => [...new Float32Array(saved?.get(name)?.data.read().slice().buffer ?? [])]
    expect([...tensors.keys()].filter((name) => !name.includes('/'))).toEqual(['head'])
    expect(new Set(elements('head')).size).toBeGreaterThan(1)
    for (const name of ['before', 'dead', 'auxiliary']) expect(new Set(elements(name))).toEqual(new Set([1]))
  })

  test('are none to train where no other is left', async () => {
    const isTrained = (name: string) => name !== 'head'
    await expect(open(withConstantParts(), { isTrained })).rejects.toMatchObject({ code: 'E_NO_WEIGHTS' })
  })
})

test.each([
  ['frozen', true],
  ['batch', false],
] as const)('rows without a label count for nothing with statistics: %s is %s', async (batchNormalization, isSame) => {
  const run = async (fill: number) => {
    const trainer = await open(classifier({ ratio: 0 }), { batchNormalization })
    const { input, labels } = batchOf(1)
    const data = Float32Array.from(input.data as Float32Array).fill(fill, 5 * 72)
    const batch = { input: { ...input, data }, labels: labels.map((label, row) => (row < 5 ? label : -1)) }
    const losses = [(await trainer.step(batch)).loss, (await trainer.step(batch)).loss]
    await trainer.close()
    return losses
  }
  const same = expect((await run(0)).map((loss) => loss.toFixed(5)))
  const other = (await run(100)).map((loss) => loss.toFixed(5))
  if (isSame) same.toEqual(other)
  else same.not.toEqual(other)
})
