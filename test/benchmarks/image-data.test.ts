/** Folders as the data of a training, with the trainer of the documentation, which needs no engine. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { benchmarkTraining } from '../../benchmarks/training.js'
import type { TrainingOptions } from '../../benchmarks/training-options.js'
import type { Model } from '../../formats/format.js'
import { EXAMPLE_IMAGES } from '../helpers/run-cli.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const examples = new URL('../../docs/examples/', import.meta.url)
const { linearFormat } = await import(new URL('linear-format.js', examples).href)
const path = fileURLToPath(new URL('shapes.linear.json', examples))
const model: Model = await linearFormat.load({ kind: 'file', path, size: 53 })

const folder = temporaryFolder()
beforeAll(() => {
  for (const [name, count] of [
    ['circle', 5],
    ['star', 5],
  ] as const) {
    for (let index = 0; index < count; index++) {
      const file = `${name}-00${index}.${['png', 'png', 'jpg'][index % 3]}`
      mkdirSync(join(folder, name), { recursive: true })
      cpSync(join(EXAMPLE_IMAGES, name, file), join(folder, name, file))
    }
  }
  writeFileSync(join(folder, 'star', 'broken.png'), 'no image')
})

const train = (options: TrainingOptions = {}, images = folder) =>
  benchmarkTraining(model, images, {
    ...{
      optimizer: 'sgd',
      momentum: 0,
      epochs: 1,
      warmupSteps: 0,
      profilers: ['none'],
      normalize: '0.5,0.5',
      classes: 6,
    },
    ...options,
  })

describe('a folder of class folders', () => {
  test('trains on what can be decoded, and names the rest', async () => {
    const { data, epochs, warnings } = await train()
    expect(data).toMatchObject({ training: 8, validation: 2, skippedCount: 1, skipped: [{ name: 'star/broken.png' }] })
    expect(data.classes.slice(0, 2)).toEqual(['circle', 'star'])
    expect(epochs[0]?.training).toMatchObject({ steps: 1, images: 8 })
    expect(warnings.map(({ code }) => code)).toContain('W_IMAGES_SKIPPED')
  })

  test('takes batches no larger than there are images', async () => {
    expect((await train({ batchSize: 1000 })).batchSize).toBe(9)
  })

  test('with strict fails on the first broken image', async () => {
    await expect(train({ strict: true })).rejects.toMatchObject({ code: 'E_BROKEN_IMAGE' })
  })

  test('is named by a file of labels, whose order counts', async () => {
    const labels = join(temporaryFolder(), 'labels.txt')
    writeFileSync(labels, 'a\nstar\nb\ncircle\nc\nd\n')
    const { data } = await train({ labels })
    expect(data.classes).toEqual(['0', 'star', '2', 'circle', '4', '5'])
  })

  test('with a class that the labels lack is refused', async () => {
    const labels = join(temporaryFolder(), 'labels.txt')
    writeFileSync(labels, 'star\nb\n')
    await expect(train({ labels })).rejects.toMatchObject({
      code: 'E_LABEL_RANGE',
      hint: expect.stringContaining('--classes 2'),
    })
  })

  test('without validation says whose accuracy it is', async () => {
    const { accuracy, warnings } = await train({ validationSplit: 0 })
    expect(accuracy?.of).toBe('training')
    expect(warnings.map(({ code }) => code)).toContain('W_NO_VALIDATION')
  })

  test('and a validation folder with a class of its own is refused', async () => {
    const validation = temporaryFolder()
    cpSync(join(EXAMPLE_IMAGES, 'ring', 'ring-000.png'), join(validation, 'ring', '0.png'))
    const { code, message } = await train({ validation }).catch((error) => error)
    expect(code).toBe('E_LABEL_RANGE')
    expect(message).toContain('ring/0.png')
  })
})
