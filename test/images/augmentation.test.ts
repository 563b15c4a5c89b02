import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkAugmentation, drawVariation, type Variation } from '../../src/images/augmentation.js'
import type { ImageInput } from '../../src/images/image-input.js'
import { type ElementLayout, writeVaried } from '../../src/images/varied-image.js'

const size = { width: 32, height: 24 }
const place = fc.tuple(fc.nat(), fc.nat(), fc.nat())

describe('what is drawn', () => {
  test('depends on seed, epoch and image alone', () => {
    fc.assert(
      fc.property(place, (where) => {
        expect(drawVariation(['flip', 'crop'], size, where)).toEqual(drawVariation(['flip', 'crop'], size, where))
      }),
    )
  })

  test('flips about every other image', () => {
    const flips = Array.from({ length: 1000 }, (_, index) => drawVariation(['flip'], size, [1, 1, index]).isFlipped)
    expect(Math.abs(flips.filter(Boolean).length - 500)).toBeLessThan(60)
  })

  test('moves a crop by an eighth of each side at most, and reaches both ends', () => {
    const parts = Array.from({ length: 500 }, (_, index) => drawVariation(['crop'], size, [1, 1, index]))
    expect([Math.min(...parts.map(({ left }) => left)), Math.max(...parts.map(({ left }) => left))]).toEqual([-4, 4])
    expect([Math.min(...parts.map(({ top }) => top)), Math.max(...parts.map(({ top }) => top))]).toEqual([-3, 3])
  })

  test('keeps a resized crop inside the image, with 18% of its area or more', () => {
    fc.assert(
      fc.property(place, (where) => {
        const { left, top, width, height } = drawVariation(['resized-crop'], size, where)
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0)
        expect(left + width).toBeLessThanOrEqual(size.width + 1e-9)
        expect(top + height).toBeLessThanOrEqual(size.height + 1e-9)
        expect(width * height).toBeGreaterThan(0.18 * size.width * size.height)
      }),
    )
  })

  test('is the whole image where nothing is asked for', () => {
    expect(drawVariation([], size, [1, 2, 3])).toEqual({ isFlipped: false, left: 0, top: 0, ...size })
  })
})

const input: ImageInput = {
  name: 'image',
  dtype: 'uint8',
  layout: 'NCHW',
  channels: 3,
  channelOrder: 'RGB',
  ...size,
  fixedBatch: undefined,
  hasBatchAxis: true,
  hasChannelAxis: true,
  assumptions: [],
}

test('both crops at once, and enlarging bytes, are refused', () => {
  expect(() => checkAugmentation(['crop', 'resized-crop'], input)).toThrow('exclude each other')
  expect(() => checkAugmentation(['resized-crop'], input)).toThrow('needs float32')
  expect(() => checkAugmentation(['flip', 'crop'], input)).not.toThrow()
})

const whole: Variation = { isFlipped: false, left: 0, top: 0, width: 3, height: 2 }
const planar: ElementLayout = { width: 3, height: 2, planes: 2, step: 1, black: Float32Array.of(-1, -2) }
const interleaved: ElementLayout = { ...planar, planes: 1, step: 2 }
const planes = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60)
const pixels = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60)

function varied(source: Float32Array, layout: ElementLayout, part: Partial<Variation>): number[] {
  const target = new Float32Array(source.length)
  writeVaried(source, target, layout, { ...whole, ...part })
  return [...target]
}

describe('a varied image', () => {
  test('is the image where nothing is varied', () => {
    expect(varied(planes, planar, {})).toEqual([...planes])
    expect(varied(pixels, interleaved, {})).toEqual([...pixels])
  })

  test('flips left and right', () => {
    expect(varied(planes, planar, { isFlipped: true })).toEqual([3, 2, 1, 6, 5, 4, 30, 20, 10, 60, 50, 40])
    expect(varied(pixels, interleaved, { isFlipped: true })).toEqual([3, 30, 2, 20, 1, 10, 6, 60, 5, 50, 4, 40])
  })

  test('moves, with black where the image ends', () => {
    const moved = [-1, -1, -1, -1, 1, 2, -2, -2, -2, -2, 10, 20]
    expect(varied(planes, planar, { left: -1, top: -1 })).toEqual(moved)
    expect(varied(pixels, interleaved, { left: 1 })).toEqual([2, 20, 3, 30, -1, -2, 5, 50, 6, 60, -1, -2])
  })

  test('enlarged bilinearly, keeps constants and the order along a ramp', () => {
    const constant = varied(new Float32Array(12).fill(7), planar, { left: 0.4, width: 1.7, height: 1.2 })
    expect(constant).toEqual(new Array(12).fill(7))
    const row = varied(planes, planar, { left: 0.5, width: 2, height: 2 }).slice(0, 3)
    // Centres of three pixels over [0.5, 2.5): 0.833, 1.5 and 2.167, less half a pixel.
    for (const [index, value] of [1 + 1 / 3, 2, 2 + 2 / 3].entries()) expect(row[index]).toBeCloseTo(value, 5)
  })
})
