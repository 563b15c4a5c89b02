import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeText, encodeText, textBytes } from '../../src/graph/protobuf-text.js'

describe('text of protobuf fields', () => {
  test('any bytes come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(encodeText(decodeText(bytes))).toEqual(new Uint8Array(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  test('UTF-8 is read as the platform reads it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeText(new TextEncoder().encode(text))).toBe(text)
      }),
    )
  })

  test('a replacement character that the file really holds stays one', () => {
    expect(decodeText(new TextEncoder().encode('a\ufffdb'))).toBe('a\ufffdb')
  })

  test('a byte order mark is text', () => {
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xff))).toBe('\ufeffA\udcff')
  })

  test('the length is told before encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(textBytes(decodeText(bytes))).toBe(bytes.length)
      }),
    )
  })
})
