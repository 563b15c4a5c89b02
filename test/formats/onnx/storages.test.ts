import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../../../formats/onnx/read-onnx.js'
import { memoryFile } from '../../../formats/random-access-file.js'
import type { DataType } from '../../../src/graph/data-type.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { bytes, float, int, onnx, varint } from '../../helpers/wire-bytes.js'

/** Written by Python's onnx; the script beside it says how. */
const fixture = (name: string) => readFileSync(fileURLToPath(new URL(`../../fixtures/onnx/${name}`, import.meta.url)))
const expected: Record<string, string | string[]> = JSON.parse(fixture('storages.json').toString())

const read = (content: Uint8Array) =>
  readOnnx(memoryFile(content, 'test.onnx'), () => {
    throw new Error('nothing lies beside a file in memory')
  }).graph

const tensorOf = (...parts: readonly Uint8Array[]): Initializer => {
  const graph = read(onnx.model(onnx.graph(bytes(5, bytes(8, 't'), ...parts))))
  const tensor = graph.main.initializers.get('t')
  if (tensor === undefined) throw new Error('the tensor is missing')
  return tensor
}

describe('every element type in every place of storage reads as numpy has it', () => {
  const { main } = read(fixture('storages.onnx'))

  test('the file has all of them', () => {
    expect([...main.initializers.keys()].sort()).toEqual(Object.keys(expected).sort())
  })

  test.each(Object.keys(expected))('%s', (name) => {
    const tensor = main.initializers.get(name)
    const found = Array.isArray(expected[name])
      ? tensor?.data.readStrings()
      : createHash('sha256')
          .update(tensor?.data.read() ?? '')
          .digest('hex')
    expect(found).toEqual(expected[name])
  })
})

describe('storages that the onnx package of that version does not write', () => {
  const dims = int(1, 3)

  test.each<[string, Uint8Array, DataType, string]>([
    [
      'float_data that is not packed',
      Buffer.concat([int(2, 1), float(4, 1), float(4, 2), float(4, 3)]),
      'float32',
      '0000803f0000004000004040',
    ],
    [
      'int32_data that is not packed',
      Buffer.concat([int(2, 6), int(5, 1), int(5, -1), int(5, 2)]),
      'int32',
      '01000000ffffffff02000000',
    ],
    [
      'int64_data in two packed pieces',
      Buffer.concat([int(2, 7), bytes(7, varint(1), varint(-(2n ** 63n))), bytes(7, varint(2n ** 63n - 1n))]),
      'int64',
      '01000000000000000000000000000080ffffffffffffff7f',
    ],
    [
      'pieces with another field between them',
      Buffer.concat([int(2, 6), int(5, 1), int(1, 1), int(5, 2), int(5, 3)]),
      'int32',
      '010000000200000003000000',
    ],
    [
      'float8 in int32_data',
      Buffer.concat([int(2, 17), bytes(5, varint(1), varint(255), varint(128))]),
      'float8e4m3fn',
      '01ff80',
    ],
    [
      'int4 in int32_data, two in each',
      Buffer.concat([int(2, 22), bytes(5, varint(0x21), varint(0x03))]),
      'int4',
      '2103',
    ],
    ['int4 as raw_data', Buffer.concat([int(2, 22), bytes(9, Buffer.from('2103', 'hex'))]), 'int4', '2103'],
    ['uint2 as raw_data, four in each', Buffer.concat([int(2, 25), bytes(9, Buffer.from('39', 'hex'))]), 'uint2', '39'],
    ['float4 as raw_data', Buffer.concat([int(2, 23), bytes(9, Buffer.from('2103', 'hex'))]), 'float4e2m1', '2103'],
    [
      'bool in int32_data, any number but 0 is true',
      Buffer.concat([int(2, 9), bytes(5, varint(7), varint(0), varint(-1))]),
      'bool',
      '010001',
    ],
  ])('%s', (_, data, dtype, hex) => {
    const tensor = tensorOf(dims, data)
    expect([tensor.dtype, Buffer.from(tensor.data.read()).toString('hex')]).toEqual([dtype, hex])
  })

  test('a length written in more bytes than it needs', () => {
    const padded = Buffer.concat([varint(5 * 8 + 2), Buffer.from([0x83, 0x80, 0x00]), Buffer.from([1, 2, 3])])
    expect(Buffer.from(tensorOf(dims, int(2, 3), padded).data.read()).toString('hex')).toBe('010203')
  })

  test('a long varint field that is read later', () => {
    const many = Array.from({ length: 5000 }, (_, index) => varint(index * 1000))
    const words = new BigInt64Array(tensorOf(int(1, 5000), int(2, 7), bytes(7, ...many)).data.read().buffer)
    expect([words[0], words[4999]]).toEqual([0n, 4_999_000n])
  })
})

describe('sparse initializers', () => {
  const float32 = (...values: number[]) => Buffer.from(new Float32Array(values).buffer)
  const int64 = (...values: bigint[]) => Buffer.from(new BigInt64Array(values).buffer)
  const sparse = (dims: number[], values: Buffer, count: number, indices: Buffer, indexDims: number[]) =>
    read(
      onnx.model(
        onnx.graph(
          bytes(
            15,
            bytes(1, int(1, count), int(2, 1), bytes(8, 's'), bytes(9, values)),
            bytes(2, ...indexDims.map((size) => int(1, size)), int(2, 7), bytes(9, indices)),
            ...dims.map((size) => int(3, size)),
          ),
        ),
      ),
    ).main.initializers.get('s')

  test('with linear indices', () => {
    const tensor = sparse([2, 3], float32(1, 2), 2, int64(1n, 5n), [2])
    expect(new Float32Array(tensor?.data.read().buffer ?? new ArrayBuffer(0))).toEqual(
      new Float32Array([0, 1, 0, 0, 0, 2]),
    )
  })

  test('with one index for each axis', () => {
    const tensor = sparse([2, 3], float32(1, 2), 2, int64(0n, 1n, 1n, 2n), [2, 2])
    expect(new Float32Array(tensor?.data.read().buffer ?? new ArrayBuffer(0))).toEqual(
      new Float32Array([0, 1, 0, 0, 0, 2]),
    )
  })

  test('say how many elements are stored', () => {
    expect(sparse([2, 3], float32(1, 2), 2, int64(1n, 5n), [2])).toMatchObject({ shape: [2, 3], storedElements: 2 })
  })

  test('refuse an index outside the shape', () => {
    const tensor = sparse([2, 3], float32(1, 2), 2, int64(1n, 6n), [2])
    expect(() => tensor?.data.read()).toThrow(expect.objectContaining({ code: 'E_ONNX_SPARSE' }))
  })

  test('refuse to become dense where that takes more than 1 GiB', () => {
    const tensor = sparse([2 ** 20, 2 ** 20], float32(1), 1, int64(1n), [1])
    expect(() => tensor?.data.read()).toThrow(expect.objectContaining({ code: 'E_ONNX_SPARSE' }))
  })
})
