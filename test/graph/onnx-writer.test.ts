import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import { readOnnx } from '../../formats/onnx/read-onnx.js'
import { memoryFile } from '../../formats/random-access-file.js'
import { symbol } from '../../src/graph/dimension.js'
import type { Attribute, Initializer, ModelGraph, ValueType } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { LARGEST_ONNX, writeOnnx, writeOnnxFile } from '../../src/graph/onnx-writer.js'
import { describeModel } from '../helpers/describe-graph.js'
import { fieldsOf, messagesOf, textsOf } from '../helpers/protobuf.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const folder = temporaryFolder()
const floats = (name: string, count: number) => memoryInitializer(name, new Float32Array(count).fill(0.5), [count])

/** `y = x * w`, with whatever else a test needs. */
function scaling(weights: Initializer, more: Partial<ModelGraph> = {}): ModelGraph {
  const type: ValueType = { kind: 'tensor', dtype: 'float32', shape: [symbol('N'), 1] }
  return {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: 'test', version: '1' },
    main: {
      name: 'scaling',
      inputs: [{ name: 'x', type }],
      outputs: [{ name: 'y', type: undefined }],
      nodes: [
        { name: '', operator: 'Mul', domain: '', inputs: ['x', weights.name], outputs: ['y'], attributes: new Map() },
      ],
      initializers: new Map([[weights.name, weights]]),
      valueInfos: new Map(),
    },
    functions: new Map(),
    metadata: new Map(),
    ...more,
  }
}

/** A graph whose one node has this attribute. */
function holding(attribute: Attribute): ModelGraph {
  const model = scaling(floats('w', 1))
  const [node] = model.main.nodes
  if (node === undefined) throw new Error('no node')
  return { ...model, main: { ...model.main, nodes: [{ ...node, attributes: new Map([['a', attribute]]) }] } }
}

const reread = (model: ModelGraph): ModelGraph =>
  readOnnx(memoryFile(writeOnnx(model)), () => {
    throw new Error('nothing lies beside a file in memory')
  }).graph

describe('what was written reads back the same', () => {
  const tensor = memoryInitializer('t', new Int32Array([1, -2, 3]), [3])
  const inner = scaling(floats('w', 2)).main
  const element: ValueType = { kind: 'tensor', dtype: 'int64', shape: [2, symbol('S')] }
  const sparse: Initializer = {
    name: 's',
    dtype: 'float32',
    shape: [9],
    data: { byteLength: 12, read: () => new Uint8Array(36), readStrings: () => [] },
    storedElements: 1,
    sparse: {
      values: memoryInitializer('s', new Float32Array([1]), [1]),
      indices: memoryInitializer('', new BigInt64Array([4n]), [1]),
    },
  }

  test.each<[string, Attribute]>([
    ['float', { kind: 'float', value: 0.25 }],
    ['int', { kind: 'int', value: -7 }],
    ['int at the end of 64 bits', { kind: 'int', value: 2 ** 63 }],
    ['int at the other end', { kind: 'int', value: -(2 ** 63) }],
    ['string', { kind: 'string', value: 'größe ☃' }],
    ['string of bytes that are no UTF-8', { kind: 'string', value: 'A\udc80\udcff☃' }],
    ['empty string', { kind: 'string', value: '' }],
    ['floats', { kind: 'floats', value: [1.5, -2] }],
    ['ints', { kind: 'ints', value: [0, -1, 300, 2 ** 40] }],
    ['no ints', { kind: 'ints', value: [] }],
    ['strings', { kind: 'strings', value: ['', 'b'] }],
    ['tensor', { kind: 'tensor', value: tensor }],
    ['tensors', { kind: 'tensors', value: [tensor, tensor] }],
    ['sparse tensor', { kind: 'tensor', value: sparse }],
    ['sparse tensors', { kind: 'tensors', value: [sparse] }],
    ['strings in a tensor', { kind: 'tensor', value: memoryInitializer('t', ['a', '', 'größe'], [3]) }],
    ['reference', { kind: 'reference', value: 'outer', of: 'ints' }],
    ['reference of unknown kind', { kind: 'reference', value: 'outer' }],
    ['type', { kind: 'type', value: { kind: 'sequence', element } }],
    ['types', { kind: 'types', value: [element, { kind: 'optional', element: undefined }] }],
    ['map type', { kind: 'type', value: { kind: 'map', key: 'string', value: element } }],
    ['sparse type', { kind: 'type', value: { kind: 'sparse-tensor', dtype: 'float32', shape: undefined } }],
  ])('attribute: %s', (_, attribute) => {
    const model = holding(attribute)
    expect(describeModel(reread(model))).toEqual(describeModel(model))
  })

  test.each<[string, Attribute]>([
    ['graph', { kind: 'graph', value: { ...inner, inputs: [] } }],
    [
      'graphs',
      {
        kind: 'graphs',
        value: [
          { ...inner, inputs: [] },
          { ...inner, inputs: [] },
        ],
      },
    ],
  ])('attribute: %s', (_, attribute) => {
    const model = holding(attribute)
    expect(describeModel(reread(model))).toEqual(describeModel(model))
  })

  test('functions, metadata and opsets', () => {
    const body = scaling(floats('w', 1)).main.nodes.map((node) => ({ ...node, inputs: ['x', 'x'] }))
    const definition = {
      name: 'f',
      domain: 'mine',
      overload: 'o',
      inputs: ['x'],
      outputs: ['y'],
      attributes: ['alpha'],
      attributeDefaults: new Map<string, Attribute>([['beta', { kind: 'int', value: 1 }]]),
      nodes: body,
      opsets: new Map([['', 17]]),
    }
    const model = scaling(floats('w', 1), {
      functions: new Map([['mine::f::o', definition]]),
      metadata: new Map([['key', 'größe']]),
      opsets: new Map([
        ['', 17],
        ['mine', 1],
      ]),
    })
    expect(describeModel(reread(model))).toEqual(describeModel(model))
  })

  test('a text longer than any buffer', () => {
    const model = scaling(floats('w', 1), {
      metadata: new Map([
        ['long', 'größe'.repeat(50_000)],
        ['next', 'x'],
      ]),
    })
    expect(reread(model).metadata).toEqual(model.metadata)
  })

  test('a size without a name stays without one', () => {
    const type: ValueType = { kind: 'tensor', dtype: 'float32', shape: [symbol('?x.0'), 3] }
    const model = scaling(floats('w', 1))
    const written = writeOnnx({ ...model, main: { ...model.main, inputs: [{ name: 'x', type }] } })
    const [input = new Uint8Array()] = messagesOf(messagesOf(written, 7)[0] ?? new Uint8Array(), 11)
    const shape = messagesOf(messagesOf(messagesOf(input, 2)[0] ?? input, 1)[0] ?? input, 2)[0] ?? input
    expect(messagesOf(shape, 1).map((dimension) => fieldsOf(dimension).length)).toEqual([0, 1])
  })

  test('before IR version 4 initializers stand among the inputs', () => {
    const written = writeOnnx(scaling(floats('w', 1), { irVersion: 3 }))
    const inputs = messagesOf(messagesOf(written, 7)[0] ?? new Uint8Array(), 11).flatMap((input) => textsOf(input, 1))
    expect(inputs).toEqual(['x', 'w'])
  })
})

