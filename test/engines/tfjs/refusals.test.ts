import { expect, test } from 'vitest'
import { loadTfjs, type RequireModule } from '../../../src/engines/tfjs/library.js'
import { restoreOldUtil } from '../../../src/engines/tfjs/old-util.js'
import { tfjsEngine } from '../../../src/engines/tfjs/tfjs.js'
import { attribute } from '../../../src/graph/index.js'
import { modelOf } from '../../helpers/engine-comparison.js'
import { floats, oneNode } from '../../helpers/one-node.js'

const absent: RequireModule = (name) => {
  throw new Error(`Cannot find module '${name}'\nRequire stack:\n- somewhere`)
}
const relu = modelOf(oneNode({ operator: 'Relu', inputs: [floats(2, 2)] }))

test.each(['tfjs-node', 'tfjs-wasm'] as const)('%s that is not installed says how to install it', async (name) => {
  await expect(tfjsEngine(name, absent).load(relu, { threads: 0 })).rejects.toMatchObject({
    code: 'E_ENGINE_MISSING',
    message: expect.stringMatching(/which is not installed$/),
    hint: expect.stringMatching(/npm install @tensorflow\/tfjs-/),
  })
})

test('a native library that does not load is told with the reason', async () => {
  const broken: RequireModule = () => {
    throw new Error('libtensorflow.so.2: cannot open shared object file')
  }
  await expect(loadTfjs('tfjs-node', 0, broken)).rejects.toThrow(/does not load: libtensorflow/)
})

test('a backend that does not start is refused, even where the library names it as the current one', async () => {
  const pretending: RequireModule = () => ({ setBackend: () => Promise.resolve(false), getBackend: () => 'wasm' })
  await expect(loadTfjs('tfjs-wasm', 0, pretending)).rejects.toMatchObject({ code: 'E_BACKEND' })
})

test('another backend in its place is refused', async () => {
  const other: RequireModule = () => ({ setBackend: () => Promise.resolve(true), getBackend: () => 'cpu' })
  await expect(loadTfjs('tfjs-node', 0, other)).rejects.toMatchObject({ code: 'E_BACKEND' })
})

test('operators that it does not know are named with their nodes', async () => {
  const model = modelOf(oneNode({ operator: 'Det', inputs: [floats(2, 2)] }))
  await expect(tfjsEngine('tfjs-wasm').load(model, { threads: 0 })).rejects.toMatchObject({
    code: 'E_OPERATOR_UNSUPPORTED',
    message: expect.stringMatching(/tfjs-wasm cannot run Det \(node/),
  })
})

test('a kernel that the backend lacks is named', async () => {
  const equation = { equation: attribute.text('ij,jk->ik') }
  const model = modelOf(oneNode({ operator: 'Einsum', inputs: [floats(2, 2), floats(2, 2)], attributes: equation }))
  await expect(tfjsEngine('tfjs-wasm').load(model, { threads: 0 })).rejects.toThrow(
    /lacks the kernel of Einsum \(Einsum\)/,
  )
})

test('more threads than WebAssembly has are refused', async () => {
  await expect(tfjsEngine('tfjs-wasm').load(relu, { threads: 4 })).rejects.toMatchObject({ code: 'E_THREADS' })
})

test('options that only onnxruntime has are refused', async () => {
  await expect(tfjsEngine('tfjs-wasm').load(relu, { threads: 0, spinning: false })).rejects.toThrow(/has no --spinning/)
})

test('functions that Node took away are put back, others stay', () => {
  const isArray = () => true
  const util: { isArray: unknown; isNullOrUndefined?: (value: unknown) => boolean } = { isArray }
  restoreOldUtil(util)
  expect(util.isArray).toBe(isArray)
  expect([undefined, null, 0].map((value) => util.isNullOrUndefined?.(value))).toEqual([true, true, false])
})
