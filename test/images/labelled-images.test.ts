import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findImageInput } from '../../src/images/find-image-input.js'
import type { ImageFile } from '../../src/images/image-input.js'
import { openLabelledImages } from '../../src/images/labelled-images.js'
import { listImages } from '../../src/images/list-images.js'
import { splitImages } from '../../src/images/split-images.js'
import { EXAMPLE_IMAGES, temporaryFolder } from '../helpers/run-cli.js'

const files = await listImages(EXAMPLE_IMAGES)
const classes = [...new Set(files.map(({ label }) => label))]
const labelOf = ({ label }: ImageFile): number => classes.indexOf(label)
const input = findImageInput([
  { name: 'image', type: { kind: 'tensor', dtype: 'float32', shape: [{ text: 'N' } as never, 3, 32, 32] } },
])
const split = splitImages(files, 0.2, 1)
const options = { batchSize: 50, labelOf, seed: 1, augment: [], cacheBytes: 2 ** 30 } as const

interface Seen {
  readonly labels: readonly (readonly number[])[]
  readonly sums: readonly number[]
}

/** Labels of each batch, and the sum of the elements of each row. */
async function seen(batches: AsyncIterable<{ input: { data: unknown }; labels: Int32Array }>): Promise<Seen> {
  const labels: number[][] = []
  const sums: number[] = []
  for await (const batch of batches) {
    const data = batch.input.data as Float32Array
    const length = data.length / batch.labels.length
    labels.push([...batch.labels])
    for (const [row, label] of batch.labels.entries()) {
      if (label >= 0) sums.push(data.subarray(row * length, (row + 1) * length).reduce((sum, value) => sum + value, 0))
    }
  }
  return { labels, sums }
}

describe('a split', () => {
  test('sets the same share of each class aside, and the seed decides which', () => {
    const counts = classes.map((name) => split.validation.filter(({ label }) => label === name).length)
    expect(counts).toEqual([8, 8, 8, 8, 8, 8])
    expect(split.training).toHaveLength(192)
    expect(splitImages(files, 0.2, 1)).toEqual(split)
    expect(splitImages(files, 0.2, 2)).not.toEqual(split)
  })

  test('never takes the last image of a class, nor any for a share of 0', () => {
    const few = files.slice(0, 1)
    expect(splitImages(few, 0.9, 1).training).toHaveLength(1)
    expect(splitImages(files, 0, 1).validation).toHaveLength(0)
    expect(() => splitImages(files, 1, 1)).toThrow('expected a share')
  })

  test('of one class does not depend on the others', () => {
    const [first] = classes
    const own = files.filter(({ label }) => label === first)
    const alone = splitImages(own, 0.2, 1).validation
    expect(split.validation.filter(({ label }) => label === first)).toEqual(alone)
  })
})

describe('labelled images', () => {
  test('come in full batches, and rows that fill the last one up have no label', async () => {
    const images = await openLabelledImages(split, input, options)
    const { labels } = await seen(images.training(1))
    expect(labels.map((batch) => batch.filter((label) => label >= 0).length)).toEqual([50, 50, 50, 42])
    expect(labels.at(-1)?.slice(42)).toEqual(new Array(8).fill(-1))
    expect([images.trainingCount, images.validationCount, images.isCached]).toEqual([192, 48, true])
  })

  test('come in another order in each epoch, the same for the same seed', async () => {
    const images = await openLabelledImages(split, input, options)
    const [first, second, again] = [
      await seen(images.training(1)),
      await seen(images.training(2)),
      await seen(images.training(1)),
    ]
    expect(second.sums).not.toEqual(first.sums)
    expect(second.sums.toSorted()).toEqual(first.sums.toSorted())
    expect(again).toEqual(first)
    expect(await seen(images.validation())).toEqual(await seen(images.validation()))
  })

  test('decoded anew in each epoch are the same as those kept in memory', async () => {
    const varied = { ...options, augment: ['flip', 'crop'] as const }
    const kept = await openLabelledImages(split, input, varied)
    const streamed = await openLabelledImages(split, input, { ...varied, cacheBytes: 0 })
    expect(streamed.isCached).toBe(false)
    expect(await seen(streamed.training(3))).toEqual(await seen(kept.training(3)))
    expect(await seen(streamed.validation())).toEqual(await seen(kept.validation()))
    expect(streamed.report()).toMatchObject({ prepared: 240, skippedCount: 0 })
  })

  test('that cannot be decoded are skipped and named, in memory or not', async () => {
    const folder = temporaryFolder()
    cpSync(EXAMPLE_IMAGES, folder, { recursive: true })
    writeFileSync(join(folder, 'star', 'broken.png'), 'no image')
    const damaged = splitImages(await listImages(folder), 0, 1)
    const kept = await openLabelledImages(damaged, input, options)
    const streamed = await openLabelledImages(damaged, input, { ...options, cacheBytes: 0 })
    const [one, other] = [await seen(kept.training(1)), await seen(streamed.training(1))]
    expect(other).toEqual(one)
    expect(one.sums).toHaveLength(240)
    for (const images of [kept, streamed]) {
      expect(images.report().skipped).toMatchObject([{ name: 'star/broken.png' }])
    }
  })
})
