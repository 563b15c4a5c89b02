import { describe, expect, test } from 'vitest'
import { readOnnx } from '../../../formats/onnx/read-onnx.js'
import { memoryFile } from '../../../formats/random-access-file.js'
import { formatShape } from '../../../src/graph/dimension.js'
import type { Attribute, ModelGraph, ValueType } from '../../../src/graph/graph.js'
import { bytes, float, int, onnx, varint } from '../../helpers/wire-bytes.js'

const { model, graph, node, input, output, initializer, raw, attribute } = onnx

const read = (content: Uint8Array): ModelGraph =>
  readOnnx(memoryFile(content, 'test.onnx'), () => {
    throw new Error('nothing lies beside a file in memory')
  }).graph

const shapeOf = (type: ValueType | undefined): string | undefined =>
  type?.kind === 'tensor' && type.shape !== undefined ? formatShape(type.shape) : undefined

describe('opsets and versions', () => {
  const main = bytes(7, graph(node('Relu', ['x'], ['y']), input('x')))

  test('the standard domain has one spelling', () => {
    const imports = [bytes(8, bytes(1, 'ai.onnx'), int(2, 13)), bytes(8, bytes(1, 'ai.onnx.ml'), int(2, 3))]
    expect([...read(Buffer.concat([int(1, 7), main, ...imports])).opsets]).toEqual([
      ['', 13],
      ['ai.onnx.ml', 3],
    ])
  })

  test('so it has in nodes', () => {
    const content = model(graph(node('Relu', ['x'], ['y'], [bytes(7, 'ai.onnx')]), input('x')))
    expect(read(content).main.nodes[0]?.domain).toBe('')
  })

  test('before IR version 3 there was one opset', () => {
    expect([...read(Buffer.concat([int(1, 2), main])).opsets]).toEqual([['', 1]])
  })

  test('a later file without opset names none', () => {
    expect([...read(Buffer.concat([int(1, 3), main])).opsets]).toEqual([])
  })

  test('producer and metadata are kept', () => {
    const more = [bytes(2, 'tool'), bytes(3, '1.2'), bytes(14, bytes(1, 'key'), bytes(2, 'value'))]
    expect(read(Buffer.concat([int(1, 8), main, ...more]))).toMatchObject({
      irVersion: 8,
      producer: { name: 'tool', version: '1.2' },
      metadata: new Map([['key', 'value']]),
    })
  })
})

describe('values', () => {
  const dimension = (...parts: Uint8Array[]) => bytes(1, ...parts)
  const tensorType = (code: number, ...sizes: Uint8Array[]) => bytes(2, bytes(1, int(1, code), bytes(2, ...sizes)))
  const inputOf = (...type: Uint8Array[]) => read(model(graph(input('x', ...type)))).main.inputs[0]?.type

  test('sizes may be numbers, names, nothing, or negative', () => {
    const type = tensorType(1, dimension(bytes(2, 'batch')), dimension(int(1, 3)), dimension(), dimension(int(1, -1)))
    expect(shapeOf(inputOf(type))).toBe('[batch, 3, ?x.2, ?x.3]')
  })

  test('a size of zero is a size', () => {
    expect(shapeOf(inputOf(tensorType(1, dimension(int(1, 0)))))).toBe('[0]')
  })

  test('a scalar has a shape, an unknown rank has none', () => {
    expect([inputOf(tensorType(1)), inputOf(bytes(2, bytes(1, int(1, 1))))]).toEqual([
      { kind: 'tensor', dtype: 'float32', shape: [] },
      { kind: 'tensor', dtype: 'float32', shape: undefined },
    ])
  })

  test('sequences, optionals, maps and sparse tensors are told apart', () => {
    const element = bytes(1, bytes(1, int(1, 7)))
    const int64 = { kind: 'tensor', dtype: 'int64', shape: undefined }
    expect([
      inputOf(bytes(2, bytes(4, element))),
      inputOf(bytes(2, bytes(9, element))),
      inputOf(bytes(2, bytes(5, int(1, 8), bytes(2, bytes(1, int(1, 7)))))),
      inputOf(bytes(2, bytes(8, int(1, 7)))),
      inputOf(),
    ]).toEqual([
      { kind: 'sequence', element: int64 },
      { kind: 'optional', element: int64 },
      { kind: 'map', key: 'string', value: int64 },
      { kind: 'sparse-tensor', dtype: 'int64', shape: undefined },
      undefined,
    ])
  })

  test('inputs that have an initializer are no inputs', () => {
    const content = model(graph(input('x'), input('w'), initializer('w', [2], raw(Buffer.alloc(8)))))
    expect(read(content).main.inputs.map((value) => value.name)).toEqual(['x'])
  })
})

