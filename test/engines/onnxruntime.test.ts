import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { FormatError, GreenbenchError, UnsupportedError, UsageError } from '../../src/core/errors.js'
import type { Session } from '../../src/engines/engine.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { numbersOf, onnxFile, SHAPES_MODEL } from '../helpers/model-files.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const engine = onnxRuntimeEngine()
const folder = temporaryFolder()
const open: Session[] = []

afterAll(async () => {
  await Promise.all(open.map((session) => session.close()))
})

async function load(path = SHAPES_MODEL, options: Partial<Parameters<typeof engine.load>[1]> = {}): Promise<Session> {
  const session = await engine.load(onnxFile(path), { threads: 1, ...options })
  open.push(session)
  return session
}

function image(batch: number, value: number): Tensor {
  return { dtype: 'float32', shape: [batch, 3, 32, 32], data: new Float32Array(batch * 3 * 32 * 32).fill(value) }
}

async function failure(promise: Promise<unknown>): Promise<GreenbenchError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (error instanceof GreenbenchError) return error
  throw new Error(`expected an error of greenbench, got ${String(error)}`)
}

function brokenFile(name: string, bytes: string): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

describe('session of onnxruntime', () => {
  test('shows the signature with the batch left free', async () => {
    const session = await load()
    expect(session.inputs).toMatchObject([{ name: 'image', type: { kind: 'tensor', dtype: 'float32' } }])
    expect(session.outputs).toMatchObject([{ name: 'logits', type: { shape: [{ text: 'batch' }, 6] } }])
  })

  test('names engine, version, provider, threads and options', async () => {
    const session = await load(SHAPES_MODEL, { threads: 2, spinning: false, graphOptimizationLevel: 'basic' })
    expect(session.info).toMatchObject({
      name: 'onnxruntime',
      version: expect.stringMatching(/^1\.30\./),
      executionProvider: 'cpu',
      threads: 2,
      options: { intraOpNumThreads: 2, graphOptimizationLevel: 'basic', 'session.intra_op.allow_spinning': false },
    })
  })

  test.runIf(process.platform === 'linux')('counts the threads that the engine chose', async () => {
    const { options } = (await load(SHAPES_MODEL, { threads: 0 })).info
    expect(options.intraOpNumThreads).toBeGreaterThanOrEqual(1)
  })

  test('takes any batch size', async () => {
    const session = await load()
    for (const batch of [1, 3]) {
      const run = session.bind(new Map([['image', image(batch, 0.5)]]))
      await run.run()
      expect(run.outputs().get('logits')).toMatchObject({ dtype: 'float32', shape: [batch, 6] })
    }
  })

  test('closes more than once without harm', async () => {
    const session = await load()
    await session.close()
    await expect(session.close()).resolves.toBeUndefined()
  })
})

