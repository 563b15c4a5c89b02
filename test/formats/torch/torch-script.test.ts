/** Files of `torch.jit.save`, opened as a user opens them. */
import { describe, expect, test } from 'vitest'
import { inspectModel } from '../../../benchmarks/inspection.js'
import { ModelFactory } from '../../../formats/factory.js'
import { formatDimension } from '../../../src/graph/dimension.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'
import { changedTorchFile, GOLDEN, torchFile, wrongOutputs } from '../../helpers/torch-files.js'

const folder = temporaryFolder()
const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

const inCode = (from: string, to: string) => (entry: string, content: Buffer) =>
  entry.endsWith('.py') ? Buffer.from(content.toString('utf8').replaceAll(from, to)) : content

test.each(['scripted.pt', 'traced.pt'])('parameters are counted as PyTorch counts them: %s', async (name) => {
  const { counts, model } = await inspectModel({ model: torchFile(name) })
  const { trainable, frozen, buffers } = GOLDEN
  expect(model.format).toBe('torchscript')
  expect(counts?.parameters).toMatchObject({ trainable, nonTrainable: frozen + buffers })
})

test.each(['scripted.pt', 'traced.pt'])('its graph computes what PyTorch computes: %s', async (name) => {
  const model = await open(torchFile(name))
  expect(await wrongOutputs(model, { [model.inputs[0]?.name ?? '']: GOLDEN.input }, { output: GOLDEN.output })).toEqual(
    [],
  )
})

test('sizes of --input fix what a file leaves open, and those of another model do no harm', async () => {
  const sizes = async (name: string) => {
    const options = { inputShapes: new Map([[name, [1, 3, 24, 32]]]) }
    const [input] = (await ModelFactory.withPredefinedFormats().open(torchFile('scripted.pt'), options)).inputs
    return input?.type?.kind === 'tensor' ? input.type.shape?.map(formatDimension) : undefined
  }
  expect(await sizes('')).toEqual(['N', '3', '24', '32'])
  expect(await sizes('image')).toEqual(['N', '3', '24', '32'])
  expect(await sizes('another')).toEqual(['N', '3', 'H', 'W'])
})

describe('a program that cannot be followed', () => {
  const path = changedTorchFile('scripted.pt', folder, inCode('torch.conv2d(', 'torch.conv17d('))

  test('leaves the parameters to be counted, and names what is unknown', async () => {
    const { counts, missing } = await inspectModel({ model: path })
    expect(counts?.parameters.total).toBe(GOLDEN.trainable + GOLDEN.frozen + GOLDEN.buffers)
    expect(missing).toEqual([{ field: 'counts.macs', reason: expect.stringMatching(/conv17d.*torch\.onnx\.export/) }])
  })

  test('is refused where it is to run', async () => {
    const model = await open(path)
    await expect(model.createRunner?.({ batchSize: 1, threads: 1 })).rejects.toMatchObject({
      message: expect.stringContaining('conv17d'),
      hint: expect.stringContaining('torch.onnx.export'),
    })
  })
})

describe('a damaged file is refused', () => {
  test.each<[string, string, (entry: string, content: Buffer) => Buffer | undefined]>([
    ['without its module', 'E_TORCH_OLD', (entry, content) => (entry.endsWith('/data.pkl') ? undefined : content)],
    ['without a storage', 'E_TORCH_TENSOR', (entry, content) => (entry.endsWith('/data/1') ? undefined : content)],
    [
      'with a storage that is cut',
      'E_TORCH_TENSOR',
      (entry, content) => (entry.endsWith('/data/1') ? content.subarray(4) : content),
    ],
    [
      'with a broken pickle',
      'E_PICKLE',
      (entry, content) => (entry.endsWith('/data.pkl') ? content.subarray(0, 50) : content),
    ],
    [
      'with a list in place of a module',
      'E_TORCH_VALUE',
      (entry, content) => (entry.endsWith('/data.pkl') ? Buffer.from('80025d2e', 'hex') : content),
    ],
    [
      'with a module that holds itself',
      'E_TORCH_VALUE',
      (entry, content) => (entry.endsWith('/data.pkl') ? CYCLE : content),
    ],
    [
      'of a big-endian machine',
      'E_TORCH_BYTE_ORDER',
      (entry, content) => (entry.endsWith('/byteorder') ? Buffer.from('big') : content),
    ],
  ])('%s', async (_, code, change) => {
    const path = changedTorchFile('scripted.pt', folder, change)
    await expect(open(path)).rejects.toMatchObject({ code, hint: expect.any(String) })
  })
})

/** A list, noted, inside an object whose state is that list; the list then takes the object. */
const CYCLE = Buffer.concat([
  Buffer.from('80025d7100', 'hex'), // [] noted as 0
  Buffer.from('6800', 'hex'), // the list again
  Buffer.from('61', 'hex'), // appended to itself
  Buffer.from('2e', 'hex'),
])
