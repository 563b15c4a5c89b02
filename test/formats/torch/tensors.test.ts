/** Tensors of PyTorch's files, against the elements that PyTorch read from them. */
import { expect, test } from 'vitest'
import { openFile } from '../../../formats/random-access-file.js'
import { Expansion, locatedTensor, type Storage } from '../../../formats/torch/located-tensor.js'
import { entryOf } from '../../../formats/torch/pickle/pickle-value.js'
import { type StoredTensor, storedTensor } from '../../../formats/torch/stored-tensor.js'
import { TorchArchive } from '../../../formats/torch/torch-archive.js'
import { joined, piecesOf } from '../../../src/graph/pieces.js'
import { Scratch } from '../../../src/graph/scratch.js'
import { GOLDEN, torchFile } from '../../helpers/torch-files.js'

function tensorIn(fileName: string, name: string) {
  const file = openFile(torchFile(fileName))
  try {
    const archive = new TorchArchive(file)
    const stored = storedTensor(entryOf(archive.pickle('data.pkl'), name))
    if (stored === undefined) throw new Error(`no tensor ${name}`)
    return locatedTensor(name, stored, archive.storage(`data/${stored.storage?.key}`), file.path)
  } finally {
    file.close()
  }
}

test.each(Object.entries(GOLDEN.kinds))('a tensor is read row by row: %s', (name, expected) => {
  const { dtype, shape, data } = tensorIn('kinds.pt', name)
  const elements = Buffer.from(data.read()).toString('base64')
  const pieces = Buffer.from(joined(data.byteLength, piecesOf(data, new Scratch(), 16))).toString('base64')
  const type = expected.dtype.replace('float8_', 'float8')
  expect({ dtype, shape, elements }).toEqual({ ...expected, dtype: type })
  expect(pieces).toBe(expected.elements)
})

test('a parameter is trained', () => {
  expect(tensorIn('kinds.pt', 'parameter').trainable).toBe(true)
  expect(tensorIn('kinds.pt', 'whole').trainable).toBe(false)
})

test('protocol 5 is read as protocol 2 is', () => {
  const { shape, data } = tensorIn('protocol5.pt', 'view')
  expect(shape).toEqual([4])
  expect(data.read()).toEqual(new Uint8Array(new Float32Array([1, 1, 1, 1]).buffer))
})

test.each([
  ['quantized.pt', 'a quantized tensor'],
  ['sparse.pt', 'a sparse tensor'],
])('what cannot be read is refused by name: %s', (file, words) => {
  expect(() => tensorIn(file, 'weight')).toThrow(
    expect.objectContaining({ code: 'E_TORCH_TENSOR_KIND', message: expect.stringContaining(words) }),
  )
})

const STORAGE: Storage = {
  byteLength: 48,
  part: (_, byteLength) => ({ byteLength, read: () => new Uint8Array(byteLength) }),
}
const TENSOR: StoredTensor = {
  shape: [3, 4],
  strides: [4, 1],
  offset: 0,
  dtype: 'float32',
  storage: { key: '0', type: 'torch.FloatStorage', skipped: 0 },
  requiresGrad: false,
  isParameter: false,
}

test.each<[string, Partial<StoredTensor>]>([
  ['an offset that leads out', { offset: 1 }],
  ['steps that lead out', { strides: [5, 1] }],
  ['a step backwards', { strides: [-4, 1] }],
  ['sizes that are no numbers', { shape: [Number.NaN, 4] }],
  ['fewer steps than sizes', { strides: [1] }],
  ['one element that becomes a gigabyte', { shape: [2 ** 28], strides: [0] }],
  ['more elements than any machine has', { shape: [2 ** 30, 2 ** 30], strides: [0, 0] }],
])('a damaged tensor is refused: %s', (_, change) => {
  expect(() => locatedTensor('w', { ...TENSOR, ...change }, STORAGE, 'file')).toThrow(
    expect.objectContaining({ code: 'E_TORCH_TENSOR' }),
  )
})

test('a tensor whose storage is missing is refused', () => {
  expect(() => locatedTensor('w', TENSOR, undefined, 'file')).toThrow(
    expect.objectContaining({ code: 'E_TORCH_TENSOR' }),
  )
})

test('tensors that are made of a few stored bytes are bounded together', () => {
  const expanded = { ...TENSOR, shape: [2 ** 26], strides: [0] }
  const large = locatedTensor('w', expanded, STORAGE, 'm.pt')
  const expansion = new Expansion()
  for (let tensor = 0; tensor < 4; tensor += 1) expansion.add(large, STORAGE, 'm.pt')
  expect(() => expansion.add(large, STORAGE, 'm.pt')).toThrow(expect.objectContaining({ code: 'E_TORCH_TENSOR' }))
})

test('views of one storage are not counted as more than is stored', () => {
  const view = locatedTensor('w', TENSOR, STORAGE, 'm.pt')
  const expansion = new Expansion()
  for (let tensor = 0; tensor < 1000; tensor += 1)
    expansion.add({ ...view, data: { ...view.data, byteLength: 2 ** 32 } }, { ...STORAGE, byteLength: 2 ** 32 }, 'm.pt')
})
