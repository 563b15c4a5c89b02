/** Files of weights without a graph: what is counted of them, and what is said where more is asked for. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { inspectModel } from '../../../benchmarks/inspection.js'
import { ModelFactory } from '../../../formats/factory.js'
import { NONE, type PickleValue } from '../../../formats/torch/pickle/pickle-value.js'
import { pickledModel } from '../../../formats/torch/weights-alone/pickled-weights.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'
import { GOLDEN, torchFile } from '../../helpers/torch-files.js'

const folder = temporaryFolder()
const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

const elements = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (GOLDEN.state[name]?.shape ?? []).reduce((product, size) => product * size, 1), 0)
/** Written by `test/golden/make-torch-shared-weights.py`: what PyTorch counts, and files in base64. */
const SHARED = JSON.parse(
  gunzipSync(readFileSync(new URL('../../golden/torch-shared-weights.json.gz', import.meta.url))).toString('utf8'),
) as Record<string, { parameters: number; loaded: number; module: string; state: string; variables: string }>
const STATISTICS = ['stem.1.running_mean', 'stem.1.running_var', 'stem.1.num_batches_tracked']
const TIED = elements(['second.weight'])
const ALL = elements(Object.keys(GOLDEN.state))

describe('parameters are counted', () => {
  test.each([
    ['of a state dict', 'state.pth', 'pytorch-weights'],
    ['of a checkpoint, without what its optimizer holds', 'checkpoint.pt', 'pytorch-weights'],
    ['of a file from before PyTorch 1.6', 'legacy.bin', 'pytorch-weights'],
    ['of a file from before PyTorch 0.2', 'oldest.tar', 'pytorch-weights'],
    ['of safetensors', 'weights.safetensors', 'safetensors'],
  ])('%s', async (_, name, format) => {
    const model = await open(torchFile(name))
    const isTied = format === 'pytorch-weights' && name !== 'oldest.tar'
    const nonTrainable = elements(STATISTICS)
    expect(model.format).toBe(format)
    expect(await model.countParameters?.()).toMatchObject({
      trainable: ALL - nonTrainable - (isTied ? TIED : 0),
      nonTrainable,
      assumptions: expect.arrayContaining([expect.stringContaining('does not say which weights are trained')]),
    })
  })

  test('of a pickled module, which says what is trained', async () => {
    const model = await open(torchFile('module.pt'))
    const { trainable, frozen, buffers } = GOLDEN
    expect(await model.countParameters?.()).toMatchObject({
      trainable,
      nonTrainable: frozen + buffers,
      assumptions: [],
    })
    expect(model.whyNoGraph).toContain('"__main__.Small"')
  })

  describe('as PyTorch does where they lie in one storage', () => {
    test.each(Object.entries(SHARED))('%s', async (name, { parameters, loaded, ...saved }) => {
      const counts: number[] = []
      for (const [form, content] of Object.entries(saved)) {
        const path = join(folder, `${form}.pt`)
        writeFileSync(path, Buffer.from(content, 'base64'))
        counts.push((await (await open(path)).countParameters?.())?.trainable ?? 0)
      }
      // A state dict does not tell two parameters of the very same elements from a tied one.
      const told = name === 'two parameters of the same elements' ? loaded / 2 : loaded
      expect(counts).toEqual([parameters, told, parameters])
    })
  })

  test('of weights that cannot be read', async () => {
    expect(await (await open(torchFile('quantized.pt'))).countParameters?.()).toMatchObject({ trainable: 9, bytes: 18 })
    expect(await (await open(torchFile('sparse.pt'))).countParameters?.()).toMatchObject({ trainable: 12 })
  })

  test('with the bytes of their types', async () => {
    expect((await (await open(torchFile('state.pth'))).countParameters?.())?.bytes).toBe(4 * (ALL - TIED - 1) + 8)
  })
})

