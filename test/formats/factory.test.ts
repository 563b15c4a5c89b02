import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import type { Model, ModelFormat } from '../../formats/format.js'
import { sourceError } from '../../formats/source-error.js'
import { FormatError } from '../../src/core/errors.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'
import { bytes, int, onnx } from '../helpers/wire-bytes.js'

const folder = temporaryFolder()
const factory = ModelFactory.withPredefinedFormats()
const good = onnx.model(onnx.graph(onnx.node('Relu', ['x'], ['y']), onnx.input('x'), onnx.output('y')))

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('the content counts, not the name', () => {
  test.each(['model.onnx', 'model.pb', 'model', 'MODEL.ONNX', 'größe ☃.onnx'])('%s', async (name) => {
    expect((await factory.open(file(name, good))).format).toBe('onnx')
  })

  test('a relative path gives an absolute one', async () => {
    expect((await factory.open(file('a.onnx', good))).path).toBe(join(folder, 'a.onnx'))
  })

  test('a link to a model is followed', async () => {
    symlinkSync(file('target.onnx', good), join(folder, 'link.onnx'))
    expect((await factory.open(join(folder, 'link.onnx'))).name).toBe('link')
  })
})

describe('paths that lead to no file', () => {
  test.each<[string, () => string, string]>([
    ['missing', () => join(folder, 'missing.onnx'), 'E_FILE_MISSING'],
    ['below a file', () => join(file('f.onnx', good), 'x.onnx'), 'E_FILE_MISSING'],
    ['empty text', () => '', 'E_FILE_MISSING'],
    ['with a NUL byte', () => 'model\0.onnx', 'E_FILE_MISSING'],
    ['far too long', () => `/${'x'.repeat(5000)}`, 'E_FILE_MISSING'],
    ['an empty file', () => file('empty.onnx', ''), 'E_FILE_EMPTY'],
    ['/dev/zero', () => '/dev/zero', 'E_FILE_SPECIAL'],
    ['a directory without a model', () => folder, 'E_NOT_A_MODEL'],
  ])('%s', async (_, path, code) => {
    await expect(factory.open(path())).rejects.toMatchObject({ code, hint: expect.any(String) })
  })

  test('a pipe is not waited for', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    await expect(factory.open(pipe)).rejects.toMatchObject({ code: 'E_FILE_SPECIAL' })
  })

  test('a link to itself', async () => {
    symlinkSync('loop', join(folder, 'loop'))
    await expect(factory.open(join(folder, 'loop'))).rejects.toMatchObject({ code: 'E_FILE_MISSING' })
  })

  test('a file that may not be read', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    expect(sourceError('/secret.onnx', denied)).toMatchObject({
      code: 'E_FILE_DENIED',
      hint: expect.stringContaining('read access'),
    })
  })

  test('the hint names a model inside the directory', async () => {
    const directory = join(folder, 'directory')
    mkdirSync(directory)
    writeFileSync(join(directory, 'inside.onnx'), good)
    await expect(factory.open(directory)).rejects.toMatchObject({ hint: expect.stringContaining('inside.onnx') })
  })
})

describe('files of no known kind', () => {
  test('the error lists what was tried', async () => {
    const other: ModelFormat = {
      name: 'other',
      extensions: [],
      matches: async () => 'no',
      load: () => Promise.reject(),
    }
    const opening = ModelFactory.withPredefinedFormats().register(other).open(file('x.dat', 'nothing like a model'))
    await expect(opening).rejects.toMatchObject({
      code: 'E_UNKNOWN_FORMAT',
      message: expect.stringMatching(/other: .*; onnx: /),
    })
  })

  test('a damaged file with the right name is called damaged', async () => {
    const opening = factory.open(file('random.onnx', Buffer.from('ffaa00ff', 'hex')))
    await expect(opening).rejects.toMatchObject({ code: 'E_UNKNOWN_FORMAT', hint: expect.stringContaining('damaged') })
  })

  test('formats that guess are tried in turn, those with the ending first', async () => {
    const tried: string[] = []
    const guess = (name: string, ending: string): ModelFormat => ({
      name,
      extensions: [ending],
      matches: async () => 'possible',
      load: () => {
        tried.push(name)
        return Promise.reject(new FormatError('E_TEST', `${name} cannot`))
      },
    })
    const own = new ModelFactory().register(guess('a', '.aa')).register(guess('b', '.bb'))
    await expect(own.open(file('x.aa', 'text'))).rejects.toMatchObject({
      message: expect.stringContaining('a: a cannot; b: b cannot'),
    })
    expect(tried).toEqual(['a', 'b'])
  })

  test('a cut-off file says so and nothing else', async () => {
    await expect(factory.open(file('cut.onnx', good.subarray(0, 25)))).rejects.toMatchObject({
      code: 'E_PROTOBUF_TRUNCATED',
    })
  })
})

describe('a format that is asked for by name', () => {
  test('reads the file, whatever it looks like', async () => {
    const path = file('other.txt', 'no model')
    const model: Model = { name: 'x', format: 'x', path, bytes: 1, inputs: [], outputs: [], sha256: async () => '' }
    const own = new ModelFactory().register({
      name: 'x',
      extensions: [],
      matches: async () => 'no',
      load: async () => model,
    })
    expect((await own.open(path, { format: 'x' })).name).toBe('x')
  })

  test('must exist', async () => {
    await expect(factory.open(file('b.onnx', good), { format: 'onyx' })).rejects.toMatchObject({
      code: 'E_FORMAT_UNKNOWN',
      hint: 'known: keras, saved-model, torch-export, torchscript, pytorch-weights, safetensors, onnx',
    })
  })
})

describe('look-alikes of ONNX are not taken for it', () => {
  test.each<[string, Buffer]>([
    ['a tensor', Buffer.concat([int(1, 2), int(1, 3), int(2, 1), bytes(9, Buffer.alloc(24))])],
    [
      'a SavedModel',
      Buffer.concat([int(1, 1), bytes(2, bytes(1, bytes(5, 'serve')), bytes(2, bytes(1, bytes(1, 'x'))))]),
    ],
    ['a Core ML model', Buffer.concat([int(1, 5), bytes(2, bytes(1, bytes(1, 'image'))), bytes(500, bytes(1, 'x'))])],
    ['a graph of TensorFlow', Buffer.concat([bytes(1, bytes(1, 'x'), bytes(2, 'Placeholder'))])],
  ])('%s', async (_, content) => {
    await expect(factory.open(file('model.bin', content))).rejects.toMatchObject({ code: 'E_UNKNOWN_FORMAT' })
  })
})
