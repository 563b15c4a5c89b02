/** Batches of images: contents, order, broken files, stopping, and decoding while the main thread is busy. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImageBatch, ImageFile, ImageInput } from '../../src/images/image-input.js'
import { listImages } from '../../src/images/list-images.js'
import { NORMALIZATIONS } from '../../src/images/normalization.js'
import { type PrepareOptions, prepareBatches } from '../../src/images/prepare-batches.js'

const INPUT: ImageInput = {
  name: 'x',
  dtype: 'uint8',
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
const COUNT = 20
let root: string
let files: ImageFile[]

const flat = (red: number, green: number, blue: number) =>
  sharp({ create: { width: 9, height: 9, channels: 3, background: { r: red, g: green, b: blue } } })
    .png()
    .toBuffer()

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'greenbench-batches-'))
  await mkdir(join(root, 'good'))
  for (let index = 0; index < COUNT; index++) {
    await writeFile(join(root, 'good', `${String(index).padStart(2, '0')}.png`), await flat(index, 100 + index, 200))
  }
  files = await listImages(join(root, 'good'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function collect(list: readonly ImageFile[], options: PrepareOptions, input = INPUT) {
  const prepared = prepareBatches(list, input, options)
  const batches: ImageBatch[] = []
  for await (const batch of prepared) batches.push(batch)
  return { batches, report: prepared.report }
}

/** Red value of each row of the batch, which is the number of the file. */
const numbers = ({ tensor }: ImageBatch): number[] =>
  Array.from({ length: tensor.shape[0] ?? 0 }, (_, row) => Number(tensor.data[row * 48]))

const elements = ([batch]: readonly ImageBatch[]): number[] => Array.from(batch?.tensor.data ?? [], Number)

async function broken(name: string): Promise<ImageFile> {
  const path = join(root, name)
  await writeFile(path, Buffer.from('ffd8ffe000104a464946', 'hex'))
  return { path, name, label: undefined }
}

describe('batches', () => {
  test('hold all images in the order of the files, the last one filled up by repetition', async () => {
    const { batches, report } = await collect(files, { batchSize: 8, threads: 3 })
    expect(batches.map(numbers)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7],
      [8, 9, 10, 11, 12, 13, 14, 15],
      [16, 17, 18, 19, 16, 17, 18, 19],
    ])
    expect(batches.map((batch) => batch.files.length)).toEqual([8, 8, 4])
    expect(report).toMatchObject({ total: 20, prepared: 20, skippedCount: 0, threads: 3 })
  })

  test('are planar or interleaved, in the channel order of the input', async () => {
    const [first] = files
    const planar = await collect([first as ImageFile], { batchSize: 1 })
    expect(elements(planar.batches)).toEqual([0, 100, 200].flatMap((v) => Array(16).fill(v)))
    const nhwc: ImageInput = { ...INPUT, layout: 'NHWC', channelOrder: 'BGR' }
    const interleaved = await collect([first as ImageFile], { batchSize: 1 }, nhwc)
    expect(interleaved.batches[0]?.tensor.shape).toEqual([1, 4, 4, 3])
    expect(elements(interleaved.batches)).toEqual(Array(16).fill([200, 100, 0]).flat())
  })

  test('have the type of the input', async () => {
    const one = files.slice(0, 1)
    const options = { batchSize: 1, normalization: NORMALIZATIONS.none }
    for (const [dtype, array, value] of [
      ['float32', Float32Array, 100],
      ['float64', Float64Array, 100],
      ['float16', Uint16Array, 0x5640],
      ['bfloat16', Uint16Array, 0x42c8],
      ['int8', Int8Array, -28],
      ['int64', BigInt64Array, 100n],
    ] as const) {
      const { batches } = await collect(one, options, { ...INPUT, dtype })
      expect(batches[0]?.tensor.data).toBeInstanceOf(array)
      expect(batches[0]?.tensor.data[16]).toBe(value)
    }
  })

  test('of a model without batch or channel axis leave them out', async () => {
    const grey: ImageInput = { ...INPUT, channels: 1, hasChannelAxis: false }
    expect((await collect(files, { batchSize: 10 }, grey)).batches[0]?.tensor.shape).toEqual([10, 4, 4])
    const single: ImageInput = { ...INPUT, hasBatchAxis: false }
    expect(
      (await collect(files.slice(0, 2), { batchSize: 1 }, single)).batches.map(({ tensor }) => tensor.shape),
    ).toEqual([
      [3, 4, 4],
      [3, 4, 4],
    ])
  })

  test('leave broken images out, close the gap, and name them', async () => {
    const [bad, gone] = [await broken('bad.jpg'), { path: join(root, 'gone.png'), name: 'gone.png', label: undefined }]
    const mixed = [...files.slice(0, 2), bad, ...files.slice(2, 4), gone, ...files.slice(4, 6)]
    const { batches, report } = await collect(mixed, { batchSize: 3 })
    expect(batches.map(numbers)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(report.skippedCount).toBe(2)
    expect(report.skipped.map(({ name }) => name)).toEqual(['bad.jpg', 'gone.png'])
    expect(report.skipped[1]?.reason).toBe('the file cannot be read (ENOENT)')
  })

  test('come however few images may lie decoded at once', async () => {
    const { batches } = await collect(files, { batchSize: 7, readAhead: 1, threads: 1 })
    expect(batches.flatMap(({ files: real }) => real)).toEqual(files)
  })

  test('can be asked for twice', async () => {
    const prepared = prepareBatches(files.slice(0, 3), INPUT, { batchSize: 3 })
    for (let turn = 0; turn < 2; turn++) {
      for await (const batch of prepared) expect(numbers(batch)).toEqual([0, 1, 2])
    }
    expect(prepared.report.prepared).toBe(3)
  })
})

