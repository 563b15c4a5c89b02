import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import { onnxFormat } from '../../../formats/onnx/onnx-format.js'
import { openSource } from '../../../formats/source.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'
import { announced, bytes, float, int, onnx, varint } from '../../helpers/wire-bytes.js'

const folder = temporaryFolder()
const { model, graph, node, input, output, initializer, raw, attribute, external } = onnx
const relu = node('Relu', ['x'], ['y'])
const identity = graph(relu, input('x'), output('y'))
const good = model(identity)
const FLOATS = raw(Buffer.alloc(8))

/** A graph in an attribute of a node in a graph ..., so many times. */
function nested(depth: number): Buffer {
  let inner = graph(node('Constant', [], ['y']), output('y'))
  for (let level = 0; level < depth; level += 1) {
    inner = graph(node('If', ['x'], ['y'], [attribute('then_branch', 5, bytes(6, inner))]), output('y'))
  }
  return model(inner)
}

/** FunctionProto `name` of domain `f` that calls others. */
const definition = (name: string, ...calls: readonly string[]): Buffer =>
  bytes(
    25,
    bytes(1, name),
    bytes(4, 'x'),
    bytes(5, `y${calls.length - 1}`),
    ...calls.map((call, index) => node(call, ['x'], [`y${index}`], [bytes(7, call === 'Relu' ? '' : 'f')], 7)),
    bytes(10, 'f'),
  )
const callOf = (name: string): Buffer => graph(node(name, ['x'], ['y'], [bytes(7, 'f')]), input('x'), output('y'))

/** Twenty functions, each of which calls the next twice: a million nodes in two kilobytes. */
const doubling = Array.from({ length: 21 }, (_, index) =>
  index === 20 ? definition('f20', 'Relu') : definition(`f${index}`, `f${index + 1}`, `f${index + 1}`),
)

