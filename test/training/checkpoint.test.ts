/** Checkpoints: what is written is read, and nothing else is. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrainerState } from '../../formats/trainer.js'
import { GreenbenchError } from '../../src/core/errors.js'
import { readCheckpoint, writeCheckpoint } from '../../src/training/checkpoint.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const STATE: TrainerState = {
  updates: 7,
  steps: 15,
  summedRows: 8,
  fingerprint: 'f00d',
  tensors: new Map([
    ['weight', { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, -0, Number.MIN_VALUE, 4.5) }],
    ['wide', { dtype: 'float64', shape: [1], data: Float64Array.of(Math.PI) }],
    ['scalar', { dtype: 'float32', shape: [], data: Float32Array.of(3) }],
    ['none', { dtype: 'float32', shape: [0, 3], data: new Float32Array(0) }],
  ]),
}

async function written(state = STATE, metadata = new Map([['épochs', '3']])): Promise<string> {
  const path = join(temporaryFolder(), 'last.checkpoint')
  await writeCheckpoint(path, state, metadata)
  return path
}

test('what is written is read, bit for bit', async () => {
  const { state, metadata } = readCheckpoint(await written())
  expect(state).toEqual(STATE)
  expect([...metadata]).toEqual([['épochs', '3']])
})

test('a checkpoint takes the place of the one before, and leaves nothing beside it', async () => {
  const path = await written()
  await writeCheckpoint(path, { ...STATE, steps: 16 })
  expect(readCheckpoint(path).state.steps).toBe(16)
  expect(readdirSync(dirname(path))).toEqual(['last.checkpoint'])
})

test('a folder that is not there is told in one line', async () => {
  await expect(writeCheckpoint(join(temporaryFolder(), 'no', 'file'), STATE)).rejects.toMatchObject({
    code: 'E_WRITE_FAILED',
  })
})

test('a checkpoint whose last bytes were overwritten is refused, infinite values are read', async () => {
  const path = await written()
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xff, bytes.length - 12))
  expect(() => readCheckpoint(path)).toThrow(/damaged: "(wide|scalar)" holds values that are no numbers/)
  const tensors = new Map([['mask', { dtype: 'float32', shape: [1], data: Float32Array.of(-Infinity) }]] as const)
  expect(readCheckpoint(await written({ ...STATE, tensors })).state.tensors).toEqual(tensors)
})

/** A file with this header, and so many bytes behind it. */
function withHeader(header: unknown, bytes = 0): string {
  const path = join(temporaryFolder(), 'hostile.checkpoint')
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  writeFileSync(path, Buffer.concat([length, json, Buffer.alloc(bytes)]))
  return path
}

const texts = { format: 'greenbench-training', fingerprint: '', updates: '1', steps: '1', summedRows: '0' }
const tensor = (shape: unknown, begin: number, end: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

test.each<[string, unknown, number, RegExp]>([
  ['no JSON', '{', 0, /header that cannot be read/],
  ['a list', '[]', 0, /header that is no object/],
  ['a file of another program', { __metadata__: { format: 'pt' } }, 0, /not the state of a training/],
  ['a count that is none', { __metadata__: { ...texts, steps: '-1' } }, 0, /number of steps/],
  ['a tensor longer than the file', { __metadata__: texts, w: tensor([1e9], 0, 4e9) }, 4, /longer or shorter/],
  ['sizes whose product overflows', { __metadata__: texts, w: tensor([2 ** 50, 2 ** 50], 0, 8) }, 8, /another length/],
  [
    'tensors on top of each other',
    { __metadata__: texts, v: tensor([1], 0, 4), w: tensor([1], 0, 4) },
    4,
    /side by side/,
  ],
  ['bytes that belong to no tensor', { __metadata__: texts, v: tensor([1], 0, 4) }, 8, /longer or shorter/],
  ['a type that is not trained', { __metadata__: texts, v: tensor([1], 0, 2, 'F16') }, 2, /describes a tensor wrongly/],
  ['a size below 0', { __metadata__: texts, v: tensor([-1], 0, 4) }, 4, /describes a tensor wrongly/],
])('%s is refused', (_, header, bytes, message) => {
  expect(() => readCheckpoint(withHeader(header, bytes))).toThrow(message)
})

test('a damaged file gives one clear line, whatever is damaged', async () => {
  const path = await written()
  const whole = readFileSync(path)
  const other = join(dirname(path), 'damaged')
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (length, place, byte) => {
      const bytes = Buffer.from(whole.subarray(0, length))
      if (place < length) bytes[place] = byte
      writeFileSync(other, bytes)
      try {
        readCheckpoint(other)
      } catch (error) {
        expect(error).toBeInstanceOf(GreenbenchError)
      }
    }),
    { numRuns: 300 },
  )
})
