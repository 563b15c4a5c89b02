/** The model and the images of `examples/`: what the README promises of them must hold. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { AccuracyCounter } from '../../benchmarks/accuracy.js'
import { ModelFactory } from '../../formats/factory.js'
import { engineFor } from '../../src/engines/engine-for.js'
import { findImageInput } from '../../src/images/find-image-input.js'
import type { Normalization } from '../../src/images/image-input.js'
import { listImages } from '../../src/images/list-images.js'
import { NORMALIZATIONS } from '../../src/images/normalization.js'
import { prepareBatches } from '../../src/images/prepare-batches.js'
import { countGraph } from '../../src/operators/count.js'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const MODEL = join(EXAMPLES, 'shapes.onnx')
const IMAGES = join(EXAMPLES, 'images')

/** @returns the share of the example images whose class the example model scores highest */
async function accuracy(normalization: Normalization): Promise<number> {
  const model = await ModelFactory.withPredefinedFormats().open(MODEL)
  const session = await engineFor(model).load(model, { threads: 1 })
  const files = await listImages(IMAGES)
  const input = findImageInput(model.inputs)
  const counter = new AccuracyCounter([...new Set(files.map(({ label }) => label ?? ''))], undefined)
  try {
    for await (const batch of prepareBatches(files, input, { batchSize: 40, normalization, threads: 1 })) {
      const run = session.bind(new Map([[input.name, batch.tensor]]))
      await run.run()
      counter.add(
        run.outputs(),
        40,
        batch.files.map(({ label }) => label),
      )
    }
  } finally {
    await session.close()
  }
  const result = counter.result()
  return 'accuracy' in result && result.accuracy.count === files.length ? result.accuracy.top1 : 0
}

test('labels are the sorted names of the class folders', () => {
  const labels = readFileSync(join(EXAMPLES, 'labels.txt'), 'utf8').trim().split('\n')
  expect(labels).toEqual(readdirSync(IMAGES).sort())
})

test('each class has forty images, and all of them are small', async () => {
  const files = await listImages(IMAGES)
  const sizes = files.map(({ path }) => statSync(path).size)
  expect(files).toHaveLength(240)
  expect(new Set(files.map(({ label }) => files.filter((file) => file.label === label).length))).toEqual(new Set([40]))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000)
})

test('the model is small and keeps its normalisation layers', async () => {
  const { graph, bytes } = await ModelFactory.withPredefinedFormats().open(MODEL)
  expect(bytes).toBeLessThan(200_000)
  expect(graph && countGraph(graph, { batchSize: 1 }).counts.parameters).toEqual({
    total: 24_310,
    trainable: 24_086,
    nonTrainable: 224,
    bytes: 97_240,
  })
})

test.each(['imagenet', 'tf', 'none'] as const)('the model knows the images, normalised as %s', async (name) => {
  expect(await accuracy(NORMALIZATIONS[name])).toBeGreaterThanOrEqual(0.98)
})