describe('each way to be broken has its code', () => {
  test.each<[string, Uint8Array, string]>([
    ['no graph', Buffer.concat([int(1, 8), bytes(2, 'pytorch'), bytes(8, int(2, 17))]), 'E_ONNX_NO_GRAPH'],
    ['cut off within the graph', good.subarray(0, 20), 'E_PROTOBUF_TRUNCATED'],
    ['cut off within a varint', Buffer.concat([good, Buffer.from([0xf2, 0x01, 0xff])]), 'E_PROTOBUF_TRUNCATED'],
    ['a field longer than the file', Buffer.concat([good, announced(6, 1e9)]), 'E_PROTOBUF_TRUNCATED'],
    ['a field of 2^62 bytes', Buffer.concat([good, announced(6, 2n ** 62n)]), 'E_PROTOBUF_LENGTH'],
    ['a field of negative length', Buffer.concat([good, announced(6, -1)]), 'E_PROTOBUF_LENGTH'],
    ['a field longer than its message', model(graph(bytes(1, announced(1, 50)))), 'E_PROTOBUF_LENGTH'],
    [
      'a number that runs out of its message',
      model(graph(bytes(5, int(2, 1), Buffer.from([0x10, 0xff])))),
      'E_PROTOBUF_LENGTH',
    ],
    ['field number 0', Buffer.concat([good, Buffer.from([0x02, 0x00])]), 'E_PROTOBUF_TAG'],
    ['wire type 7', Buffer.concat([good, Buffer.from([0x0f, 0x00])]), 'E_PROTOBUF_TAG'],
    ['a group that ends without start', Buffer.concat([good, Buffer.from([0x24])]), 'E_PROTOBUF_TAG'],
    ['a group without end', Buffer.concat([good, Buffer.from([0xf3, 0x01])]), 'E_PROTOBUF_TAG'],
    [
      'a number of eleven bytes',
      Buffer.concat([good, Buffer.from([0x28]), Buffer.alloc(11, 0xff)]),
      'E_PROTOBUF_VARINT',
    ],
    ['a node that is a number', model(graph(int(1, 5))), 'E_PROTOBUF_TYPE'],
    ['a size that is a text', model(graph(bytes(5, bytes(2, 'x')))), 'E_PROTOBUF_TYPE'],
    ['graphs 40 deep', nested(40), 'E_PROTOBUF_DEPTH'],
    ['graphs 10,000 deep', nested(10_000), 'E_PROTOBUF_DEPTH'],
    ['an opset of the future', Buffer.concat([int(1, 8), bytes(7, identity), bytes(8, int(2, 99))]), 'E_ONNX_OPSET'],
    ['an element type of the future', model(graph(bytes(5, int(2, 99), bytes(8, 'w')))), 'E_ONNX_DATA_TYPE'],
    ['a tensor without element type', model(graph(bytes(5, bytes(8, 'w')))), 'E_ONNX_DATA_TYPE'],
    ['fewer bytes than the shape asks for', model(graph(initializer('w', [3], FLOATS))), 'E_ONNX_TENSOR_SIZE'],
    ['more bytes than the shape asks for', model(graph(initializer('w', [1], FLOATS))), 'E_ONNX_TENSOR_SIZE'],
    ['a negative size', model(graph(initializer('w', [-1], FLOATS))), 'E_ONNX_SHAPE'],
    [
      'sizes whose product is no number',
      model(graph(initializer('w', [2n ** 40n, 2n ** 40n], FLOATS))),
      'E_ONNX_SHAPE',
    ],
    ['a tensor in segments', model(graph(initializer('w', [2], FLOATS, bytes(3, int(1, 0))))), 'E_ONNX_SEGMENT'],
    ['a sparse tensor without values', model(graph(bytes(15, int(3, 2)))), 'E_ONNX_SPARSE'],
    [
      'a sparse tensor with too few indices',
      model(graph(bytes(15, bytes(1, int(1, 2), int(2, 1), FLOATS), int(3, 9)))),
      'E_ONNX_SPARSE',
    ],
    [
      'an attribute of unknown type',
      model(graph(node('Relu', ['x'], ['y'], [attribute('a', 77)]), input('x'))),
      'E_ONNX_ATTRIBUTE',
    ],
    [
      'an attribute whose value is of another type',
      model(graph(node('Elu', ['x'], ['y'], [attribute('a', 2, float(2, 0.5))]), input('x'))),
      'E_ONNX_ATTRIBUTE',
    ],
    [
      'an attribute that is given twice',
      model(graph(node('Elu', ['x'], ['y'], [attribute('a', 2, int(3, 1)), attribute('a', 2, int(3, 2))]), input('x'))),
      'E_ONNX_ATTRIBUTE',
    ],
    ['an input that is given twice', model(graph(relu, input('x'), input('x'))), 'E_ONNX_DUPLICATE_NAME'],
    ['an opset of zero', Buffer.concat([int(1, 8), bytes(7, identity), bytes(8, int(2, 0))]), 'E_ONNX_OPSET'],
    ['too many packed floats', model(graph(initializer('w', [1], bytes(4, Buffer.alloc(8))))), 'E_ONNX_TENSOR_SIZE'],
    [
      'a tensor attribute without tensor',
      model(graph(node('Constant', [], ['y'], [attribute('value', 4)]))),
      'E_ONNX_ATTRIBUTE',
    ],
    [
      'a graph attribute without graph',
      model(graph(node('If', [], ['y'], [attribute('then_branch', 5)]))),
      'E_ONNX_ATTRIBUTE',
    ],
    ['a node without operator', model(graph(bytes(1, bytes(2, 'y')))), 'E_ONNX_NODE'],
    ['a node that reads what nothing gives', model(graph(relu, output('y'))), 'E_ONNX_UNDEFINED_NAME'],
    ['an output that nothing gives', model(graph(relu, input('x'), output('z'))), 'E_ONNX_UNDEFINED_NAME'],
    ['a value that is given twice', model(graph(relu, relu, input('x'))), 'E_ONNX_DUPLICATE_NAME'],
    ['a node that overwrites an input', model(graph(node('Relu', ['x'], ['x']), input('x'))), 'E_ONNX_DUPLICATE_NAME'],
    ['a node that reads its own output', model(graph(node('Add', ['x', 'y'], ['y']), input('x'))), 'E_ONNX_CYCLE'],
    [
      'two nodes that wait for each other',
      model(graph(node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), input('x'))),
      'E_ONNX_CYCLE',
    ],
    ['a function that calls itself', model(callOf('f'), definition('f', 'f')), 'E_ONNX_FUNCTION_CYCLE'],
    [
      'functions that call each other',
      model(callOf('f'), definition('f', 'g'), definition('g', 'f')),
      'E_ONNX_FUNCTION_CYCLE',
    ],
    ['a function nobody calls that calls itself', model(identity, definition('f', 'f')), 'E_ONNX_FUNCTION_CYCLE'],
    ['functions that unfold to a million nodes', model(callOf('f0'), ...doubling), 'E_ONNX_FUNCTION_SIZE'],
    [
      'a function whose body reads what nothing gives',
      model(callOf('f'), bytes(25, bytes(1, 'f'), bytes(10, 'f'), node('Relu', ['q'], ['y'], [], 7))),
      'E_ONNX_UNDEFINED_NAME',
    ],
    [
      'external data that names no file',
      model(graph(initializer('w', [2], external({ offset: '0' })))),
      'E_ONNX_EXTERNAL_DATA',
    ],
    [
      'external data at no number',
      model(graph(initializer('w', [2], external({ location: 'w.bin', offset: '1e9' })))),
      'E_ONNX_EXTERNAL_DATA',
    ],
    [
      'external data at a negative offset',
      model(graph(initializer('w', [2], external({ location: 'w.bin', offset: '-8' })))),
      'E_ONNX_EXTERNAL_DATA',
    ],
    [
      'external data of another length',
      model(graph(initializer('w', [2], external({ location: 'w.bin', length: '4' })))),
      'E_ONNX_TENSOR_SIZE',
    ],
    [
      'external data in a file that is missing',
      model(graph(initializer('w', [2], external({ location: 'gone.bin' })))),
      'E_EXTERNAL_DATA_MISSING',
    ],
    [
      'external data in a file above',
      model(graph(initializer('w', [2], external({ location: '../w.bin' })))),
      'E_PATH_OUTSIDE',
    ],
    [
      'external data at an absolute path',
      model(graph(initializer('w', [2], external({ location: '/etc/passwd' })))),
      'E_PATH_OUTSIDE',
    ],
    [
      'external data behind a NUL byte',
      model(graph(initializer('w', [2], external({ location: 'w.bin\0' })))),
      'E_PATH_OUTSIDE',
    ],
    [
      'external data that is the folder',
      model(graph(initializer('w', [2], external({ location: '.' })))),
      'E_PATH_OUTSIDE',
    ],
  ])('%s', async (_, content, code) => {
    const path = join(folder, 'broken.onnx')
    writeFileSync(path, content)
    const source = openSource(path)
    await expect(onnxFormat.load(source, {})).rejects.toMatchObject({ code, hint: expect.any(String) })
  })
})

