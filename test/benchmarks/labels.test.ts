import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { indicesOf, parseLabels, readLabels } from '../../benchmarks/labels.js'
import { UsageError } from '../../src/core/errors.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const folder = temporaryFolder()
const indices = (text: string, ...classes: readonly string[]) =>
  Object.fromEntries(indicesOf(classes, parseLabels(text) ?? []))

describe('labels', () => {
  test.each([
    ['one name a line', 'cat\ndog\n'],
    ['lines of Windows, with a byte order mark', '\uFEFFcat\r\ndog\r\n'],
    ['a JSON array', '["cat", "dog"]'],
    ['a JSON object from index to name', '{"1": "dog", "0": "cat"}'],
    ['a JSON object from name to index', '{"dog": 1, "cat": 0}'],
  ])('are read from %s', (_name, text) => {
    expect(indices(text, 'dog', 'cat')).toEqual({ cat: 0, dog: 1 })
  })

  test('keep their index below an output without a name', () => {
    expect(indices('\ncat\n\ndog\n', 'cat', 'dog')).toEqual({ cat: 1, dog: 3 })
  })

  test('of ImageNet are found by WordNet id, by whole name and by synonym', () => {
    const text = 'n01440764 tench, Tinca tinca\nn01443537 goldfish, Carassius auratus'
    expect(indices(text, 'n01443537', 'tench', 'Carassius auratus')).toEqual({
      n01443537: 1,
      tench: 0,
      'Carassius auratus': 1,
    })
  })

  test('of the class index file of Keras are found by both names', () => {
    const text = '{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}'
    expect(indices(text, 'n01440764', 'goldfish')).toEqual({ n01440764: 0, goldfish: 1 })
  })

  test('are the same name with other case, spaces, dashes and underscores', () => {
    expect(indices('great white shark\ntiger-shark', 'Great_White-Shark', 'tiger shark')).toEqual({
      'Great_White-Shark': 0,
      'tiger shark': 1,
    })
  })

  test('that occur twice name nothing', () => {
    expect(indices('crane\ncrane\nheron', 'crane', 'heron')).toEqual({ heron: 2 })
  })

  test('keep their place after an empty line', () => {
    expect(indices('background\n\ndog', 'dog')).toEqual({ dog: 2 })
  })

  test.each(['[1, {', '{"a": "b"}', '{"-1": "cat"}', '{"1e30": "cat"}', '{"999999999": "cat"}'])(
    '%s is no list of names',
    (text) => {
      expect(parseLabels(text)).toBeUndefined()
    },
  )
})

describe('file of labels', () => {
  test('without a single name is refused', async () => {
    const empty = join(folder, 'empty.txt')
    writeFileSync(empty, '\n\n')
    await expect(readLabels(empty)).rejects.toMatchObject({ code: 'E_LABELS' })
  })

  test('that is missing or no list is refused by name', async () => {
    const broken = join(folder, 'broken.json')
    writeFileSync(broken, '{')
    await expect(readLabels(join(folder, 'absent.txt'))).rejects.toThrow(UsageError)
    await expect(readLabels(broken)).rejects.toMatchObject({
      code: 'E_LABELS',
      message: expect.stringContaining(broken),
    })
  })

  test('is read', async () => {
    const path = join(folder, 'labels.txt')
    writeFileSync(path, 'cat\ndog')
    expect(indicesOf(['dog'], await readLabels(path)).get('dog')).toBe(1)
  })
})
