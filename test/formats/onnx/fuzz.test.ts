/**
 * Damaged ONNX files give errors of greenbench and nothing else.
 *
 * For a longer hunt: GREENBENCH_FUZZ_ROUNDS=200000 GREENBENCH_FUZZ_SEED=7 npx vitest run test/formats/onnx/fuzz.test.ts
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../../../formats/onnx/read-onnx.js'
import { looksLikeOnnx } from '../../../formats/onnx/signature.js'
import { memoryFile } from '../../../formats/random-access-file.js'
import { FormatError, GreenbenchError } from '../../../src/core/errors.js'
import { seededRandom } from '../../../src/core/random.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { writeOnnx } from '../../../src/graph/onnx-writer.js'
import { mutate } from '../../helpers/mutate.js'
import { hasSharedData, sharedPath } from '../../helpers/shared-data.js'
import { bytes, int, onnx, varint } from '../../helpers/wire-bytes.js'

const rounds = Number(process.env.GREENBENCH_FUZZ_ROUNDS ?? 4000)
const seed = Number(process.env.GREENBENCH_FUZZ_SEED ?? 1)
const { model, graph, node, input, output, initializer, raw, attribute, external } = onnx

/** Small, with something of everything. */
const rich = model(
  graph(
    input('x', bytes(2, bytes(1, int(1, 1), bytes(2, bytes(1, bytes(2, 'N')), bytes(1, int(1, 3)))))),
    initializer('w', [2, 2], raw(Buffer.alloc(16))),
    initializer('v', [1], external({ location: 'v.bin', offset: '0', length: '4' })),
    bytes(5, int(1, 3), int(2, 7), bytes(7, varint(1), varint(-1), varint(2n ** 62n)), bytes(8, 'shape')),
    bytes(5, int(1, 2), int(2, 8), bytes(6, 'a'), bytes(6, 'b'), bytes(8, 'text')),
    bytes(
      15,
      bytes(1, int(1, 1), int(2, 1), bytes(8, 's'), raw(Buffer.alloc(4))),
      bytes(2, int(1, 1), int(2, 7), raw(Buffer.alloc(8))),
      int(3, 9),
    ),
    node('f', ['x'], ['h'], [bytes(7, 'mine')]),
    node(
      'If',
      ['h'],
      ['y'],
      [
        attribute('then_branch', 5, bytes(6, graph(node('Relu', ['h'], ['a']), output('a')))),
        attribute(
          'else_branch',
          5,
          bytes(
            6,
            graph(
              node(
                'Constant',
                [],
                ['b'],
                [attribute('value', 4, bytes(5, int(1, 1), int(2, 1), raw(Buffer.alloc(4))))],
              ),
              output('b'),
            ),
          ),
        ),
      ],
    ),
    output('y'),
  ),
  bytes(
    25,
    bytes(1, 'f'),
    bytes(4, 'x'),
    bytes(5, 'y'),
    node('Elu', ['x'], ['y'], [attribute('alpha', 1, bytes(21, 'alpha'))], 7),
    bytes(9, int(2, 17)),
    bytes(10, 'mine'),
  ),
  bytes(14, bytes(1, 'key'), bytes(2, 'value')),
)

const fixture = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)))
const shared = hasSharedData
  ? ['node/test_scan_sum/model.onnx', 'onnxruntime/testdata/function_with_variadics.onnx']
  : []
const seeds: readonly (readonly [string, Uint8Array])[] = [
  ['one of everything', rich],
  ['every storage', fixture('../../fixtures/onnx/storages.onnx')],
  ...shared.map((path) => [path, readFileSync(sharedPath('onnx', path))] as const),
]

/** Reads a file and everything in it, and writes it again. */
function useAll(content: Uint8Array): void {
  looksLikeOnnx(content.subarray(0, 65_536), content.length)
  const { graph: found } = readOnnx(memoryFile(content), (location) => {
    if (location === 'v.bin') return memoryFile(Buffer.alloc(8))
    throw new FormatError('E_FILE_MISSING', location)
  })
  for (const tensor of found.main.initializers.values()) useTensor(tensor)
  writeOnnx(found)
}

function useTensor(tensor: Initializer): void {
  if (tensor.dtype === 'string') tensor.data.readStrings()
  else if (tensor.sparse === undefined || tensor.shape.reduce((product, size) => product * size, 1) < 1e6)
    tensor.data.read()
}

describe('damaged files', () => {
  test.each(seeds)('%s: the file is read undamaged', (_, content) => {
    expect(() => useAll(content)).not.toThrow()
  })

  test.each(seeds)('%s', (_, content) => {
    const random = seededRandom(seed)
    const share = Math.ceil(rounds / seeds.length)
    for (let round = 0; round < share; round += 1) {
      const damaged = mutate(content, random)
      try {
        useAll(damaged)
      } catch (error) {
        if (error instanceof GreenbenchError) continue
        throw new Error(`round ${round}: ${Buffer.from(damaged).toString('base64').slice(0, 4000)}`, { cause: error })
      }
    }
  })

  test('random bytes', () => {
    const random = seededRandom(seed)
    for (let round = 0; round < rounds / 4; round += 1) {
      const content = Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256))
      expect(() => useAll(content)).toThrow(GreenbenchError)
    }
  })
})

describe('small files that ask for much', () => {
  const many = (count: number, part: Uint8Array) => Buffer.concat(Array.from({ length: count }, () => part))

  test.each<[string, Uint8Array]>([
    ['a million empty nodes', model(graph(many(1_000_000, bytes(1))))],
    ['five million empty metadata entries', Buffer.concat([int(1, 8), many(50, many(100_000, bytes(14)))])],
    [
      'a tensor of 2^50 elements without data',
      model(graph(initializer('w', [2n ** 25n, 2n ** 25n]), node('Relu', ['w'], ['y']))),
    ],
    [
      'a hundred thousand sizes',
      model(
        graph(
          initializer(
            'w',
            Array.from({ length: 100_000 }, () => 1),
            raw(Buffer.alloc(4)),
          ),
        ),
      ),
    ],
  ])('%s', (_, content) => {
    const before = process.memoryUsage.rss()
    try {
      useAll(content)
    } catch (error) {
      expect(error).toBeInstanceOf(GreenbenchError)
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 31)
  })
})