describe('onnxruntime runs what was written', () => {
  const run = async (path: string): Promise<unknown> => {
    const session = await InferenceSession.create(path)
    const { y } = await session.run({ x: new Tensor('float32', [3], [1, 1]) })
    await session.release()
    return [y?.dims, y?.data[0]]
  }

  test('as one file', async () => {
    const path = join(folder, 'one.onnx')
    expect(await writeOnnxFile(scaling(floats('w', 5000)), path)).toEqual([path])
    expect(await run(path)).toEqual([[1, 5000], 1.5])
  })

  test('with its weights in a file beside it', async () => {
    const path = join(folder, 'two.onnx')
    const files = await writeOnnxFile(scaling(floats('w', 5000)), path, { externalData: true })
    expect(files).toEqual([path, `${path}.data`])
    expect([statSync(path).size < 500, statSync(`${path}.data`).size]).toEqual([true, 20_000])
    expect(await run(path)).toEqual([[1, 5000], 1.5])
  })

  test('with several weights beside it, each where the model says', async () => {
    const path = join(folder, 'several.onnx')
    const model = scaling(floats('w', 5000))
    const more = [floats('small', 3), memoryInitializer('b', new Float32Array(700).fill(7), [700])]
    const initializers = new Map([
      ...model.main.initializers,
      ...more.map((entry): [string, Initializer] => [entry.name, entry]),
    ])
    const whole = { ...model, main: { ...model.main, initializers } }
    await writeOnnxFile(whole, path, { externalData: true })
    const { graph } = await ModelFactory.withPredefinedFormats().open(path)
    expect(graph && describeModel(graph)).toEqual(describeModel(whole))
  })
})

describe('files', () => {
  test('a model over 2 GiB is refused as one piece', () => {
    const size = LARGEST_ONNX + 1
    const data = { byteLength: size, read: () => new Uint8Array(0), readStrings: () => [] }
    const large: Initializer = { name: 'w', dtype: 'uint8', shape: [size], data }
    expect(() => writeOnnx(scaling(large))).toThrow(expect.objectContaining({ code: 'E_ONNX_TOO_LARGE' }))
  })

  test('the old file stays when writing fails', async () => {
    const path = join(folder, 'kept.onnx')
    writeFileSync(path, 'old')
    const data = { byteLength: 4, read: () => new Uint8Array(3), readStrings: () => [] }
    const broken: Initializer = { name: 'w', dtype: 'float32', shape: [1], data }
    await expect(writeOnnxFile(scaling(broken), path)).rejects.toMatchObject({ code: 'E_TENSOR_SIZE' })
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('a model may be written over the file that it is read from', async () => {
    const path = join(folder, 'over.onnx')
    await writeOnnxFile(scaling(floats('w', 5000)), path)
    const { graph } = await ModelFactory.withPredefinedFormats().open(path)
    if (graph === undefined) throw new Error('no graph')
    await writeOnnxFile(graph, path)
    const again = await ModelFactory.withPredefinedFormats().open(path)
    expect(again.graph && describeModel(again.graph)).toEqual(describeModel(scaling(floats('w', 5000))))
  })

  test('a folder that is not there is named', async () => {
    const writing = writeOnnxFile(scaling(floats('w', 1)), join(folder, 'nowhere', 'm.onnx'))
    await expect(writing).rejects.toMatchObject({ code: 'E_WRITE_FAILED', hint: expect.any(String) })
  })

  test('a directory in the place of the file is named', async () => {
    mkdirSync(join(folder, 'directory.onnx'))
    const writing = writeOnnxFile(scaling(floats('w', 1)), join(folder, 'directory.onnx'))
    await expect(writing).rejects.toMatchObject({ code: 'E_WRITE_FAILED' })
  })

  test('writing stops when it is told to', async () => {
    const writing = writeOnnxFile(scaling(floats('w', 1)), join(folder, 'stopped.onnx'), {
      signal: AbortSignal.abort(),
    })
    await expect(writing).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
  })
})
