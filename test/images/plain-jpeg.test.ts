/** The decoder for plain JPEGs gives libjpeg's pixels, and leaves alone what it does not know for sure. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readJpegFrame } from '../../src/images/jpeg/jpeg-frame.js'
import { decodePlainJpeg } from '../../src/images/jpeg/plain-jpeg.js'
import { resampleWeights } from '../../src/images/resample.js'
import { sharedKernel } from '../../src/images/vector/shared-kernel.js'
import type { VectorKernel } from '../../src/images/vector/vector-kernel.js'
import { pattern } from './golden.js'

interface Part {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const kernel = sharedKernel() as VectorKernel

/** The part's pixels, row by row, or `undefined` when the decoder leaves the file to libvips. */
function decodePart(bytes: Uint8Array, part?: Part): { channels: number; data: number[] } | undefined {
  const frame = readJpegFrame(bytes)
  if (frame === undefined) return undefined
  const { left, top, width, height } = part ?? { left: 0, top: 0, width: frame.width, height: frame.height }
  const plan = { resized: frame, crop: { left, top }, pad: { left: 0, top: 0 } }
  kernel.clear()
  const source = decodePlainJpeg(kernel, bytes, frame, resampleWeights(frame, plan, { width, height }))
  if (source === undefined) return undefined
  const rows = Array.from({ length: height }, (_, index) => {
    const address = source.row(index)
    return [...kernel.bytes().subarray(address, address + width * source.channels)]
  })
  return { channels: source.channels, data: rows.flat() }
}

async function libjpegPart(bytes: Uint8Array, part?: Part): Promise<number[]> {
  const image = sharp(bytes, { failOn: 'error' })
  const { data, info } = await (part === undefined ? image : image.extract(part))
    .raw()
    .toBuffer({ resolveWithObject: true })
  // Grey comes threefold or once, depending on the steps that it went through.
  return [...data].filter((_, index) => info.channels === 3 || index % info.channels === 0)
}

/** Waves with some noise, as large as asked for. */
function drawing(width: number, height: number, noise: number) {
  const random = pattern(width * height * 3)
  const data = Uint8Array.from(random, (value, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)]
    return Math.min(255, 100 + 80 * Math.sin(x / 5 + (index % 3)) * Math.cos(y / 7) + value * noise)
  })
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.jpg`, import.meta.url))

describe('any part of a plain JPEG', () => {
  const images = fc.record({
    width: fc.integer({ min: 6, max: 80 }),
    height: fc.integer({ min: 1, max: 80 }),
    noise: fc.constantFrom(0, 0.1, 0.6),
    isGrey: fc.boolean(),
    quality: fc.integer({ min: 1, max: 100 }),
    chromaSubsampling: fc.constantFrom('4:4:4', '4:2:0'),
    optimiseCoding: fc.boolean(),
    corner: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    share: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  })

  test('has the pixels of libjpeg', async () => {
    await fc.assert(
      fc.asyncProperty(images, async ({ width, height, noise, isGrey, corner, share, ...options }) => {
        const colour = drawing(width, height, noise)
        const bytes = await (isGrey ? colour.toColourspace('b-w') : colour).jpeg(options).toBuffer()
        const part = {
          left: Math.floor(corner[0] * (width - 1)),
          top: Math.floor(corner[1] * (height - 1)),
          width: 1,
          height: 1,
        }
        part.width += Math.floor(share[0] * (width - part.left - 1))
        part.height += Math.floor(share[1] * (height - part.top - 1))
        const found = decodePart(bytes, part)
        expect(found?.channels).toBe(isGrey ? 1 : 3)
        const expected = await libjpegPart(bytes, part)
        const once =
          isGrey && expected.length > (found?.data.length ?? 0) ? expected.filter((_, i) => i % 3 === 0) : expected
        expect(found?.data).toEqual(once)
      }),
      { numRuns: 150 },
    )
  })
})

/** Made by `cjpeg -quality 60` of libjpeg-turbo 2.1.5 from a drawing of 45 x 37 pixels. */
describe('a file', () => {
  test.each(['422', 'restart-420', 'restart-422', 'restart-grey'])('of kind %s is decoded', async (name) => {
    const found = decodePart(fixture(name))
    const expected = await libjpegPart(fixture(name))
    const isThreefold = expected.length > (found?.data.length ?? 0)
    expect(found?.data).toEqual(isThreefold ? expected.filter((_, index) => index % 3 === 0) : expected)
  })

  test.each(['440', 'progressive', 'arithmetic'])('of kind %s is left to libvips', (name) => {
    expect(decodePart(fixture(name))).toBeUndefined()
    expect(readJpegFrame(fixture(name))).toBeUndefined()
  })

  test('of CMYK or of RGB is left to libvips', async () => {
    const cmyk = await drawing(20, 20, 0).toColourspace('cmyk').jpeg().toBuffer()
    expect(readJpegFrame(cmyk)).toBeUndefined()
    const [frame, scan] = ['ffc0', 'ffda'].map((marker) => fixture('422').indexOf(Buffer.from(marker, 'hex')))
    const named = (ids: readonly number[]) => {
      const bytes = Buffer.from(fixture('422'))
      bytes.write('XXXX', bytes.indexOf('JFIF'))
      for (const [index, id] of ids.entries()) {
        bytes[(frame ?? 0) + 10 + 3 * index] = id
        bytes[(scan ?? 0) + 5 + 2 * index] = id
      }
      return bytes
    }
    // Where no header tells the colours, libjpeg goes by the names of the components.
    expect(readJpegFrame(named([1, 2, 3]))).toBeDefined()
    expect(readJpegFrame(named([82, 71, 66]))).toBeUndefined()
  })

  test('so narrow that libjpeg does not smooth its colours is left to libvips', async () => {
    const bytes = await drawing(4, 30, 0.1).jpeg({ chromaSubsampling: '4:2:0' }).toBuffer()
    expect(decodePart(bytes)).toBeUndefined()
  })
})

describe('a broken file', () => {
  test('that is cut off anywhere is left to libvips', async () => {
    const bytes = await drawing(60, 40, 0.3).jpeg().toBuffer()
    for (let length = 0; length < bytes.length - 1; length += 7) {
      expect(decodePart(bytes.subarray(0, length))).toBeUndefined()
      expect(decodePart(Buffer.concat([bytes.subarray(0, length), Buffer.from([0xff, 0xd9])]))).toBeUndefined()
    }
  })

  test('is left to libvips, or has the pixels that libjpeg makes of it', async () => {
    const files = [fixture('restart-420'), fixture('422'), await drawing(50, 50, 0.3).jpeg().toBuffer()]
    const change = fc.tuple(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 255 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (file, changes) => {
          const bytes = Buffer.from(file)
          for (const [share, value] of changes) bytes[Math.floor(20 + share * (bytes.length - 20))] = value
          const found = (readJpegFrame(bytes)?.width ?? 0) > 500 ? undefined : decodePart(bytes)
          if (found === undefined) return
          const expected = await libjpegPart(bytes)
          expect(found.data).toEqual(
            expected.length > found.data.length ? expected.filter((_, i) => i % 3 === 0) : expected,
          )
        },
      ),
      { numRuns: 300 },
    )
  })
})
