/** SavedModels that only TensorFlow itself can run. */
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { engineFor } from '../../../src/engines/engine-for.js'
import { refusingEngine } from '../../../src/engines/refusing-engine.js'
import { tfjsEngine } from '../../../src/engines/tfjs/tfjs.js'
import { type GoldenCase, goldenArchive, largestDifference } from '../../helpers/golden-saved-models.js'

const { cases, open } = goldenArchive('saved-models-refused.json.br')
const named = (golden: GoldenCase): [string, GoldenCase] => [golden.signature ?? '', golden]
const recorded = cases.filter(({ runs }) => runs.length > 0)
const first = (signature: string): GoldenCase => cases.find((golden) => golden.signature === signature) as GoldenCase

/** Its native library comes from a server that not every machine reaches, so that it is no dependency of the tests. */
const isInstalled = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node')
    return true
  } catch {
    return false
  }
})()
const title = isInstalled ? 'tfjs-node' : 'tfjs-node: skipped, @tensorflow/tfjs-node is not installed here'

describe.runIf(isInstalled)(title, () => {
  // The same library computes on both sides.
  test.each(recorded.map(named))('%s gives what TensorFlow gives', async (_, golden) => {
    const model = await open(golden)
    expect(await largestDifference(model, golden, engineFor(model, 'tfjs-node'))).toBeLessThan(1e-6)
  })

  test('a variable keeps what one run wrote into it for the next', async () => {
    const model = await open(first('AssignAddVariableOp'))
    const session = await tfjsEngine('tfjs-node').load(model, { threads: 1 })
    try {
      const run = session.bind(new Map([['x', { dtype: 'float32', shape: [1, 4], data: new Float32Array(4) }]]))
      await run.run()
      await run.run()
      expect(run.outputs().get('output_0')?.data).toEqual(Float32Array.of(2, 2, 2, 2))
    } finally {
      await session.close()
    }
  })

  test('what TensorFlow says of its inputs ends in one line', async () => {
    const model = await open(first('Weighted'))
    const session = await tfjsEngine('tfjs-node').load(model, { threads: 1 })
    try {
      const run = session.bind(new Map([['x', { dtype: 'float32', shape: [1, 3, 5], data: new Float32Array(15) }]]))
      await expect(run.run()).rejects.toMatchObject({ code: 'E_ENGINE_RUN', message: expect.stringMatching(/^.+$/) })
    } finally {
      await session.close()
    }
  })
})
if (!isInstalled) test.skip(title, () => {})

describe('another engine', () => {
  const refused = async (engine: { readonly isUsable: boolean; readonly fix?: string }) => {
    const { tensorFlow } = await open(first('Cholesky'))
    if (tensorFlow === undefined) throw new TypeError('the model has a graph')
    return refusingEngine('onnxruntime', tensorFlow, () => Promise.resolve(JSON.stringify(engine)))
  }

  test('is not asked to run the graph that is not there', async () => {
    const model = await open(first('Cholesky'))
    await expect(engineFor(model, 'tfjs-wasm').load(model, { threads: 1 })).rejects.toMatchObject({
      code: 'E_TF_OPERATOR',
      hint: expect.stringContaining('--engine tfjs-node'),
    })
  })

  test('names the operator, and tfjs-node where that can be used', async () => {
    const engine = await refused({ isUsable: true })
    await expect(engine.load(await open(first('Cholesky')), { threads: 1 })).rejects.toMatchObject({
      code: 'E_TF_OPERATOR',
      message: expect.stringContaining('Cholesky'),
      hint: 'TensorFlow itself can run it: --engine tfjs-node',
    })
  })

  test('tells how to install tfjs-node where it is not there', async () => {
    const engine = await refused({ isUsable: false, fix: 'npm install @tensorflow/tfjs-node' })
    await expect(engine.load(await open(first('Cholesky')), { threads: 1 })).rejects.toMatchObject({
      hint: expect.stringMatching(/--signature.*--engine tfjs-node \(npm install @tensorflow\/tfjs-node\)/),
    })
  })
})