describe('what only looks broken is read', () => {
  const reads = async (content: Uint8Array) => {
    const path = join(folder, 'fine.onnx')
    writeFileSync(path, content)
    return (await ModelFactory.withPredefinedFormats().open(path)).graph
  }

  test('fields of a newer protobuf', async () => {
    expect((await reads(model(identity, bytes(99, 'x'), int(98, 7))))?.main.nodes).toHaveLength(1)
  })

  test('a group, which protobuf has given up', async () => {
    const group = Buffer.concat([varint(99 * 8 + 3), int(1, 5), bytes(2, 'x'), varint(99 * 8 + 4)])
    expect((await reads(model(identity, group)))?.main.nodes).toHaveLength(1)
  })

  test('a graph in two pieces, which protobuf merges', async () => {
    const second = bytes(7, node('Relu', ['y'], ['z']))
    expect((await reads(model(identity, second)))?.main.nodes.map((entry) => entry.outputs)).toEqual([['y'], ['z']])
  })

  test('nodes that stand in the wrong order', async () => {
    const shuffled = graph(
      node('Relu', ['b'], ['c']),
      node('Relu', ['a'], ['b']),
      node('Relu', ['x'], ['a']),
      input('x'),
      output('c'),
    )
    expect((await reads(model(shuffled)))?.main.nodes.map((entry) => entry.outputs)).toEqual([['a'], ['b'], ['c']])
  })

  test('a chain of 20,000 nodes from last to first', async () => {
    const nodes = Array.from({ length: 20_000 }, (_, index) => node('Relu', [`v${index}`], [`v${index + 1}`]))
    const backwards = graph(...nodes.reverse(), input('v0'), output('v20000'))
    expect((await reads(model(backwards)))?.main.nodes[0]?.inputs).toEqual(['v0'])
  })

  test('a broken function that nobody calls', async () => {
    const unused = bytes(25, bytes(1, 'f'), bytes(10, 'f'), node('Relu', ['q'], ['y'], [], 7))
    expect((await reads(model(identity, unused)))?.functions.size).toBe(1)
  })

  test('training information', async () => {
    expect((await reads(model(identity, bytes(20, bytes(2, identity)))))?.main.nodes).toHaveLength(1)
  })

  test('weights that were taken out, as long as nobody reads them', async () => {
    const tensor = (await reads(model(graph(initializer('w', [3])))))?.main.initializers.get('w')
    expect(() => tensor?.data.read()).toThrow(expect.objectContaining({ code: 'E_ONNX_TENSOR_SIZE' }))
  })
})
