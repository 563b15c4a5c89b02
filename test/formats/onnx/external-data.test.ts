import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'
import { onnx } from '../../helpers/wire-bytes.js'

const { model, graph, initializer, raw, external } = onnx
const folder = temporaryFolder()
const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

/** Writes files into a new folder; @returns its path */
function folderWith(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content)
  return path
}

const floats = (...values: number[]) => Buffer.from(new Float32Array(values).buffer)
const pointing = (location: string, offset = '0', dims: number[] = [2]) =>
  model(graph(initializer('w', dims, external({ location, offset, length: String(4 * (dims[0] ?? 1)) }))))

describe('weights beside the model', () => {
  const mixed = folderWith('mixed', {
    'model.onnx': model(
      graph(
        initializer('inline', [1], raw(floats(1))),
        initializer('first', [2], external({ location: 'one.bin', offset: '4', length: '8' })),
        initializer('second', [1], external({ location: './one.bin', offset: '0', length: '4', checksum: 'abc' })),
        initializer('third', [2], external({ location: 'two.bin' })),
      ),
    ),
    'one.bin': floats(9, 2, 3),
    'two.bin': floats(4, 5, 6),
  })

  test('may lie in several files, some of them inside the model', async () => {
    const tensors = (await open(join(mixed, 'model.onnx'))).graph?.main.initializers ?? new Map()
    const values = [...tensors.values()].map((tensor) => [...new Float32Array(tensor.data.read().slice().buffer)])
    expect(values).toEqual([[1], [2, 3], [9], [4, 5]])
  })

  test('count among the bytes of the model, each file once', async () => {
    const found = await open(join(mixed, 'model.onnx'))
    const { size } = await import('node:fs').then((fs) => fs.statSync(join(mixed, 'model.onnx')))
    expect(found.bytes).toBe(size + 12 + 12)
  })

  test('count in the digest of the model, in the order of their paths', async () => {
    const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
    const files = ['model.onnx', 'one.bin', 'two.bin'].map((name) => readFileSync(join(mixed, name)))
    expect(await (await open(join(mixed, 'model.onnx'))).sha256()).toBe(sha256(files.map(sha256).join('')))
  })

  test('make no difference to the digest of a model without them', async () => {
    const bytes = model(graph(initializer('w', [1], raw(floats(1)))))
    const path = join(folderWith('alone', { 'model.onnx': bytes }), 'model.onnx')
    expect(await (await open(path)).sha256()).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  test('may be reached through a cache of links whose targets lie together', async () => {
    const blobs = folderWith('cache/blobs', { aaa: pointing('model.onnx_data'), bbb: floats(7, 8) })
    const snapshot = folderWith('cache/snapshots/main', {})
    symlinkSync(join(blobs, 'aaa'), join(snapshot, 'model.onnx'))
    symlinkSync(join(blobs, 'bbb'), join(snapshot, 'model.onnx_data'))
    const tensor = (await open(join(snapshot, 'model.onnx'))).graph?.main.initializers.get('w')
    expect(tensor?.data.read()).toEqual(new Uint8Array(floats(7, 8)))
  })
})

describe('weights that are refused', () => {
  test('behind a link that leads out of the folder', async () => {
    const path = folderWith('link', { 'model.onnx': pointing('w.bin') })
    symlinkSync(join(folderWith('elsewhere', { 'w.bin': floats(1, 2) }), 'w.bin'), join(path, 'w.bin'))
    await expect(open(join(path, 'model.onnx'))).rejects.toMatchObject({ code: 'E_PATH_OUTSIDE' })
  })

  test('in a folder that is a link out', async () => {
    const path = folderWith('folder-link', { 'model.onnx': pointing('sub/w.bin') })
    symlinkSync(folderWith('elsewhere-2', { 'w.bin': floats(1, 2) }), join(path, 'sub'))
    await expect(open(join(path, 'model.onnx'))).rejects.toMatchObject({ code: 'E_PATH_OUTSIDE' })
  })

  test('past the end of their file, with its name', async () => {
    const path = folderWith('short', { 'model.onnx': pointing('w.bin', '4'), 'w.bin': floats(1, 2) })
    await expect(open(join(path, 'model.onnx'))).rejects.toMatchObject({
      code: 'E_EXTERNAL_DATA_TRUNCATED',
      message: expect.stringContaining('w.bin'),
    })
  })

  test('missing, with the name and where to put them', async () => {
    const path = folderWith('missing', { 'model.onnx': pointing('gone.bin') })
    await expect(open(join(path, 'model.onnx'))).rejects.toMatchObject({
      code: 'E_EXTERNAL_DATA_MISSING',
      message: expect.stringContaining('"gone.bin"'),
      hint: expect.stringContaining(path),
    })
  })

  test('changed since the model was opened', async () => {
    const path = folderWith('changed', { 'model.onnx': pointing('w.bin'), 'w.bin': floats(1, 2) })
    const tensor = (await open(join(path, 'model.onnx'))).graph?.main.initializers.get('w')
    writeFileSync(join(path, 'w.bin'), floats(1, 2, 3))
    expect(() => tensor?.data.read()).toThrow(expect.objectContaining({ code: 'E_FILE_CHANGED' }))
  })
})

describe('files over 2 GiB', () => {
  const GIB = 2 ** 30

  test('external weights lie where their offset says', async () => {
    const path = folderWith('large', { 'model.onnx': pointing('w.bin', String(5 * GIB)), 'w.bin': Buffer.alloc(0) })
    truncateSync(join(path, 'w.bin'), 5 * GIB)
    writeFileSync(join(path, 'w.bin'), floats(1, 2), { flag: 'a' })
    const found = await open(join(path, 'model.onnx'))
    expect([...(found.graph?.main.initializers.get('w')?.data.read() ?? [])]).toEqual([...floats(1, 2)])
    expect(found.bytes).toBeGreaterThan(5 * GIB)
  })

  test('a model with a weight of 3 GiB inside is read around it', async () => {
    const size = 3 * GIB
    const before = Buffer.concat([Buffer.from('0803', 'hex'), lengthOf(7, size + 32)])
    const tensorHead = Buffer.concat([Buffer.from('0880808080031001420177', 'hex'), lengthOf(9, size)])
    const head = Buffer.concat([before, lengthOf(5, tensorHead.length + size), tensorHead])
    const rest = 32 + size - (tensorHead.length + size + lengthOf(5, tensorHead.length + size).length)
    const path = folderWith('huge', { 'model.onnx': head })
    truncateSync(join(path, 'model.onnx'), head.length + size)
    writeFileSync(join(path, 'model.onnx'), Buffer.concat([lengthOf(10, rest - 2), Buffer.alloc(rest - 2)]), {
      flag: 'a',
    })
    const found = await open(join(path, 'model.onnx'))
    expect(found.graph?.main.initializers.get('w')).toMatchObject({ shape: [size / 4], data: { byteLength: size } })
  })
})

/** Tag and length of a length-delimited field. */
function lengthOf(field: number, length: number): Buffer {
  const parts: number[] = [field * 8 + 2]
  let rest = length
  for (; rest >= 128; rest = Math.floor(rest / 128)) parts.push((rest % 128) | 128)
  return Buffer.from([...parts, rest])
}
