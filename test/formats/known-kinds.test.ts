import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'
import { bytes } from '../helpers/wire-bytes.js'

const folder = temporaryFolder()
const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

/** A zip archive with entries of no content. */
function zip(...names: readonly string[]): Buffer {
  const local = names.map((name) =>
    Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(22), u16(name.length), u16(0), Buffer.from(name)]),
  )
  const entries = names.map((name) =>
    Buffer.concat([
      Buffer.from('504b0102', 'hex'),
      Buffer.alloc(24),
      u16(name.length),
      Buffer.alloc(16),
      Buffer.from(name),
    ]),
  )
  const [start, size] = [Buffer.concat(local).length, Buffer.concat(entries).length]
  const end = Buffer.concat([
    Buffer.from('504b0506', 'hex'),
    Buffer.alloc(4),
    u16(names.length),
    u16(names.length),
    u32(size),
    u32(start),
    u16(0),
  ])
  return Buffer.concat([...local, ...entries, end])
}

const u16 = (value: number) => Buffer.from(new Uint16Array([value]).buffer)
const u32 = (value: number) => Buffer.from(new Uint32Array([value]).buffer)
const text = (value: string) => Buffer.from(value, 'latin1')

describe('a file of a known kind is named, with a way out', () => {
  test.each<[string, string, Buffer]>([
    ['a NumPy archive', 'a.npz', zip('a.npy')],
    ['a damaged Keras archive', 'cut.keras', zip('config.json').subarray(0, 30)],
    ['a zip archive', 'a.zip', zip('model.onnx')],
    ['a broken zip archive', 'cut.zip', zip('model.onnx').subarray(0, 30)],
    ['a Python pickle', 'model.pkl', text('\x80\x04\x95\x0a\0\0\0\0\0\0\0')],
    ['a GGUF file', 'model.gguf', text('GGUF\x03\0\0\0')],
    ['a TFLite file', 'model.tflite', text('\x1c\0\0\0TFL3\0\0')],
    ['an ORT-format file', 'model.ort', text('\x28\0\0\0ORTM\0\0')],
    ['a TensorFlow SavedModel in text form', 'saved_model.pbtxt', text('saved_model_schema_version: 1')],
    ['a TensorFlow graph', 'frozen.pb', bytes(1, bytes(1, 'input/x'), bytes(2, 'Placeholder'))],
    ['a TensorFlow.js model', 'model.json', text('{"format": "layers-model", "modelTopology": {}}')],
    ['a Core ML file', 'model.mlmodel', text('\x08\x05\x12\x02\x0a\0\xa2\x1f\0')],
    ['an OpenVINO IR file', 'model.xml', text('<?xml version="1.0"?>\n<net name="x" version="11">')],
    ['a Git LFS pointer', 'model.onnx', text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')],
    ['a web page', 'model.onnx', text('\n<!DOCTYPE html><html>')],
    ['a picture', 'model.png', text('\x89PNG\r\n\x1a\n')],
    ['a gzip archive', 'model.onnx.gz', text('\x1f\x8b\x08\0')],
    ['a tar archive', 'model.tar', Buffer.concat([Buffer.alloc(257), text('ustar\0')])],
  ])('%s: %s', async (what, name, content) => {
    writeFileSync(join(folder, name), content)
    await expect(open(join(folder, name))).rejects.toMatchObject({
      code: expect.stringMatching(/^E_(UNSUPPORTED_FORMAT|NOT_A_MODEL)$/),
      message: expect.stringContaining(` is ${what}`),
      hint: expect.stringMatching(/./),
    })
  })

  test.each<[string, string]>([
    ['a TensorFlow SavedModel in text form', 'saved_model.pbtxt'],
    ['a folder of TensorFlow checkpoints', 'model.ckpt-1.index'],
  ])('%s: a folder with %s', async (what, name) => {
    const path = join(folder, `folder-${name}`)
    mkdirSync(path)
    writeFileSync(join(path, name), 'x')
    await expect(open(path)).rejects.toMatchObject({ message: expect.stringContaining(` is ${what}`) })
  })
})