describe('a folder of weights', () => {
  const shards = join(folder, 'sharded')
  const SIZES = { first: [3, 4], second: [5] }

  /** A safetensors file of zeros. */
  function tensors(sizes: Readonly<Record<string, readonly number[]>>): Buffer {
    let at = 0
    const header = Object.entries(sizes).map(([name, shape]) => {
      const start = at
      at += 4 * shape.reduce((product, size) => product * size, 1)
      return [name, { dtype: 'F32', shape, data_offsets: [start, at] }]
    })
    const text = Buffer.from(JSON.stringify(Object.fromEntries(header)))
    return Buffer.concat([Buffer.from(new BigUint64Array([BigInt(text.length)]).buffer), text, Buffer.alloc(at)])
  }

  mkdirSync(shards)
  writeFileSync(join(shards, 'model-00001-of-00002.safetensors'), tensors({ first: SIZES.first, unnamed: [100] }))
  writeFileSync(join(shards, 'model-00002-of-00002.safetensors'), tensors({ second: SIZES.second }))
  writeFileSync(join(shards, 'config.json'), '{}')
  const index = join(shards, 'model.safetensors.index.json')
  const map = { first: 'model-00001-of-00002.safetensors', second: 'model-00002-of-00002.safetensors' }
  writeFileSync(index, JSON.stringify({ weight_map: map }))

  test.each([
    ['by its path', shards],
    ['by its index', index],
  ])('is counted file by file: %s', async (_, path) => {
    const model = await open(path)
    expect(await model.countParameters?.()).toMatchObject({ trainable: 17 })
    expect(model.format).toBe('safetensors')
  })

  test('that names a file outside is refused', async () => {
    const hostile = join(folder, 'hostile')
    mkdirSync(hostile)
    writeFileSync(join(hostile, 'model.safetensors.index.json'), '{"weight_map": {"w": "../sharded/config.json"}}')
    await expect(open(hostile)).rejects.toMatchObject({ code: 'E_PATH_OUTSIDE' })
  })

  test('of PyTorch itself is counted too', async () => {
    const path = join(folder, 'bin')
    mkdirSync(path)
    copyFileSync(torchFile('state.pth'), join(path, 'pytorch_model.bin'))
    expect((await open(path)).format).toBe('pytorch-weights')
  })
})

describe('what needs a graph says why there is none, and how to get one', () => {
  const wanted = { hint: expect.stringContaining('torch.jit.script(model).save("model.pt")') }

  test('a run', async () => {
    const model = await open(torchFile('state.pth'))
    await expect(model.createRunner?.({ batchSize: 1, threads: 1 })).rejects.toMatchObject(wanted)
  })

  test('an inspection', async () => {
    const { missing } = await inspectModel({ model: torchFile('state.pth') })
    expect(missing).toEqual([
      { field: 'counts.macs', reason: expect.stringMatching(/the file holds weights alone.*torch\.jit\.script/) },
    ])
  })
})

test('a checkpoint of a training is no model', async () => {
  const checkpoint = fileURLToPath(new URL('../../../fuzz/seeds/training.safetensors', import.meta.url))
  await expect(open(checkpoint)).rejects.toMatchObject({
    code: 'E_NOT_A_MODEL',
    hint: expect.stringContaining('--resume'),
  })
})

test('what many objects share is gone through once', () => {
  let reads = 0
  const shared: PickleValue = {
    kind: 'dict',
    get entries(): [PickleValue, PickleValue][] {
      reads += 1
      return [[{ kind: 'int', value: 1 }, NONE]]
    },
  }
  const callee: PickleValue = { kind: 'global', name: 'a.B' }
  const args: PickleValue = { kind: 'tuple', items: [] }
  const items = Array.from(
    { length: 500 },
    (): PickleValue => ({ kind: 'object', callee, args, items: [], entries: [], state: shared }),
  )
  expect(pickledModel({ kind: 'list', items })).toBeUndefined()
  expect(reads).toBeLessThan(10)
})

describe('a damaged file is refused', () => {
  const state = readFileSync(torchFile('state.pth'))
  const legacy = readFileSync(torchFile('legacy.bin'))
  const tensors = readFileSync(torchFile('weights.safetensors'))
  const lie = (bytes: Buffer, from: string, to: string) =>
    Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')

  const nestedHeader = (depth: number) => {
    const header = Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    return Buffer.concat([length, header])
  }

  test.each<[string, string, Buffer, string]>([
    ['a zip archive that is cut off', 'cut.pth', state.subarray(0, 3000), 'E_NOT_A_MODEL'],
    ['a storage that is missing', 'lost.pth', lie(state, 'state/data/0PK', 'state/data/xPK'), 'E_TORCH_TENSOR'],
    ['an old file that is cut off', 'cut.bin', legacy.subarray(0, 2000), 'E_TORCH_STORAGE'],
    ['an old file that ends in its first pickle', 'cut2.bin', legacy.subarray(0, 20), 'E_PICKLE'],
    ['safetensors that are cut off', 'cut.safetensors', tensors.subarray(0, 1500), 'E_SAFETENSORS'],
    ['safetensors of no type', 'type.safetensors', lie(tensors, '"F32"', '"F99"'), 'E_SAFETENSORS'],
    ['safetensors of lists in lists', 'deep.safetensors', nestedHeader(100_000), 'E_SAFETENSORS'],
    ['safetensors without a table', 'text.safetensors', Buffer.from('\x02\0\0\0\0\0\0\0{]', 'latin1'), 'E_SAFETENSORS'],
  ])('%s', async (_, name, content, code) => {
    writeFileSync(join(folder, name), content)
    await expect(open(join(folder, name))).rejects.toMatchObject({ code, hint: expect.any(String) })
  })
})
