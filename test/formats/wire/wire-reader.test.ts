import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryFile, type RandomAccessFile } from '../../../formats/random-access-file.js'
import { WireReader } from '../../../formats/wire/wire-reader.js'
import { bytes, int, varint } from '../../helpers/wire-bytes.js'

const readerOf = (content: Uint8Array, offset = 0) => new WireReader(memoryFile(content), offset)

/** A file that remembers how many bytes were asked of it. */
function countingFile(content: Uint8Array): { file: RandomAccessFile; bytesRead: () => number } {
  const file = memoryFile(content)
  let total = 0
  const readInto = (target: Uint8Array, offset: number): number => {
    const count = file.readInto(target, offset)
    total += count
    return count
  }
  return { file: { ...file, readInto }, bytesRead: () => total }
}

describe('numbers', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

  test('every 64-bit varint gives the nearest number', () => {
    fc.assert(
      fc.property(int64, (value) => {
        expect(readerOf(varint(value)).varint()).toBe(Number(value))
      }),
    )
  })

  test('every 64-bit varint gives its exact words', () => {
    fc.assert(
      fc.property(int64, (value) => {
        const words = new Uint32Array(2)
        readerOf(varint(value)).varintWords(words, 0)
        expect(new BigInt64Array(words.buffer)[0]).toBe(value)
      }),
    )
  })

  test('values follow each other across windows', () => {
    fc.assert(
      fc.property(fc.array(int64, { minLength: 3000, maxLength: 4000 }), (values) => {
        const reader = readerOf(Buffer.concat(values.map(varint)))
        expect(values.map(() => reader.varint())).toEqual(values.map(Number))
      }),
      { numRuns: 5 },
    )
  })

  test('floats and doubles are little-endian', () => {
    const content = Buffer.alloc(12)
    content.writeFloatLE(1.5)
    content.writeDoubleLE(-2.25, 4)
    const reader = readerOf(content)
    expect([reader.float(), reader.double()]).toEqual([1.5, -2.25])
  })
})

describe('texts', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 200, maxLength: 400 })

  test('come back as they were, wherever the windows end', () => {
    fc.assert(
      fc.property(texts, (values) => {
        const content = Buffer.concat(values.map((value) => bytes(1, value)))
        const reader = readerOf(content)
        const found = values.map(() => {
          reader.tag()
          return reader.text(reader.length(content.length))
        })
        expect(found).toEqual(values)
      }),
      { numRuns: 10 },
    )
  })

  test('may be longer than any window', () => {
    const long = 'größe'.repeat(40_000)
    expect(readerOf(Buffer.from(long)).text(Buffer.byteLength(long))).toBe(long)
  })
})

describe('long fields', () => {
  test('are stepped over without being read', () => {
    const { file, bytesRead } = countingFile(Buffer.concat([bytes(1, Buffer.alloc(10_000_000)), int(2, 7)]))
    const reader = new WireReader(file)
    reader.skip(reader.tag(), file.size)
    reader.tag()
    expect([reader.varint(), bytesRead() < 20_000]).toEqual([7, true])
  })

  test('bytes that are taken do not change with the window', () => {
    const reader = readerOf(Buffer.concat([Buffer.from('abcd'), Buffer.alloc(200_000, 1)]))
    const taken = reader.bytes(4)
    reader.bytes(60_000)
    expect(Buffer.from(taken).toString()).toBe('abcd')
  })
})

describe('wrong bytes', () => {
  test.each<[string, Uint8Array, (reader: WireReader) => unknown, string]>([
    ['a varint that ends early', Buffer.from([0x80]), (reader) => reader.varint(), 'E_PROTOBUF_TRUNCATED'],
    ['nothing', Buffer.alloc(0), (reader) => reader.varint(), 'E_PROTOBUF_TRUNCATED'],
    ['a varint without end', Buffer.alloc(20, 0xff), (reader) => reader.varint(), 'E_PROTOBUF_VARINT'],
    ['half a float', Buffer.alloc(2), (reader) => reader.float(), 'E_PROTOBUF_TRUNCATED'],
    ['field number 0', Buffer.from([0x05]), (reader) => reader.tag(), 'E_PROTOBUF_TAG'],
    ['a tag above 32 bits', varint(2n ** 40n), (reader) => reader.tag(), 'E_PROTOBUF_TAG'],
    [
      'a length past its message',
      Buffer.concat([varint(50), Buffer.alloc(99)]),
      (reader) => reader.length(10),
      'E_PROTOBUF_LENGTH',
    ],
    ['a length past the file', varint(50), (reader) => reader.length(1), 'E_PROTOBUF_TRUNCATED'],
  ])('%s', (_, content, act, code) => {
    expect(() => act(readerOf(content))).toThrow(expect.objectContaining({ code }))
  })

  test('the error says where', () => {
    const content = Buffer.concat([int(1, 1), Buffer.from([0x07])])
    const reader = readerOf(content)
    reader.tag()
    reader.varint()
    expect(() => reader.tag()).toThrow(/byte 2/)
  })
})
