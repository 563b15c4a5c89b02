/** Real files of other projects: each is opened for training, takes steps that lower its loss, and is saved. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import type { LabelledBatch } from '../../formats/trainer.js'
import { seededRandom } from '../../src/core/random.js'
import { openTrainer } from '../../src/training/open-trainer.js'
import type { TrainerOptions } from '../../src/training/trainer-options.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const OPTIONS: TrainerOptions = {
  batchSize: 4,
  seed: 1,
  threads: 1,
  optimizer: { kind: 'sgd', momentum: 0.9 },
  schedule: { kind: 'constant', rate: 0.005 },
}

/** @returns images of noise, of the classes 0 to 3 */
function batchFor(shape: readonly number[]): LabelledBatch {
  const random = seededRandom(1)
  const data = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random() - 0.5)
  return { input: { dtype: 'float32', shape, data }, labels: Int32Array.of(0, 1, 2, 3) }
}

describeWithSharedData('training of real files', () => {
  test.each<[string, readonly number[], Partial<TrainerOptions>]>([
    ['onnx/onnxruntime/testdata/mnist.onnx', [4, 1, 28, 28], {}],
    ['onnx/onnxruntime/testdata/mnist.onnx', [4, 1, 28, 28], { classes: 4, optimizer: { kind: 'adam' } }],
    ['onnx/light/light_squeezenet.onnx', [4, 3, 224, 224], { classes: 4 }],
    ['h5/mlcommons__tiny__pretrainedResnet.h5', [4, 32, 32, 3], {}],
    ['savedmodel/dotnet__machinelearning-testdata__cifar_saved_model', [4, 32, 32, 3], {}],
    ['savedmodel/mlcommons__tiny__kws_ref_model', [4, 49, 10, 1], {}],
  ])('%s', async (file, shape, more) => {
    const formats = ModelFactory.withPredefinedFormats()
    const trainer = await openTrainer(await formats.open(sharedPath(file)), { ...OPTIONS, ...more })
    const batch = batchFor(shape)
    const losses: number[] = []
    for (let step = 0; step < 3; step += 1) losses.push((await trainer.step(batch)).loss)
    const expected = await trainer.evaluate(batch)
    const path = join(temporaryFolder(), 'trained.onnx')
    await trainer.save(path)
    await trainer.close()
    expect(losses[2]).toBeLessThan(losses[0] ?? 0)
    const again = await openTrainer(await formats.open(path), OPTIONS)
    expect(await again.evaluate(batch)).toEqual(expected)
    await again.close()
  })
})
