/** A file of a few bytes must not cost gigabytes, nor seconds. */
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../../../formats/onnx/read-onnx.js'
import { looksLikeOnnx } from '../../../formats/onnx/signature.js'
import { memoryFile } from '../../../formats/random-access-file.js'
import { FormatError, GreenbenchError } from '../../../src/core/errors.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { writeOnnx } from '../../../src/graph/onnx-writer.js'
import { bytes, int, onnx } from '../../helpers/wire-bytes.js'

const { model, graph, node, initializer, raw } = onnx

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
