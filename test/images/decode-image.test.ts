/** Pixels of real and made files against Pillow, and the reason that each broken file is given. */
import { readFileSync } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { BrokenImageError, type DecodeOptions, decodeImage } from '../../src/images/decode-image.js'
import type { Pixels } from '../../src/images/pixels.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'
import { golden, sha256 } from './golden.js'

const MODEL: DecodeOptions = {
  canvas: { width: 224, height: 224 },
  channels: 3,
  resize: 'shortest-crop',
  decode: 'exact',
  maxPixels: 178_956_970,
}

const decode = (bytes: Uint8Array, options: Partial<DecodeOptions> = {}) =>
  decodeImage(sharp, bytes, { ...MODEL, ...options })

/** Grey images stay at one channel; this spreads it over three. */
function asRgb({ channels, data }: Pixels): Uint8Array {
  if (channels !== 1) return data
  return Uint8Array.from({ length: data.length * 3 }, (_, index) => data[Math.floor(index / 3)] ?? 0)
}

/** Mean and largest difference, in steps of 1/255. */
function difference(one: Uint8Array, other: Uint8Array): { mean: number; max: number } {
  expect(one.length).toBe(other.length)
  const steps = one.map((value, index) => Math.abs(value - (other[index] ?? 0)))
  return {
    mean: steps.reduce((sum, step) => sum + step, 0) / steps.length,
    max: steps.reduce((most, step) => Math.max(most, step), 0),
  }
}

/**
 * Files that Pillow reads in another way: it clips 16-bit grey at 255, where the upper 8 bits are kept here; in the GIF
 * of one transparent pixel the colours under it differ.
 */
const OTHER_THAN_PILLOW = new Set(['skimage/chessboard_GRAY_U16.tif', 'sharp/grey-plus-alpha.gif'])

describeWithSharedData('real files', () => {
  const read = (name: string) => readFileSync(sharedPath('images', name))
  const readable = golden.files.filter(({ name, error }) => error === undefined && !/\.jp2$/.test(name))
  const alike = readable.filter(({ name }) => !OTHER_THAN_PILLOW.has(name))

  test.each(alike)('$name ($mode) has the pixels of Pillow, whole and as torchvision prepares it', async (file) => {
    const bytes = read(file.name)
    const [width = 0, height = 0] = file.size ?? []
    expect(sha256(asRgb(await decode(bytes, { canvas: { width, height } })))).toBe(file.whole)
    expect(sha256(asRgb(await decode(bytes)))).toBe(file.prepared)
    expect(sha256((await decode(bytes, { channels: 1 })).data)).toBe(file.grey)
  })

  test.each(readable)('$name is nearly the same when it is decoded fast', async ({ name }) => {
    const [exact, fast] = [await decode(read(name)), await decode(read(name), { decode: 'fast' })]
    const { mean, max } = difference(exact.data, fast.data)
    // The page of text is 13 times too large: libvips then averages blocks first.
    expect(mean).toBeLessThan(0.7)
    expect(max).toBeLessThanOrEqual(name.includes('G31D') ? 14 : 3)
  })

  test.each([
    ['sharp/65536-uint32-limit.png', '65536 x 65536 pixels: 4295 megapixels are more than the limit of 179'],
    ['sharp/check.svg', 'svg images are not supported; convert it to JPEG, PNG, WebP, AVIF, TIFF or GIF'],
    ['sharp/relax.jp2', 'jpeg2000 images are not supported; convert it to JPEG, PNG, WebP, AVIF, TIFF or GIF'],
    ['sharp/corrupt-header.jpg', 'cannot be decoded (VipsJpeg: premature end of JPEG image)'],
    ['skimage/truncated.jpg', 'cannot be decoded (VipsJpeg: premature end of JPEG image)'],
    ['sharp/truncated.png', 'cannot be decoded (vipspng: libpng read error)'],
  ])('%s is refused with a reason', async (name, reason) => {
    await expect(decode(read(name))).rejects.toThrowError(reason)
  })
})

