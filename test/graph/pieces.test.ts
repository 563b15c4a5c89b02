/** Weights that pass through reused memory arrive as they would from memory of their own. */
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFile } from '../../formats/random-access-file.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { piecesOf } from '../../src/graph/pieces.js'
import { Scratch } from '../../src/graph/scratch.js'
import { transposedInitializer } from '../../src/graph/transpose.js'
import { writeParts } from '../../src/graph/write-parts.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const folder = temporaryFolder()

test('a part of a file comes in pieces that are no larger than asked for', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)
  const path = join(folder, 'bytes')
  writeFileSync(path, bytes)
  const file = openFile(path)
  file.close()
  const pieces = [...piecesOf(file.region(10, 700), new Scratch(), 256)].map((piece) => piece.length)
  expect(pieces).toEqual([256, 256, 188])
  const copies: number[] = []
  for (const piece of piecesOf(file.region(10, 700), new Scratch(), 256)) copies.push(...piece)
  expect(copies).toEqual([...bytes.subarray(10, 710)])
})

test('pieces end in one clear line where the file has changed since', () => {
  const path = join(folder, 'changed')
  writeFileSync(path, new Uint8Array(100))
  const file = openFile(path)
  file.close()
  writeFileSync(path, new Uint8Array(50))
  expect(() => [...piecesOf(file.region(0, 100), new Scratch())]).toThrow(
    expect.objectContaining({ code: 'E_FILE_CHANGED' }),
  )
})

test('a tensor transposed twice passes through scratch memory unharmed', () => {
  const tensor = memoryInitializer(
    'x',
    Float32Array.from({ length: 24 }, (_, index) => index),
    [2, 3, 4],
  )
  const twice = transposedInitializer(transposedInitializer(tensor, [2, 0, 1]), [1, 2, 0])
  const scratch = new Scratch()
  for (let round = 0; round < 3; round += 1) {
    for (const piece of piecesOf(twice.data, scratch))
      expect(Buffer.from(piece)).toEqual(Buffer.from(tensor.data.read()))
  }
})

test('memory that was given back is lent again, and only then', () => {
  const scratch = new Scratch()
  const first = scratch.take(5000)
  const second = scratch.take(5000)
  expect(second.buffer).not.toBe(first.buffer)
  scratch.give(first)
  expect(scratch.take(4000).buffer).toBe(first.buffer)
})

test('a file holds its parts in order, whatever their sizes', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(sizes, async (lengths) => {
      const parts = lengths.map((length, index) => new Uint8Array(length).fill(index + 1))
      const path = join(folder, 'parts')
      await writeParts(path, parts)
      expect((await readFile(path)).equals(Buffer.concat(parts))).toBe(true)
    }),
    { numRuns: 20 },
  )
})
