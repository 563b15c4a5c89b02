/** Pixels become the numbers that the frameworks make of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bfloat16Bits, float16Bits } from '../../src/graph/half-precision.js'
import type { ImageInput } from '../../src/images/image-input.js'
import {
  defaultNormalization,
  NORMALIZATIONS,
  normalizedValues,
  parseNormalization,
} from '../../src/images/normalization.js'

import { golden, sha256 } from './golden.js'

const INPUT: ImageInput = {
  name: 'x',
  dtype: 'float32',
  layout: 'NCHW',
  channels: 3,
  channelOrder: 'RGB',
  height: 4,
  width: 4,
  fixedBatch: undefined,
  hasBatchAxis: true,
  hasChannelAxis: true,
  assumptions: [],
}

const at = (input: ImageInput, text: string, value: number): number[] =>
  normalizedValues(input, parseNormalization(text)).map((table) => table[value] ?? Number.NaN)

describe('a value', () => {
  test.each([
    ['imagenet', 255, [2.2489, 2.4286, 2.64]],
    ['tf', 0, [-1, -1, -1]],
    ['tf', 255, [1, 1, 1]],
    ['none', 200, [200, 200, 200]],
    ['0,1', 51, [0.2, 0.2, 0.2]],
    ['0.5,0.25', 255, [2, 2, 2]],
    ['0.1,0.2,0.3,1,2,5', 255, [0.9, 0.4, 0.14]],
  ])('under %s of %i is %j', (text, value, expected) => {
    for (const [channel, number] of at(INPUT, text, value).entries())
      expect(number).toBeCloseTo(expected[channel] ?? 0, 4)
  })

  test.each(golden.normalized)(
    'under $normalization has the bits of torchvision',
    ({ normalization, sha256: expected }) => {
      const tables = normalizedValues(INPUT, parseNormalization(normalization))
      const numbers = Float32Array.from(tables.flatMap((table) => [...table]))
      expect(sha256(new Uint8Array(numbers.buffer))).toBe(expected)
    },
  )

  test('follows its colour when the order is BGR', () => {
    const [blue, green, red] = at({ ...INPUT, channelOrder: 'BGR' }, 'imagenet', 0)
    expect([red, green, blue]).toEqual(at(INPUT, 'imagenet', 0))
  })

  test('of grey takes the average of the colours, and alpha is only scaled', () => {
    expect(at({ ...INPUT, channels: 1 }, 'imagenet', 0)[0]).toBeCloseTo(-0.449 / 0.226)
    expect(at({ ...INPUT, channels: 4 }, 'imagenet', 255)[3]).toBe(1)
  })

  test('of an int8 input is moved by its zero point', () => {
    expect(at({ ...INPUT, dtype: 'int8' }, 'none', 0)).toEqual([-128, -128, -128])
  })
})

test('floating point inputs are normalised and integers are not, unless asked', () => {
  expect(defaultNormalization('float16')).toBe(NORMALIZATIONS.imagenet)
  expect(defaultNormalization('bfloat16')).toBe(NORMALIZATIONS.imagenet)
  expect(defaultNormalization('uint8')).toBe(NORMALIZATIONS.none)
})

test.each(['', 'resnet', '1', '1,2,3', '0,0', '0.5,-1', 'a,b', '1,,2,3', '0,NaN', '1,2,3,4', '0,Infinity'])(
  '%j is refused with a way out',
  (text) => {
    expect(() => parseNormalization(text)).toThrowError(
      expect.objectContaining({ code: 'E_NORMALIZE', hint: expect.stringMatching(/imagenet, tf, none/) }),
    )
  },
)

test('an integer input that is to take fractions is refused', () => {
  expect(() => normalizedValues({ ...INPUT, dtype: 'uint8' }, NORMALIZATIONS.tf)).toThrowError(
    expect.objectContaining({ code: 'E_NORMALIZE', hint: 'give --normalize none' }),
  )
})

describe('16-bit floating point', () => {
  /** Value of the bits, by the definition of IEEE 754 binary16. */
  function float16Of(bits: number): number {
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
  }

  test('keeps every number that it can hold', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      expect(float16Bits(float16Of(bits))).toBe(bits)
      expect(float16Bits(-float16Of(bits))).toBe(bits | 0x8000)
    }
  })

  test('takes the nearest number, ties to even', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), (bits) => {
        const middle = (float16Of(bits) + float16Of(bits + 1)) / 2
        expect(float16Bits(middle)).toBe(bits % 2 === 0 ? bits : bits + 1)
        expect(float16Bits(middle * (1 - 1e-9))).toBe(bits)
        expect(float16Bits(middle * (1 + 1e-9))).toBe(bits + 1)
      }),
    )
  })

  test.each([
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
  ])('of %d is %i', (value, bits) => {
    expect(float16Bits(value)).toBe(bits)
  })

  test.each([
    [1, 0x3f80],
    [-2.5, 0xc020],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [Number.NaN, 0x7fc0],
  ])('brain format of %d is %i', (value, bits) => {
    expect(bfloat16Bits(value)).toBe(bits)
  })
})