/** Red grows to the right, green downwards, blue is flat: every corner is told apart. */
async function gradient(width = 96, height = 64): Promise<Sharp> {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([(x * 255) / width, (y * 255) / height, 90], (y * width + x) * 3)
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** The first pixel. */
const corner = ({ data, channels }: Pixels): number[] => [...data.subarray(0, channels)]

describe('every kind of file', () => {
  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('%s is decoded', async (format) => {
    const bytes = await (await gradient()).toFormat(format, { quality: 95 }).toBuffer()
    const exact = await (await gradient()).raw().toBuffer()
    const pixels = await decode(bytes, { canvas: { width: 96, height: 64 } })
    expect(difference(pixels.data, exact).mean).toBeLessThan(6)
  })

  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)(
    '%s that is cut off is refused',
    async (format) => {
      const bytes = await (await gradient(300, 300)).toFormat(format).toBuffer()
      for (const share of [0.02, 0.5, 0.97]) {
        for (const way of ['exact', 'fast'] as const) {
          const cut = bytes.subarray(0, Math.floor(bytes.length * share))
          await expect(decode(cut, { decode: way })).rejects.toThrowError(BrokenImageError)
        }
      }
    },
  )

  test('of 16 bits keeps the upper 8', async () => {
    const data = new Uint16Array(16 * 16 * 3).fill(0xab12)
    const raw = { raw: { width: 16, height: 16, channels: 3 } } as const
    const png = await sharp(data, raw).toColourspace('rgb16').png().toBuffer()
    expect((await sharp(png).metadata()).depth).toBe('ushort')
    expect(corner(await decode(png))).toEqual([0xab, 0xab, 0xab])
  })

  test('animated gives its first frame', async () => {
    const frames = [200, 20].map((red) => Buffer.alloc(40 * 40 * 3).fill(Buffer.from([red, 0, 0])))
    const raw = { raw: { width: 40, height: 80, channels: 3, pageHeight: 40 } } as const
    for (const format of ['gif', 'webp'] as const) {
      const bytes = await sharp(Buffer.concat(frames), raw).toFormat(format, { lossless: true }).toBuffer()
      expect((await sharp(bytes, { animated: true }).metadata()).pages).toBe(2)
      expect(corner(await decode(bytes))[0]).toBeGreaterThan(195)
    }
  })
})

describe('orientation', () => {
  /** Where the pixel of the stored image's left upper corner is seen, by EXIF value. */
  const SEEN = { 1: 'lt', 2: 'rt', 3: 'rb', 4: 'lb', 5: 'lt', 6: 'rt', 7: 'rb', 8: 'lb' } as const

  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('%i is honoured, exactly and fast', async (orientation) => {
    for (const format of ['jpeg', 'webp', 'tiff'] as const) {
      const stored = (await gradient(60, 40)).toFormat(format, { quality: 100 })
      const bytes = await stored.withMetadata({ orientation }).toBuffer()
      const [width, height] = orientation >= 5 ? [40, 60] : [60, 40]
      for (const way of ['exact', 'fast'] as const) {
        for (const shrink of [1, 2]) {
          const canvas = { width: width / shrink, height: height / shrink }
          const { data } = await decode(bytes, { canvas, resize: 'stretch', decode: way })
          const at = (x: number, y: number) => data.subarray((y * canvas.width + x) * 3, (y * canvas.width + x) * 3 + 2)
          const [right, bottom] = [canvas.width - 1, canvas.height - 1]
          const corners = { lt: at(0, 0), rt: at(right, 0), lb: at(0, bottom), rb: at(right, bottom) }
          const darkest = Object.entries(corners).sort(
            ([, a], [, b]) => (a[0] ?? 0) + (a[1] ?? 0) - (b[0] ?? 0) - (b[1] ?? 0),
          )
          expect(darkest[0]?.[0]).toBe(SEEN[orientation])
        }
      }
    }
  })
})