describe('a preparation', () => {
  test('ends at the first broken image when it is strict', async () => {
    const list = [...files.slice(0, 2), await broken('strict.jpg'), ...files.slice(2)]
    await expect(collect(list, { batchSize: 2, strict: true })).rejects.toMatchObject({
      code: 'E_BROKEN_IMAGE',
      message: expect.stringMatching(/^strict\.jpg: /),
    })
  })

  test('of nothing but broken images says so', async () => {
    await expect(collect([await broken('a.jpg')], { batchSize: 1 })).rejects.toMatchObject({
      code: 'E_NO_USABLE_IMAGE',
    })
  })

  test('stops when asked to, and lets the process go', async () => {
    const controller = new AbortController()
    const prepared = prepareBatches(files, INPUT, { batchSize: 1, signal: controller.signal })
    const taken = async () => {
      for await (const _ of prepared) controller.abort()
    }
    await expect(taken()).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
    expect(prepared.report.prepared).toBeLessThan(COUNT)
  })

  test.each([
    [{ batchSize: 0 }, {}, 'E_BATCH_SIZE'],
    [{ batchSize: 2 }, { fixedBatch: 4 }, 'E_BATCH_SIZE'],
    [{ batchSize: 2 }, { hasBatchAxis: false }, 'E_BATCH_SIZE'],
    [{ batchSize: 100_000, normalization: NORMALIZATIONS.none }, { height: 4096, width: 4096 }, 'E_BATCH_TOO_LARGE'],
    [{ batchSize: 1, normalization: NORMALIZATIONS.imagenet }, {}, 'E_NORMALIZE'],
  ])('with %j for %j is refused at once', (options, input, code) => {
    expect(() => prepareBatches(files, { ...INPUT, ...input }, options)).toThrowError(expect.objectContaining({ code }))
  })

  test('of no files is refused', () => {
    expect(() => prepareBatches([], INPUT, { batchSize: 1 })).toThrowError(
      expect.objectContaining({ code: 'E_NO_IMAGES' }),
    )
  })

  test('reports its times', async () => {
    const { report } = await collect(files, { batchSize: 4 })
    expect(report.wallSeconds).toBeGreaterThan(0)
    expect(report.threadSeconds).toBeGreaterThanOrEqual(report.wallSeconds * 0.999)
    // Absent where the machine was busy while this test held a batch.
    expect(report.cpuSeconds ?? 1).toBeGreaterThan(0)
    expect(report.imagesPerSecond).toBeCloseTo(COUNT / report.wallSeconds)
  })

  test('counts the classes of what it prepared', async () => {
    const list = files.map((file, index) => ({ ...file, label: `class ${index % 3}` }))
    expect((await collect(list, { batchSize: 4 })).report.classes).toBe(3)
  })
})
