/** Real architectures: every operator on the way of a gradient has one, and each gradient has the shape of its weight. */
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { inferTypes } from '../../src/operators/infer.js'
import { shapeOf } from '../../src/operators/known-value.js'
import { buildTrainingGraph } from '../../src/training/training-graph.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const golden = fileURLToPath(new URL('../golden', import.meta.url))

/** Their weights are nodes or whole numbers, neither of which is trained. */
const WITHOUT_WEIGHTS = /^(densenet121|googlenet|mnasnet0_5|.*-qlinear|.*-qdq)\.onnx\.gz$/
const architectures = readdirSync(golden).filter((name) => name.endsWith('.onnx.gz') && !WITHOUT_WEIGHTS.test(name))

async function openGolden(name: string): Promise<ModelGraph> {
  const folder = join(temporaryFolder(), 'model')
  mkdirSync(folder)
  const path = join(folder, 'model.onnx')
  writeFileSync(path, gunzipSync(readFileSync(join(golden, name))))
  writeFileSync(join(folder, 'weights.bin'), '')
  truncateSync(join(folder, 'weights.bin'), 2 ** 30)
  const { graph } = await ModelFactory.withPredefinedFormats().open(path)
  if (graph === undefined) throw new Error('an ONNX file has a graph')
  return graph
}

test.each(architectures)('%s: each gradient has the shape of its weight', async (name) => {
  const loss = { kind: 'mean-squared-error' } as const
  const training = buildTrainingGraph(await openGolden(name), {
    batchSize: 2,
    loss,
    batchNormalization: 'batch',
  })
  const { main } = inferTypes(training.graph)
  const found = training.weights.map(({ name: weight, gradient }) => [weight, shapeOf(main.values.get(gradient))])
  expect(found).toEqual(training.weights.map(({ name: weight, initializer }) => [weight, initializer.shape]))
  expect(found.length).toBeGreaterThan(10)
})
