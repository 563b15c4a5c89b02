import { mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryFile } from '../../../formats/random-access-file.js'
import { Checkpoint } from '../../../formats/saved-model/checkpoint.js'
import { decompressSnappy } from '../../../formats/saved-model/snappy.js'
import { readSortedTable } from '../../../formats/saved-model/sorted-table.js'
import { openSource } from '../../../formats/source.js'
import { FormatError } from '../../../src/core/errors.js'
import { seededRandom } from '../../../src/core/random.js'
import { savedModel, sortedTable, writeSavedModel } from '../../helpers/saved-model.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'

const VARIABLES = {
  a: { shape: [2], values: [1, 2] },
  b: { shape: [1, 3], values: [3, 4, 5], shard: 1 },
  c: { shape: [], values: [6], shard: 1 },
}
const folderWith = (compress = false) => writeSavedModel(savedModel([]), VARIABLES, compress)
const checkpointIn = (folder: string) => new Checkpoint(openSource(folder))
const valuesOf = (checkpoint: Checkpoint, key: string) => {
  const bytes = checkpoint.tensor({ key }, key, undefined).data.read()
  return [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)]
}

describe('a checkpoint', () => {
  test.each([false, true])('gives its variables from all shards (compressed: %s)', (compress) => {
    const checkpoint = checkpointIn(folderWith(compress))
    expect(['a', 'b', 'c'].map((key) => valuesOf(checkpoint, key))).toEqual([[1, 2], [3, 4, 5], [6]])
  })

  test('names a variable that is not there', () => {
    expect(() => checkpointIn(folderWith()).tensor({ key: 'd' }, 'd', undefined)).toThrow(
      /"d" is not among the saved variables/,
    )
  })

  test('says where a shard is cut off', () => {
    const folder = folderWith()
    truncateSync(join(folder, 'variables/variables.data-00001-of-00002'), 10)
    expect(() => checkpointIn(folder).tensor({ key: 'b' }, 'b', undefined)).toThrow(
      /ends at byte 10, variable "b" lies at 0 to 12/,
    )
  })

  test('names a shard that is not there', () => {
    const folder = folderWith()
    unlinkSync(join(folder, 'variables/variables.data-00001-of-00002'))
    expect(() => checkpointIn(folder).tensor({ key: 'b' }, 'b', undefined)).toThrow(
      /has no variables\/variables.data-00001-of-00002/,
    )
  })

  test('reads no shard outside its folder', () => {
    const folder = folderWith()
    const shard = join(folder, 'variables/variables.data-00000-of-00002')
    unlinkSync(shard)
    const outside = join(temporaryFolder(), 'secret')
    writeFileSync(outside, Buffer.alloc(100))
    symlinkSync(outside, shard)
    expect(() => checkpointIn(folder).tensor({ key: 'a' }, 'a', undefined)).toThrow(
      expect.objectContaining({ code: 'E_PATH_OUTSIDE' }),
    )
  })

  test('an index that is no table is refused', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'variables'))
    writeFileSync(join(folder, 'variables/variables.index'), Buffer.alloc(100))
    expect(() => checkpointIn(folder)).toThrow(expect.objectContaining({ code: 'E_CHECKPOINT_INDEX' }))
  })

  test('a table with any byte changed is read or refused, and takes no more', () => {
    const table = sortedTable(
      Array.from({ length: 20 }, (_, index) => [`key${index}`, Buffer.from(`value ${index}`)] as const),
      true,
    )
    const random = seededRandom(7)
    for (let round = 0; round < 2000; round += 1) {
      const broken = Buffer.from(table)
      for (let change = 0; change < 3; change += 1)
        broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256)
      try {
        readSortedTable(memoryFile(broken))
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
      }
    }
  })
})

describe('snappy', () => {
  test('a copy repeats what came before', () => {
    const block = Buffer.from([11, 0, 97, (7 << 2) | 2, 1, 0, 1 << 2, 98, 99])
    expect(Buffer.from(decompressSnappy(block, 100) ?? []).toString()).toBe('aaaaaaaaabc')
  })

  test('short copies carry three bits of their offset in the tag', () => {
    const block = Buffer.from([8, 3 << 2, 97, 98, 99, 100, 1, 4])
    expect(Buffer.from(decompressSnappy(block, 100) ?? []).toString()).toBe('abcdabcd')
  })

  test.each<[string, number[]]>([
    ['announces more than the limit', [0xff, 0xff, 0x7f, 0, 97]],
    ['copies from before its start', [4, (3 << 2) | 2, 9, 0]],
    ['copies from where it is', [4, (3 << 2) | 2, 0, 0]],
    ['ends before its end', [5, 0, 97]],
    ['goes on past its end', [1, 4, 97, 98]],
    ['is empty', []],
  ])('a block that %s is refused', (_, block) => {
    expect(decompressSnappy(Uint8Array.from(block), 1000)).toBeUndefined()
  })
})