describe('attributes', () => {
  const attributesOf = (...attributes: Uint8Array[]): ReadonlyMap<string, Attribute> | undefined =>
    read(model(graph(node('Any', [], ['y'], attributes)))).main.nodes[0]?.attributes
  const tensor = bytes(5, int(1, 1), int(2, 1), raw(Buffer.alloc(4)))
  const inner = graph(node('Constant', [], ['z']), output('z'))

  test.each<[string, number, Uint8Array[], unknown]>([
    ['float', 1, [float(2, 0.5)], { kind: 'float', value: 0.5 }],
    ['float that is left out as zero', 1, [], { kind: 'float', value: 0 }],
    ['int', 2, [int(3, -5)], { kind: 'int', value: -5 }],
    ['the largest int', 2, [int(3, 2n ** 63n - 1n)], { kind: 'int', value: 2 ** 63 }],
    ['string', 3, [bytes(4, 'größe')], { kind: 'string', value: 'größe' }],
    [
      'string that is no UTF-8',
      3,
      [bytes(4, Buffer.from([0x41, 0xff, 0xc3]))],
      { kind: 'string', value: 'A\udcff\udcc3' },
    ],
    ['tensor', 4, [tensor], { kind: 'tensor', value: expect.objectContaining({ shape: [1] }) }],
    ['graph', 5, [bytes(6, inner)], { kind: 'graph', value: expect.objectContaining({ name: 'g' }) }],
    ['floats', 6, [float(7, 1), float(7, 2)], { kind: 'floats', value: [1, 2] }],
    ['ints, packed', 7, [bytes(8, varint(1), varint(-1))], { kind: 'ints', value: [1, -1] }],
    ['ints, not packed', 7, [int(8, 1), int(8, -1)], { kind: 'ints', value: [1, -1] }],
    ['no ints', 7, [], { kind: 'ints', value: [] }],
    ['strings', 8, [bytes(9, 'a'), bytes(9, '')], { kind: 'strings', value: ['a', ''] }],
    [
      'tensors',
      9,
      [bytes(10, int(2, 1), raw(Buffer.alloc(4)))],
      { kind: 'tensors', value: [expect.objectContaining({ shape: [] })] },
    ],
    [
      'graphs',
      10,
      [bytes(11, inner), bytes(11, inner)],
      { kind: 'graphs', value: [expect.anything(), expect.anything()] },
    ],
    [
      'type',
      13,
      [bytes(14, bytes(1, int(1, 1)))],
      { kind: 'type', value: { kind: 'tensor', dtype: 'float32', shape: undefined } },
    ],
    [
      'types',
      14,
      [bytes(15, bytes(1, int(1, 1)))],
      { kind: 'types', value: [expect.objectContaining({ kind: 'tensor' })] },
    ],
    ['reference', 2, [bytes(21, 'outer')], { kind: 'reference', value: 'outer', of: 'int' }],
  ])('%s', (_, type, value, expected) => {
    expect(attributesOf(attribute('a', type, ...value))?.get('a')).toEqual(expected)
  })

  test('a sparse tensor', () => {
    const sparse = bytes(
      22,
      bytes(1, int(1, 1), int(2, 1), raw(Buffer.alloc(4))),
      bytes(2, int(1, 1), int(2, 7), raw(Buffer.alloc(8))),
      int(3, 9),
    )
    expect(attributesOf(attribute('a', 11, sparse))?.get('a')).toMatchObject({
      kind: 'tensor',
      value: { shape: [9], storedElements: 1 },
    })
  })

  test('files of IR version 1 do not say the type', () => {
    const untyped = (...value: Uint8Array[]) => attributesOf(bytes(5, bytes(1, 'a'), ...value))?.get('a')?.kind
    expect([
      untyped(float(2, 1)),
      untyped(int(3, 1)),
      untyped(bytes(4, 's')),
      untyped(tensor),
      untyped(int(8, 1)),
    ]).toEqual(['float', 'int', 'string', 'tensor', 'ints'])
  })
})

describe('functions', () => {
  const body = [bytes(4, 'x'), bytes(5, 'y'), bytes(6, 'alpha')]
  const inside = node('Elu', ['x'], ['y'], [attribute('alpha', 1, bytes(21, 'alpha'))], 7)
  const definition = bytes(
    25,
    bytes(1, 'f'),
    ...body,
    inside,
    bytes(9, bytes(1, 'ai.onnx'), int(2, 18)),
    bytes(10, 'mine'),
    bytes(11, bytes(1, 'beta'), int(20, 2), int(3, 7)),
    bytes(13, 'second'),
  )
  const { functions } = read(model(graph(node('Relu', ['x'], ['y']), input('x')), definition))

  test('are found by domain, name and overload', () => {
    expect([...functions.keys()]).toEqual(['mine::f::second'])
  })

  test('have attributes with and without defaults, and opsets of their own', () => {
    expect(functions.get('mine::f::second')).toMatchObject({
      inputs: ['x'],
      outputs: ['y'],
      attributes: ['alpha'],
      attributeDefaults: new Map([['beta', { kind: 'int', value: 7 }]]),
      opsets: new Map([['', 18]]),
    })
  })
})
