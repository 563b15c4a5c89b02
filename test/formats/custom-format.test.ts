/** A format as a user would write it: a text file of layer sizes, without a graph. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import { fileDigest } from '../../formats/file-digest.js'
import type { Model, ModelFormat } from '../../formats/format.js'
import { FormatError } from '../../src/core/errors.js'
import { formatContract } from '../contract/format-contract.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'
import { onnx } from '../helpers/wire-bytes.js'

const folder = temporaryFolder()
const perceptron = join(folder, 'small.perceptron')
writeFileSync(perceptron, 'perceptron 784 30 10\n')

const startsWith = (head: Uint8Array, text: string) => Buffer.from(head.subarray(0, text.length)).toString() === text

const perceptronFormat: ModelFormat = {
  name: 'perceptron',
  extensions: ['.perceptron'],
  matches: async (source) => (startsWith(source.head, 'perceptron ') ? 'sure' : 'no'),
  load: async (source) => {
    if (source.kind !== 'file' || !startsWith(source.head, 'perceptron ')) {
      throw new FormatError('E_PERCEPTRON', `${source.path} is no perceptron`, { hint: 'write "perceptron 784 30 10"' })
    }
    const sizes = readFileSync(source.path, 'utf8').trim().split(' ').slice(1).map(Number)
    const total = sizes.slice(1).reduce((sum, size, index) => sum + size * ((sizes[index] ?? 0) + 1), 0)
    return {
      name: basename(source.path, '.perceptron'),
      format: 'perceptron',
      path: source.path,
      bytes: source.size,
      inputs: [{ name: 'x', type: { kind: 'tensor', dtype: 'float32', shape: [1, sizes[0] ?? 0] } }],
      outputs: [{ name: 'y', type: { kind: 'tensor', dtype: 'float32', shape: [1, sizes.at(-1) ?? 0] } }],
      sha256: (signal) => fileDigest(source.path, signal),
      countParameters: async () => ({ trainable: total, nonTrainable: 0, bytes: 4 * total }),
    }
  },
}

formatContract('a format of a user', () => perceptronFormat, {
  good: [perceptron],
  broken: [{ name: 'another file', content: Buffer.from('tree 3'), code: 'E_PERCEPTRON' }],
})

describe('a format of a user in the factory', () => {
  const open = (format: Partial<ModelFormat>, path = perceptron) =>
    ModelFactory.withPredefinedFormats()
      .register({ ...perceptronFormat, ...format })
      .open(path)
  const model = join(folder, 'model.onnx')
  writeFileSync(model, onnx.model(onnx.graph(onnx.node('Relu', ['x'], ['y']), onnx.input('x'))))

  test('counts without a graph', async () => {
    expect(await (await open({})).countParameters?.()).toEqual({ trainable: 23_860, nonTrainable: 0, bytes: 95_440 })
  })

  test('is asked before the predefined ones', async () => {
    const own: Model = await open({}).then((found) => ({ ...found, name: 'mine' }))
    const found = await open({ matches: async () => 'sure', load: async () => own }, model)
    expect(found.name).toBe('mine')
  })

  test('leaves a file that others know for sure to them', async () => {
    expect((await open({ matches: async () => 'possible' }, model)).format).toBe('onnx')
  })

  test.each<[string, Partial<ModelFormat>, string, string]>([
    [
      'that throws when asked',
      { matches: () => Promise.reject(new TypeError('x is not a function')) },
      'E_FORMAT_FAILED',
      'x is not a function',
    ],
    [
      'that throws before it promises',
      {
        matches: () => {
          throw new RangeError('at once')
        },
      },
      'E_FORMAT_FAILED',
      'at once',
    ],
    ['that throws no error', { load: () => Promise.reject('a text') }, 'E_FORMAT_FAILED', '"a text"'],
    ['that gives no verdict', { matches: async () => true as never }, 'E_FORMAT_RESULT', 'true'],
    ['that gives no model', { load: async () => undefined as never }, 'E_FORMAT_RESULT', 'anything'],
    [
      'that gives half a model',
      { load: async () => ({ name: 'x', format: 'x', path: 'x', bytes: 1, inputs: [] }) as never },
      'E_FORMAT_RESULT',
      'outputs',
    ],
    [
      'whose model has no size',
      { load: async () => ({ name: 'x', format: 'x', path: 'x', bytes: Number.NaN }) as never },
      'E_FORMAT_RESULT',
      'bytes',
    ],
  ])('%s is named', async (_, format, code, detail) => {
    const expected = { code, message: expect.stringMatching(`"perceptron".*${detail}`), hint: expect.any(String) }
    await expect(open(format)).rejects.toMatchObject(expected)
  })

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'no object'],
    ['no name', { ...perceptronFormat, name: '' }, 'a name'],
    ['no endings', { ...perceptronFormat, extensions: undefined }, 'extensions'],
    ['no matches', { ...perceptronFormat, matches: undefined }, 'matches()'],
    ['no load', { ...perceptronFormat, load: 'x' }, 'load()'],
  ])('with %s is not registered', (_, format, detail) => {
    const register = () => new ModelFactory().register(format as ModelFormat)
    expect(register).toThrow(
      expect.objectContaining({ code: 'E_FORMAT_INVALID', message: expect.stringContaining(detail) }),
    )
  })
})
