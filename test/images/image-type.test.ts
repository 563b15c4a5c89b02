/** Kinds of images are told by their first bytes, whatever follows. */
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { imageTypeOf } from '../../src/images/image-type.js'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('%s is recognised', async (format) => {
  const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer()
  expect(imageTypeOf(bytes)).toBe(format)
})

test.each([
  ['avif', '\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf'],
  ['heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
  ['heic', '\0\0\0\x10ftypmif1\0\0\0\0avif'],
  ['bmp', 'BM\x46\0\0\0\0\0\0\0'],
  ['jpeg2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['jpegxl', '\xff\x0a\0'],
  ['tiff', 'MM\0*\0\0'],
  ['tiff', 'II+\0\0\0'],
  ['svg', '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg">'],
  ['svg', '\xef\xbb\xbf<svg>'],
])('%s is recognised by %j', (type, text) => {
  expect(imageTypeOf(latin1(text))).toBe(type)
})

test.each(['', 'B', 'RIFF\0\0\0\0WAVE', 'BMP is a format', '\0\0\0\x18ftypisom', '<html><svg></svg></html>', 'GIF90a'])(
  '%j is no image',
  (text) => {
    expect(imageTypeOf(latin1(text))).toBeUndefined()
  },
)

test('any bytes are told apart without an error', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('', '\xff\xd8\xff', '\0\0\0\x18ftyp', 'BM', '<?xml '),
      (bytes, start) => {
        imageTypeOf(Buffer.concat([latin1(start), bytes]))
      },
    ),
  )
})