describe('bound run', () => {
  test('gives the same outputs each time', async () => {
    const run = (await load()).bind(new Map([['image', image(2, 0.3)]]))
    await run.run()
    const first = numbersOf(run.outputs().get('logits'))
    await run.run()
    await run.run()
    expect(numbersOf(run.outputs().get('logits'))).toEqual(first)
  })

  test('sees values written into its inputs', async () => {
    const session = await load()
    const changed = image(1, 0.1)
    const run = session.bind(new Map([['image', changed]]))
    await run.run()
    if (changed.data instanceof Float32Array) changed.data.fill(0.9)
    await run.run()
    const other = session.bind(new Map([['image', image(1, 0.9)]]))
    await other.run()
    expect(run.outputs()).toEqual(other.outputs())
  })

  test('keeps its outputs apart from those of other runs', async () => {
    const session = await load()
    const [dark, light] = [0.1, 0.9].map((value) => session.bind(new Map([['image', image(1, value)]])))
    await dark?.run()
    const before = numbersOf(dark?.outputs().get('logits'))
    await light?.run()
    expect(numbersOf(dark?.outputs().get('logits'))).toEqual(before)
  })

  test('refuses inputs that do not fit, by name', async () => {
    const session = await load()
    const wrongLength: Tensor = { dtype: 'float32', shape: [1, 3, 32, 32], data: new Float32Array(5) }
    const wrongArray: Tensor = { dtype: 'float32', shape: [1], data: new Int32Array(1) }
    const noSuchType: Tensor = { dtype: 'bfloat16', shape: [1], data: new Uint16Array(1) }
    expect(() => session.bind(new Map())).toThrow(UsageError)
    expect(() => session.bind(new Map([['image', wrongLength]]))).toThrow(/input image: 5 elements/)
    expect(() => session.bind(new Map([['image', wrongArray]]))).toThrow(/Float32Array/)
    expect(() => session.bind(new Map([['image', noSuchType]]))).toThrow(UnsupportedError)
  })

  test('says what the model expects of a shape', async () => {
    const run = (await load()).bind(new Map([['image', { ...image(1, 0), shape: [1, 3, 16, 64] }]]))
    const error = await failure(run.run())
    expect(error).toMatchObject({ code: 'E_INPUT_SHAPE', message: expect.stringContaining('Expected: 32') })
  })
})

describe('refusal of onnxruntime', () => {
  test('names an unknown execution provider and those that there are', async () => {
    const error = await failure(load(SHAPES_MODEL, { executionProvider: 'abacus' }))
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ code: 'E_PROVIDER_UNKNOWN', message: expect.stringMatching(/abacus.*cpu/) })
  })

  test('names a thread count that cannot be', async () => {
    expect(await failure(load(SHAPES_MODEL, { threads: -1 }))).toMatchObject({ code: 'E_THREADS' })
    expect(await failure(load(SHAPES_MODEL, { threads: 1.5 }))).toBeInstanceOf(UsageError)
  })

  test.each([
    ['random bytes', () => brokenFile('random.onnx', 'not a model at all'), 'E_ONNX_BROKEN'],
    ['an empty file', () => brokenFile('empty.onnx', ''), 'E_ONNX_BROKEN'],
    ['a missing file', () => join(folder, 'absent.onnx'), 'E_FILE_MISSING'],
  ])('explains %s in one line', async (_name, path, code) => {
    const error = await failure(load(path()))
    expect(error).toBeInstanceOf(FormatError)
    expect(error).toMatchObject({ code, message: expect.not.stringContaining('\n') })
  })
})

describeWithSharedData('onnxruntime on files of other projects', () => {
  test.each([
    ['node/test_lstm_batchwise/model.onnx', 'E_ENGINE_LOAD', /Batchwise recurrent operations/],
    ['node/test_image_decoder_decode_bmp_rgb/model.onnx', 'E_OPERATOR_UNSUPPORTED', /ImageDecoder/],
    ['node/test_dequantizelinear_e4m3fn/model.onnx', 'E_TYPE_UNSUPPORTED', /data type 17/],
    ['onnxruntime/java/src/test/resources/java-external-matmul.onnx', 'E_EXTERNAL_DATA', /external-matmul\.out/],
    ['simple/test_gradient_of_add_and_mul/model.onnx', 'E_OPERATOR_UNSUPPORTED', /Gradient/],
    ['onnxruntime/testdata/optional_sequence_tensor.onnx', 'E_VALUE_KIND', /sequence/],
  ])('%s fails with %s', async (file, code, message) => {
    const error = await failure(
      load(sharedPath('onnx', file)).then((session) => {
        session.bind(new Map(session.inputs.map(({ name }) => [name, image(1, 0)])))
      }),
    )
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.message).not.toMatch(/\n|onnxruntime_src/)
  })

  test('reads external data beside the model', async () => {
    const path = sharedPath('onnx', 'onnxruntime/testdata/model_with_external_initializers.onnx')
    expect((await load(path)).outputs.length).toBeGreaterThan(0)
  })
})
