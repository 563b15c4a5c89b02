/** Small networks of each family against PyTorch: loss, gradients of every weight, running statistics. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { buildTrainingGraph } from '../../src/training/training-graph.js'
import { relativeError } from '../helpers/gradient-check.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

interface Golden {
  readonly onnx: string
  readonly image: string
  readonly labels: readonly number[]
  readonly loss: number
  readonly labelSmoothing: number
  readonly gradients: Readonly<Record<string, string>>
  readonly statistics: Readonly<Record<string, string>>
}

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/gradients.json.gz', import.meta.url))).toString(),
) as { readonly cases: Readonly<Record<string, Golden>> }

/** PyTorch computed in float64, this in float32. */
const TOLERANCE = 1e-4

const floatsOf = (base64: string): Float32Array => {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  return new Float32Array(bytes.buffer)
}

async function trainingGraphOf({ onnx, labelSmoothing }: Golden) {
  const path = join(temporaryFolder(), 'network.onnx')
  writeFileSync(path, Buffer.from(onnx, 'base64'))
  const { graph } = await ModelFactory.withPredefinedFormats().open(path)
  if (graph === undefined) throw new Error('an ONNX file has a graph')
  const loss = { kind: 'softmax-cross-entropy', labelSmoothing } as const
  return buildTrainingGraph(graph, { loss, batchNormalization: 'batch' })
}

async function runStep(network: Golden) {
  const training = await trainingGraphOf(network)
  const session = await InferenceSession.create(writeOnnx(training.graph), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  })
  const weights = [...training.weights, ...training.statistics].map(({ initializer: { name, shape, data } }) => {
    return [name, new Tensor('float32', new Float32Array(data.read().slice().buffer), shape)] as const
  })
  const results = await session.run({
    ...Object.fromEntries(weights),
    image: new Tensor('float32', floatsOf(network.image), [4, 3, 8, 8]),
    [training.target.name]: new Tensor('int64', BigInt64Array.from(network.labels, BigInt), [4]),
  })
  await session.release()
  return { training, results }
}

describe.each(Object.entries(golden.cases))('%s', (_, network) => {
  test('gives the loss that PyTorch gives', async () => {
    const { training, results } = await runStep(network)
    expect(relativeError(results[training.loss]?.data as Float32Array, [network.loss])).toBeLessThan(1e-6)
  })

  test('gives the gradients and the statistics that PyTorch gives', async () => {
    const { training, results } = await runStep(network)
    const outputs = [
      ...training.weights.map(({ name, gradient }) => [name, gradient] as const),
      ...training.statistics.map(({ name, updated }) => [name, updated] as const),
    ]
    const expected = { ...network.gradients, ...network.statistics }
    expect(outputs.map(([name]) => name).sort()).toEqual(Object.keys(expected).sort())
    const errors = outputs.map(
      ([name, output]) =>
        [name, relativeError(results[output]?.data as Float32Array, floatsOf(expected[name] ?? ''))] as const,
    )
    expect(errors.filter(([, error]) => !(error <= TOLERANCE))).toEqual([])
  })
})
