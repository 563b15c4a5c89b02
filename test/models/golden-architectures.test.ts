/** Real architectures must count as PyTorch counts them, and as torchvision publishes them. */
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { countGraph } from '../../src/operators/count.js'

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url))

/** One entry of `torchvision.json`: what `make-torchvision.py` measured in PyTorch. */
interface GoldenModel {
  readonly parameters: number
  readonly buffers: number
  readonly macs: number
  readonly input: readonly number[]
  readonly output: readonly number[]
  readonly opset: number
}

function goldenModels(file: string): [name: string, model: GoldenModel][] {
  const { models }: { readonly models: Readonly<Record<string, GoldenModel>> } = JSON.parse(
    readFileSync(join(GOLDEN, file), 'utf8'),
  )
  return Object.entries(models)
}

const models = goldenModels('torchvision.json')
const quantized = goldenModels('quantized.json')

/** Parameters and GMACs of one 224x224 image as torchvision's documentation gives them. */
const PUBLISHED: Readonly<Record<string, readonly [parameters: number, gigamacs: string]>> = {
  resnet18: [11_689_512, '1.814'],
  resnet50: [25_557_032, '4.089'],
  resnet152: [60_192_808, '11.514'],
  vgg16: [138_357_544, '15.470'],
  mobilenet_v2: [3_504_872, '0.301'],
  mobilenet_v3_small: [2_542_856, '0.057'],
  efficientnet_b0: [5_288_548, '0.386'],
  densenet121: [7_978_856, '2.834'],
  squeezenet1_1: [1_235_496, '0.349'],
  shufflenet_v2_x1_0: [2_278_604, '0.145'],
  regnet_y_1_6gf: [11_202_430, '1.612'],
  convnext_tiny: [28_589_128, '4.456'],
  vit_b_16: [86_567_656, '17.564'],
  swin_t: [28_288_354, '4.491'],
}

/** More than the largest weight, the first linear layer of VGG-16 with 411 MB; the file is a hole. */
const WEIGHT_FILE_BYTES = 2 ** 29

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenbench-golden-'))
  const weights = openSync(join(folder, 'weights.bin'), 'w')
  ftruncateSync(weights, WEIGHT_FILE_BYTES)
  closeSync(weights)
  for (const name of readdirSync(GOLDEN).filter((entry) => entry.endsWith('.onnx.gz'))) {
    writeFileSync(join(folder, basename(name, '.gz')), gunzipSync(readFileSync(join(GOLDEN, name))))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function graphOf(name: string): Promise<ModelGraph> {
  const { graph } = await ModelFactory.withPredefinedFormats().open(join(folder, `${name}.onnx`))
  if (graph === undefined) throw new Error(`${name} has no graph`)
  return graph
}

test.each(models)('%s has the parameters that PyTorch counts, running statistics apart', async (name, expected) => {
  const { parameters } = countGraph(await graphOf(name), { batchSize: 1 }).counts
  expect(parameters).toEqual({
    total: expected.parameters + expected.buffers,
    trainable: expected.parameters,
    nonTrainable: expected.buffers,
    bytes: 4 * (expected.parameters + expected.buffers),
  })
})

test.each(quantized)('%s has the weights of the float model, a byte each, scales apart', async (name, expected) => {
  const { parameters } = countGraph(await graphOf(name), { batchSize: 1 }).counts
  expect(parameters.trainable).toBe(expected.parameters)
  expect(parameters.nonTrainable).toBeGreaterThan(0)
  expect(parameters.bytes).toBeLessThan(1.1 * expected.parameters)
})

describe.each([...models, ...quantized])('%s', (name, expected) => {
  test('takes the multiply-accumulates that PyTorch runs', async () => {
    const { counts } = countGraph(await graphOf(name), { batchSize: 1 })
    expect(counts.macs).toBe(expected.macs)
    expect(counts.flops).toBe(2 * expected.macs)
  })

  test('takes seven times as much for a batch of seven', async () => {
    const { counts } = countGraph(await graphOf(name), { batchSize: 7 })
    expect(counts.macs).toBe(7 * expected.macs)
  })

  test('has an output of the size that PyTorch gives', async () => {
    const { outputs } = countGraph(await graphOf(name), { batchSize: 1 })
    expect(outputs.map(({ shape }) => shape)).toEqual([expected.output])
  })

  test('keeps its batch free from input to output', async () => {
    const { outputs } = countGraph(await graphOf(name), {})
    expect(outputs.map(({ shape }) => shape)).toEqual([['batch', ...expected.output.slice(1)]])
  })

  test('has a rule for every operator', async () => {
    const { counts } = countGraph(await graphOf(name), { batchSize: 1 })
    expect(counts.unknownOperators).toEqual([])
  })
})

test.each(Object.entries(PUBLISHED))('%s has the published figures', async (name, [parameters, gigamacs]) => {
  const { counts } = countGraph(await graphOf(name), { batchSize: 1 })
  expect(counts.parameters.trainable).toBe(parameters)
  expect(((counts.macs ?? 0) / 1e9).toFixed(3)).toBe(gigamacs)
})

test.each(['resnet50', 'mobilenet_v2', 'efficientnet_b0'])(
  'folding the normalisation of %s leaves its work',
  async (name) => {
    const [kept, folded] = [await graphOf(name), await graphOf(`${name}-folded`)].map((graph) =>
      countGraph(graph, { batchSize: 1 }),
    )
    expect(folded?.counts.macs).toBe(kept?.counts.macs)
    expect(folded?.counts.otherOperations).toBeLessThan(kept?.counts.otherOperations ?? 0)
  },
)
