/** The header of a JPEG is read as libjpeg reads it, and hostile bytes lead nowhere. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readJpegHeader } from '../../src/images/jpeg/jpeg-header.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'

const image = () => sharp({ create: { width: 33, height: 21, channels: 3, background: 'red' } })

describe('a header', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('with orientation %i is read', async (orientation) => {
    const bytes = await image().jpeg().withMetadata({ orientation }).toBuffer()
    expect(readJpegHeader(bytes)).toEqual({ width: 33, height: 21, components: 3, precision: 8, orientation })
  })

  test('of a progressive grey image is read', async () => {
    const bytes = await image().toColourspace('b-w').jpeg({ progressive: true }).toBuffer()
    expect(readJpegHeader(bytes)).toMatchObject({ width: 33, height: 21, components: 1, orientation: 1 })
  })

  test('with fill bytes before a marker is read', async () => {
    const bytes = await image().jpeg().toBuffer()
    const filled = Buffer.concat([bytes.subarray(0, 2), Buffer.from([0xff, 0xff]), bytes.subarray(2)])
    expect(readJpegHeader(filled)).toEqual(readJpegHeader(bytes))
  })

  test('with big-endian EXIF and an orientation that does not exist counts as upright', () => {
    const exif = Buffer.from(
      '457869660000' + '4d4d002a00000008' + '0001' + '011200030000000100090000' + '00000000',
      'hex',
    )
    const app1 = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif])
    const frame = Buffer.from('ffc0000b080015002101011100', 'hex')
    const bytes = (value: number) => {
      exif[26] = 0
      app1[app1.indexOf(Buffer.from('01120003', 'hex')) + 9] = value
      return Buffer.concat([Buffer.from([0xff, 0xd8]), app1, frame])
    }
    expect(readJpegHeader(bytes(9))?.orientation).toBe(1)
    expect(readJpegHeader(bytes(6))?.orientation).toBe(6)
  })
})

describe('bytes of strangers', () => {
  test('never raise an error, whatever is cut off or changed', async () => {
    const bytes = await image().jpeg().withMetadata({ orientation: 6 }).toBuffer()
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
        (length, changes) => {
          const changed = Buffer.from(bytes)
          for (const [at, value] of changes) changed[at] = value
          readJpegHeader(changed.subarray(0, length))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('without a frame give nothing', () => {
    expect(readJpegHeader(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 1, 2, 3]))).toBeUndefined()
    expect(readJpegHeader(Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3]))).toBeUndefined()
  })
})

describeWithSharedData('real files', () => {
  const names = readdirSync(sharedPath('images/sharp')).filter((name) => /\.jpe?g$/.test(name) && !/corrupt/.test(name))

  test.each(names)('%s is read as by libvips', async (name) => {
    const bytes = readFileSync(sharedPath('images/sharp', name))
    const { width, height, channels, orientation } = await sharp(bytes).metadata()
    expect(readJpegHeader(bytes)).toMatchObject({ width, height, components: channels, orientation: orientation ?? 1 })
  })
})
