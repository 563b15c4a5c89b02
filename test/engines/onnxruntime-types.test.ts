import { describe, expect, test } from 'vitest'
import type { Model } from '../../formats/format.js'
import type { Session } from '../../src/engines/engine.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { DataType } from '../../src/graph/data-type.js'
import type { Tensor, TensorElements } from '../../src/graph/tensor.js'
import { onnxFile } from '../helpers/model-files.js'

/** @returns a model that is no file, opened by the engine from the bytes that greenbench writes */
async function open(build: (builder: GraphBuilder) => void, model: Partial<Model> = {}): Promise<Session> {
  const builder = new GraphBuilder('built')
  build(builder)
  const graph = builder.build()
  const { isOnnxFile: _, ...file } = onnxFile('/nowhere/built.h5')
  const { inputs, outputs } = graph.main
  return onnxRuntimeEngine().load({ ...file, inputs, outputs, graph, ...model }, { threads: 1 })
}

async function throughIdentity(dtype: DataType, data: TensorElements): Promise<Tensor | undefined> {
  const session = await open((builder) => {
    builder.output(builder.node('Identity', [builder.input('x', dtype, ['N'])], {}, { outputs: ['y'] }), dtype, ['N'])
  })
  const run = session.bind(new Map([['x', { dtype, shape: [data.length], data }]]))
  await run.run()
  const result = run.outputs().get('y')
  await session.close()
  return result
}

describe('element type', () => {
  test.each<[DataType, TensorElements]>([
    ['float32', Float32Array.of(1.5, -2, Number.POSITIVE_INFINITY)],
    ['float64', Float64Array.of(1e300, -0.1)],
    // Bits of 1, -2, the largest half float and not-a-number.
    ['float16', Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x7e00)],
    ['int8', Int8Array.of(-128, 127)],
    ['uint8', Uint8Array.of(0, 255)],
    ['int16', Int16Array.of(-32768, 32767)],
    ['uint16', Uint16Array.of(0, 65535)],
    ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ['uint32', Uint32Array.of(0, 2 ** 32 - 1)],
    ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n)],
    ['bool', Uint8Array.of(0, 1)],
    ['string', ['', 'greenbench', 'größer']],
  ])('%s goes in and comes out unchanged', async (dtype, data) => {
    expect(await throughIdentity(dtype, data)).toEqual({ dtype, shape: [data.length], data })
  })

  test('of no elements goes through as well', async () => {
    expect(await throughIdentity('float32', new Float32Array(0))).toMatchObject({ shape: [0] })
  })

  test.each<DataType>(['bfloat16', 'float8e4m3fn', 'int4', 'complex64'])('%s is refused by name', async (dtype) => {
    await expect(throughIdentity(dtype, new Uint16Array(2))).rejects.toMatchObject({ hint: expect.any(String) })
  })
})

describe('values that are no tensors', () => {
  test('an output that is a sequence is left out and named, as long as another one is a tensor', async () => {
    const session = await open((builder) => {
      const x = builder.input('x', 'float32', [2])
      builder.output(builder.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [2])
      const list = builder.node('SequenceConstruct', [x, x], {}, { outputs: ['list'] })
      builder.outputOfType(list, { kind: 'sequence', element: { kind: 'tensor', dtype: 'float32', shape: undefined } })
    })
    const run = session.bind(new Map([['x', { dtype: 'float32', shape: [2], data: Float32Array.of(-1, 1) }]]))
    await run.run()
    expect([...run.outputs().keys()]).toEqual(['y'])
    expect(session.info.options.outputsNotFetched).toBe('list')
    expect(session.outputs[1]?.type).toMatchObject({ kind: 'sequence' })
    await session.close()
  })
})

describe('signature as the engine sees it', () => {
  test('free sizes without a name get one each', async () => {
    const session = await open((builder) => {
      builder.output(builder.node('Relu', [builder.input('x', 'float32', ['N', 'L'])]), 'float32', ['N', 'L'])
    })
    expect(session.inputs[0]?.type).toMatchObject({ shape: [{ text: 'N' }, { text: 'L' }] })
    await session.close()
  })

  test('an unknown rank is not taken for a scalar', async () => {
    const session = await open((builder) => {
      builder.output(builder.node('Relu', [builder.input('x', 'float32')], {}, { outputs: ['y'] }), 'float32')
    })
    expect(session.inputs[0]?.type).toMatchObject({ shape: undefined })
    await session.close()
  })
})