describe('alpha', () => {
  const half = () =>
    sharp({ create: { width: 32, height: 32, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.5 } } })

  test('is dropped and not blended', async () => {
    expect(corner(await decode(await half().png().toBuffer()))).toEqual([200, 100, 50])
  })

  test('goes to a model of four channels, opaque where the file has none', async () => {
    expect(corner(await decode(await half().png().toBuffer(), { channels: 4 }))).toEqual([200, 100, 50, 128])
    const opaque = await (await gradient()).png().toBuffer()
    expect((await decode(opaque, { channels: 4 })).data[3]).toBe(255)
  })
})

describe('grey', () => {
  test('images have one channel, grey models too', async () => {
    const grey = await (await gradient()).toColourspace('b-w').jpeg().toBuffer()
    expect((await decode(grey, { channels: 1 })).channels).toBe(1)
    const colour = await (await gradient()).png().toBuffer()
    const pixels = await decode(colour, { channels: 1, canvas: { width: 96, height: 64 } })
    expect(pixels.channels).toBe(1)
    expect(pixels.data[0]).toBe(Math.round(90 * 0.114))
  })

  test('goes to a model of four channels too', async () => {
    const grey = await (await gradient()).toColourspace('b-w').png().toBuffer()
    expect((await decode(grey, { channels: 4 })).channels).toBe(4)
  })
})

test('CMYK goes to grey and to four channels', async () => {
  const cmyk = await (await gradient()).toColourspace('cmyk').jpeg().toBuffer()
  expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
  expect((await decode(cmyk, { channels: 1 })).channels).toBe(1)
  expect((await decode(cmyk, { channels: 4 })).data[3]).toBe(255)
})

test('a colour profile does not change the pixels', async () => {
  const tagged = await (await gradient()).withIccProfile('p3', { attach: true }).png().toBuffer()
  const stored = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer()
  expect(difference((await decode(tagged, { canvas: { width: 96, height: 64 } })).data, stored).max).toBe(0)
})

describe('resizing', () => {
  test('to a letterbox leaves a border of 114', async () => {
    const bytes = await (await gradient(100, 50)).png().toBuffer()
    const { data } = await decode(bytes, { resize: 'letterbox', canvas: { width: 40, height: 40 } })
    const rows = Array.from({ length: 40 }, (_, row) => data.subarray(row * 120, row * 120 + 120))
    const borders = rows.map((row) => row.every((value) => value === 114))
    expect(borders).toEqual([...Array(10).fill(true), ...Array(20).fill(false), ...Array(10).fill(true)])
  })

  test('of very long images does not make them huge', async () => {
    const strip = await sharp({ create: { width: 16000, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    for (const way of ['exact', 'fast'] as const) {
      expect(corner(await decode(strip, { decode: way }))).toEqual([255, 0, 0])
    }
  })
})

describe('what cannot be used', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'the file is empty'],
    ['text', Buffer.from('hello'), 'not an image of a known kind'],
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'heic images are not supported'],
    ['BMP', Buffer.from('BM\x46\0\0\0\0\0\0\0', 'latin1'), 'bmp images are not supported'],
    ['a bare JPEG marker', Buffer.from([0xff, 0xd8, 0xff]), 'cannot be decoded'],
    ['random bytes after a signature', Buffer.from('GIF89a<script>alert(1)</script>'), 'cannot be decoded'],
  ])('%s is refused with a reason of one line', async (_, bytes, reason) => {
    const error = await decode(bytes).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(BrokenImageError)
    expect(String((error as Error).message)).toContain(reason)
    expect(String((error as Error).message)).not.toContain('\n')
  })

  test('because it is too large is refused before it takes memory, also when the header lies', async () => {
    const square = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    await expect(decode(square, { maxPixels: 299 * 300 })).rejects.toThrowError(/300 x 300 pixels: 0 megapixels/)
    const frame = square.indexOf(Buffer.from([0xff, 0xc0]))
    square.writeUInt16BE(20_000, frame + 5)
    square.writeUInt16BE(20_000, frame + 7)
    await expect(decode(square)).rejects.toThrowError(
      '20000 x 20000 pixels: 400 megapixels are more than the limit of 179',
    )
  })
})
