/** The resize equals Pillow's bit for bit, and its vector loops equal the plain ones. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resample, resamplePlainly, resampleWeights } from '../../src/images/resample.js'
import { planResize, type Size } from '../../src/images/resize-plan.js'
import { sharedKernel } from '../../src/images/vector/shared-kernel.js'
import { golden, pattern, sha256 } from './golden.js'

const AT_ORIGIN = { crop: { left: 0, top: 0 }, pad: { left: 0, top: 0 } }

function patternImage(width: number, height: number, channels: number) {
  const data = pattern(width * height * Math.max(1, channels))
  return { width, height, channels, data }
}

describe('a whole image', () => {
  test.each(golden.resized)('resized from $from to $to has the pixels of Pillow', ({ from, to, sha256: expected }) => {
    const [width, height] = to
    const weights = resampleWeights(
      { width: from[0], height: from[1] },
      { resized: { width, height }, ...AT_ORIGIN },
      { width, height },
    )
    expect(sha256(resample(patternImage(...from), weights).data)).toBe(expected)
    expect(sha256(resamplePlainly(patternImage(...from), weights).data)).toBe(expected)
  })
})

describe('a part of an image', () => {
  const sides = fc.record({ width: fc.integer({ min: 1, max: 60 }), height: fc.integer({ min: 1, max: 60 }) })

  /** Cuts the pixels out that `weights` asks for. */
  function windowOf(image: ReturnType<typeof patternImage>, weights: ReturnType<typeof resampleWeights>) {
    const { columns, rows } = weights
    const data = new Uint8Array(columns.length * rows.length * image.channels)
    for (let row = 0; row < rows.length; row++) {
      const start = ((rows.from + row) * image.width + columns.from) * image.channels
      const end = start + columns.length * image.channels
      data.set(image.data.subarray(start, end), row * columns.length * image.channels)
    }
    return { width: columns.length, height: rows.length, channels: image.channels, data }
  }

  test('is that part of the whole result, and needs only the pixels that it says', () => {
    fc.assert(
      fc.property(
        sides,
        sides,
        fc.constantFrom(1, 3, 4),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, to, channels, share) => {
          const image = patternImage(from.width, from.height, channels)
          const whole = resamplePlainly(image, resampleWeights(from, { resized: to, ...AT_ORIGIN }, to))
          const part: Size = { width: Math.ceil(to.width * share) || 1, height: Math.ceil(to.height * share) || 1 }
          const crop = { left: to.width - part.width, top: to.height - part.height }
          const weights = resampleWeights(from, { resized: to, crop, pad: crop }, part)
          const given = windowOf(image, weights)
          const expected = Array.from({ length: part.height }, (_, row) => {
            const start = ((crop.top + row) * to.width + crop.left) * channels
            return [...whole.data.subarray(start, start + part.width * channels)]
          }).flat()
          expect([...resample(given, weights).data]).toEqual(expected)
          expect([...resamplePlainly(given, weights).data]).toEqual(expected)
        },
      ),
      { numRuns: 200 },
    )
  })
})

test('the kernel opens on this engine', () => {
  expect(sharedKernel()).toBeDefined()
})

describe('a plan', () => {
  test.each(golden.crops)('of $image on $canvas is that of torchvision', ({ image, canvas, resized, corner }) => {
    const [width, height] = image
    const plan = planResize({ width, height }, { width: canvas, height: canvas }, 'shortest-crop')
    // Torchvision would enlarge and crop an image that has the size already; greenbench takes it as it is.
    if (width === canvas && height === canvas) return expect(plan.resized).toEqual({ width, height })
    expect([plan.resized.width, plan.resized.height]).toEqual(resized)
    expect([plan.crop.left, plan.crop.top]).toEqual(corner)
  })

  const size = fc.record({ width: fc.integer({ min: 1, max: 5000 }), height: fc.integer({ min: 1, max: 5000 }) })
  const canvases = fc.record({ width: fc.integer({ min: 1, max: 600 }), height: fc.integer({ min: 1, max: 600 }) })

  test('to crop covers the canvas', () => {
    fc.assert(
      fc.property(size, canvases, (image, canvas) => {
        const { resized, crop } = planResize(image, canvas, 'shortest-crop')
        expect(crop.left).toBeGreaterThanOrEqual(0)
        expect(crop.top).toBeGreaterThanOrEqual(0)
        expect(crop.left + canvas.width).toBeLessThanOrEqual(resized.width)
        expect(crop.top + canvas.height).toBeLessThanOrEqual(resized.height)
      }),
    )
  })

  test('to letterbox fits into the canvas and fills one side of it', () => {
    fc.assert(
      fc.property(size, canvases, (image, canvas) => {
        const { resized, pad } = planResize(image, canvas, 'letterbox')
        expect(pad.left + resized.width).toBeLessThanOrEqual(canvas.width)
        expect(pad.top + resized.height).toBeLessThanOrEqual(canvas.height)
        expect(resized.width === canvas.width || resized.height === canvas.height).toBe(true)
      }),
    )
  })

  test('to letterbox puts the smaller half of the border left and above', () => {
    expect(planResize({ width: 640, height: 480 }, { width: 320, height: 321 }, 'letterbox')).toEqual({
      resized: { width: 320, height: 240 },
      crop: { left: 0, top: 0 },
      pad: { left: 0, top: 40 },
    })
  })

  test('to stretch has the size of the canvas', () => {
    expect(planResize({ width: 9, height: 4 }, { width: 5, height: 7 }, 'stretch').resized).toEqual({
      width: 5,
      height: 7,
    })
  })
})
