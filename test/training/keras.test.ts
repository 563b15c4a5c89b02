/** Keras models in training: the losses that Keras gives over ten steps, and with what was learned behind them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import type { LabelledBatch } from '../../formats/trainer.js'
import { openTrainer } from '../../src/training/open-trainer.js'
import { relativeError } from '../helpers/gradient-check.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

interface Golden {
  readonly keras: string
  readonly image: string
  readonly shape: readonly number[]
  readonly labels: readonly number[]
  readonly losses: readonly number[]
  readonly evaluated: number
}

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/keras-training.json.gz', import.meta.url))).toString(),
) as { readonly cases: Readonly<Record<string, Golden>> }

/** TensorFlow computed in float64, this in float32, whose differences grow from step to step. */
const TOLERANCE = 1e-4

async function open(path: string) {
  const model = await ModelFactory.withPredefinedFormats().open(path)
  return openTrainer(model, {
    batchSize: 4,
    threads: 1,
    seed: 1,
    optimizer: { kind: 'sgd', momentum: 0.9 },
    schedule: { kind: 'constant', rate: 0.2 },
  })
}

async function evaluated(path: string, batch: LabelledBatch): Promise<number> {
  const trainer = await open(path)
  const { loss } = await trainer.evaluate(batch)
  await trainer.close()
  return loss
}

test.each(Object.entries(golden.cases))(
  'a %s model has the losses that Keras gives, and so has the ONNX file that is saved',
  async (_, expected) => {
    const path = join(temporaryFolder(), 'model.keras')
    writeFileSync(path, Buffer.from(expected.keras, 'base64'))
    const trainer = await open(path)
    const data = new Float32Array(Uint8Array.from(Buffer.from(expected.image, 'base64')).buffer)
    const batch = {
      input: { dtype: 'float32', shape: expected.shape, data },
      labels: Int32Array.from(expected.labels),
    } as const
    const losses: number[] = []
    for (const _loss of expected.losses) losses.push((await trainer.step(batch)).loss)
    const { loss } = await trainer.evaluate(batch)
    const saved = join(temporaryFolder(), 'trained.onnx')
    await trainer.save(saved)
    await trainer.close()
    expect(await evaluated(saved, batch)).toBe(loss)
    expect(relativeError([...losses, loss], [...expected.losses, expected.evaluated])).toBeLessThan(TOLERANCE)
  },
)
