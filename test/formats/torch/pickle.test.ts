/** What pickles describe, by the instructions that Python writes. */
import { describe, expect, test } from 'vitest'
import { memoryFile } from '../../../formats/random-access-file.js'
import type { PickleValue } from '../../../formats/torch/pickle/pickle-value.js'
import { readPickle } from '../../../formats/torch/pickle/read-pickle.js'

/** The pickle that Python's `pickle.dumps` gave for the value beside each test, as text of hex digits. */
const read = (hex: string): PickleValue => readPickle(memoryFile(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).value
const broken = (hex: string) => () => read(hex)

const int = (value: number): PickleValue => ({ kind: 'int', value })
const text = (value: string): PickleValue => ({ kind: 'text', value })

describe('a pickle of protocol 2 to 5', () => {
  test('holds whole numbers of each length', () => {
    // (0, 255, 65535, -1, 2**40, -2**62)
    const value = read(
      '8005 95 2200000000000000 28 4b00 4bff 4dffff 4affffffff 8a06000000000001 8a0800000000000000c0 74 94 2e',
    )
    const items = [int(0), int(255), int(65_535), int(-1), int(2 ** 40), { kind: 'long', value: -(2n ** 62n) }]
    expect(value).toEqual({ kind: 'tuple', items })
  })

  test('holds texts, numbers, truth values and nothing', () => {
    // ['a', 1.5, True, False, None]
    const items = [
      text('a'),
      { kind: 'float', value: 1.5 },
      { kind: 'bool', value: true },
      { kind: 'bool', value: false },
    ]
    const value = read('8002 5d 28 5801000000 61 473ff8000000000000 88 89 4e 65 2e')
    expect(value).toEqual({ kind: 'list', items: [...items, { kind: 'none' }] })
  })

  test('passes over bytes', () => {
    expect(read('8003 43 03 010203 2e')).toEqual({ kind: 'bytes', byteLength: 3 })
  })

  test('refers to one value twice', () => {
    // a = []; (a, a)
    const value = read('8004 5d 94 6800 86 2e')
    if (value.kind !== 'tuple') throw new Error('no tuple')
    expect(value.items[0]).toBe(value.items[1])
  })

  test('describes what Python would call, and calls nothing', () => {
    // os.system('true')
    const value = read('8002 63 6f730a73797374656d0a 5804000000 74727565 85 52 2e')
    expect(value).toEqual({
      kind: 'object',
      callee: { kind: 'global', name: 'os.system' },
      args: { kind: 'tuple', items: [text('true')] },
      items: [],
      entries: [],
    })
  })

  test('gives objects their attributes and their keys', () => {
    // an OrderedDict with one key, and an attribute set by its state
    const value = read(
      '8002 63 636f6c6c656374696f6e730a4f726465726564446963740a 29 52 580100000061 4b01 73 7d 580100000062 4b02 73 62 2e',
    )
    expect(value).toMatchObject({
      entries: [[text('a'), int(1)]],
      state: { kind: 'dict', entries: [[text('b'), int(2)]] },
    })
  })

  test('keeps what a persistent id says', () => {
    expect(read('8002 4b07 51 2e')).toEqual({ kind: 'persistent', id: int(7) })
  })

  test('ends where it says, whatever follows', () => {
    const file = memoryFile(Buffer.from('80024e2effff', 'hex'))
    expect(readPickle(file).end).toBe(4)
  })
})

describe('a damaged pickle is refused', () => {
  test.each([
    ['that ends too soon', '8002 28 4b01'],
    ['whose text leads out of it', '8002 58ffffff7f 61'],
    ['whose bytes lead out of it', '8004 8effffffffffffff7f 61 2e'],
    ['of another protocol', '8009 4e 2e'],
    ['with an instruction that is not known', '8002 ff 2e'],
    ['that takes a value that is not there', '8002 86 2e'],
    ['that takes a value from before a mark', '8002 4e 28 85 2e'],
    ['without the mark of its list', '8002 74 2e'],
    ['that refers to what was not noted', '8002 6805 2e'],
    ['with a key that has no value', '8002 7d 28 4b01 75 2e'],
    ['that puts items into a number', '8002 4b01 4b02 61 2e'],
    ['that gives a number attributes', '8002 4b01 7d 62 2e'],
    ['with a whole number of a megabyte', '8002 8b00001000 2e'],
    ['whose class has no name', '8004 4b01 4b02 93 2e'],
    ['with a name that has no end', `8002 63 ${'61'.repeat(5000)}`],
  ])('%s', (_, hex) => {
    expect(broken(hex)).toThrow(expect.objectContaining({ code: 'E_PICKLE' }))
  })

  test('that never ends', () => {
    const file = memoryFile(Buffer.alloc(5_000_001, 'N'))
    expect(() => readPickle(file)).toThrow(expect.objectContaining({ code: 'E_PICKLE' }))
  })
})
