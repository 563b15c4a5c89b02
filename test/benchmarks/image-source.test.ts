import { expect, test } from 'vitest'
import { imageSource } from '../../benchmarks/image-source.js'
import type { Session } from '../../src/engines/engine.js'
import type { ImageInput } from '../../src/images/image-input.js'
import type { PreparedBatches } from '../../src/images/prepare-batches.js'
import { FakeClock, FakeRun } from '../helpers/fake-measurement.js'

const input: ImageInput = {
  name: 'x',
  dtype: 'uint8',
  layout: 'NCHW',
  channels: 1,
  channelOrder: 'RGB',
  height: 1,
  width: 1,
  fixedBatch: undefined,
  hasBatchAxis: true,
  hasChannelAxis: true,
  assumptions: [],
}

/** One good image, and so many broken ones, of which one is named. */
const mostlyBroken = (broken: number): PreparedBatches => ({
  report: {
    total: 1 + broken,
    prepared: 1,
    skippedCount: broken,
    skipped: [{ name: 'a.png', reason: 'the file is empty' }],
    classes: 0,
    threads: 1,
    wallSeconds: 1,
    threadSeconds: 1,
    cpuSeconds: undefined,
    waitSeconds: 0,
    imagesPerSecond: 1,
  },
  async *[Symbol.asyncIterator]() {
    const tensor = { dtype: 'uint8', shape: [1, 1, 1, 1], data: new Uint8Array(1) } as const
    yield { tensor, files: [{ path: '/b.png', name: 'b.png', label: undefined }] }
  },
})

test('images that are skipped beyond those named are counted all the same', async () => {
  const clock = new FakeClock()
  const session: Session = {
    info: { name: 'fake', version: '1', executionProvider: 'cpu', threads: 0, options: {} },
    inputs: [],
    outputs: [],
    bind: () => new FakeRun(clock, () => 0.01),
    close: () => Promise.resolve(),
  }
  const source = imageSource({ files: [], input, seed: 1, clock, prepare: () => mostlyBroken(5000) })
  const { images, warnings } = await source.prepare(session, 1, true)
  expect(images).toMatchObject({ skippedCount: 5000, skipped: [{ name: 'a.png' }] })
  expect(warnings[0]).toMatchObject({
    code: 'W_IMAGES_SKIPPED',
    message: expect.stringContaining('5000 of 5001'),
    hint: expect.stringContaining('the first 1'),
  })
})
