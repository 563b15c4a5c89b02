/** Graphs that lie in no ONNX file: what is opened computes the same, and nothing is left behind. */
import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Model } from '../../formats/format.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const engine = onnxRuntimeEngine()
const SIZE = 1100

/** `y = x * w` with `w` a matrix of 4.8 MB that doubles. */
function doubling(read: () => Uint8Array): Model {
  const builder = new GraphBuilder('doubling')
  const input = builder.input('x', 'float32', ['N', SIZE])
  const data = { byteLength: 4 * SIZE * SIZE, read, readStrings: () => [] }
  const weight = builder.addInitializer({ name: 'w', dtype: 'float32', shape: [SIZE, SIZE], data })
  builder.node('MatMul', [input, weight], {}, { outputs: ['y'] })
  builder.output('y', 'float32', ['N', SIZE])
  const graph = builder.build()
  const { inputs, outputs } = graph.main
  return { name: 'doubling', format: 'test', path: '', bytes: 0, inputs, outputs, graph, sha256: async () => '' }
}

const twos = (): Uint8Array => {
  const matrix = new Float32Array(SIZE * SIZE)
  for (let index = 0; index < SIZE; index += 1) matrix[index * SIZE + index] = 2
  return new Uint8Array(matrix.buffer)
}

async function doubled(model: Model): Promise<number | undefined> {
  const session = await engine.load(model, { threads: 1 })
  const run = session.bind(
    new Map([['x', { dtype: 'float32', shape: [1, SIZE], data: new Float32Array(SIZE).fill(3) }]]),
  )
  await run.run()
  const result = run.outputs().get('y')?.data[SIZE - 1]
  await session.close()
  return Number(result)
}

/** onnxruntime keeps notes of its own in the same folder. */
const leftIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('greenbench-'))

describe('a graph with large weights', () => {
  const folder = temporaryFolder()
  afterEach(() => vi.unstubAllEnvs())

  test('runs, and leaves no file behind', async () => {
    vi.stubEnv('TMPDIR', folder)
    expect(await doubled(doubling(twos))).toBe(6)
    expect(leftIn(folder)).toEqual([])
  })

  test('leaves no file behind when its weights cannot be read', async () => {
    vi.stubEnv('TMPDIR', folder)
    const model = doubling(() => new Uint8Array(8))
    await expect(engine.load(model, { threads: 1 })).rejects.toMatchObject({ code: 'E_TENSOR_SIZE' })
    expect(leftIn(folder)).toEqual([])
  })

  test('runs from memory where no file can be written', async () => {
    vi.stubEnv('TMPDIR', `${folder}/no-such-folder`)
    expect(await doubled(doubling(twos))).toBe(6)
  })
})
