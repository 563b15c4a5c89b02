import { describe, expect, test } from 'vitest'
import { inspectModel } from '../../benchmarks/inspection.js'
import type { Model } from '../../formats/format.js'
import { parseRecord } from '../../src/core/validate-record.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { EXAMPLE_MODEL } from '../helpers/run-cli.js'

/** A model of a format that only runs, and says of itself what `own` says. */
const withoutGraph = (own: Partial<Model>): Model => ({
  name: 'box',
  format: 'black-box',
  path: '/models/box',
  bytes: 1000,
  inputs: [{ name: 'x', type: { kind: 'tensor', dtype: 'float32', shape: [1, 4] } }],
  outputs: [{ name: 'y', type: { kind: 'sequence', element: undefined } }],
  sha256: async () => 'ab'.repeat(32),
  ...own,
})

describe('inspectModel', () => {
  test('gives a record that fits the schema', async () => {
    const record = await inspectModel({ model: EXAMPLE_MODEL, layers: true, hash: true })
    expect(parseRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
  })

  test('opens a path and counts its graph at the batch size', async () => {
    const record = await inspectModel({ model: EXAMPLE_MODEL, batchSize: 4 })
    expect(record.counts).toMatchObject({ batchSize: 4, macs: 4 * 2_802_048, parameters: { total: 24_310 } })
  })

  test('reads the file for its digest only when asked', async () => {
    expect((await inspectModel({ model: EXAMPLE_MODEL })).model).not.toHaveProperty('sha256')
  })

  test('takes the counts of a model without a graph from its format', async () => {
    const model = withoutGraph({
      countParameters: async () => ({ trainable: 90, nonTrainable: 10, bytes: 400 }),
      countMacs: async (batchSize) => 1000 * batchSize,
    })
    const { counts, missing } = await inspectModel({ model, batchSize: 3 })
    expect(counts).toMatchObject({ parameters: { total: 100, trainable: 90, bytes: 400 }, macs: 3000, flops: 6000 })
    expect(missing).toEqual([])
  })

  test('says why counts are absent, and puts no 0 in their place', async () => {
    const record = await inspectModel({ model: withoutGraph({}) })
    expect(record).not.toHaveProperty('counts')
    expect(record.missing).toEqual([{ field: 'counts', reason: 'the format black-box does not count parameters' }])
  })

  test('says why only the MACs are absent', async () => {
    const model = withoutGraph({ countParameters: async () => ({ trainable: 1, nonTrainable: 0, bytes: 4 }) })
    const { counts, missing } = await inspectModel({ model })
    expect(counts).not.toHaveProperty('macs')
    expect(missing).toEqual([
      { field: 'counts.macs', reason: 'the format black-box does not count multiply-accumulates' },
    ])
  })

  test('says how to fix the sizes that an input leaves free', async () => {
    const builder = new GraphBuilder('open')
    const image = builder.input('image', 'float32', ['N', 3, 'H', 'W'])
    builder.output(builder.node('Relu', [image]))
    const graph = builder.build()
    const model = withoutGraph({ graph, inputs: graph.main.inputs, outputs: graph.main.outputs })
    const { missing } = await inspectModel({ model })
    expect(missing.map(({ reason }) => reason.replace(/^.*; /, ''))).toContain(
      'fix the sizes that the inputs leave free: --input image=1x3x<size>x<size>',
    )
    const fixed = await inspectModel({ model, inputShapes: new Map([['image', [1, 3, 8, 8]]]) })
    expect(fixed.missing).toEqual([])
  })

  test('shows inputs and outputs of any type', async () => {
    const { model } = await inspectModel({ model: withoutGraph({}) })
    expect(model.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: [1, 4] }])
    expect(model.outputs).toEqual([{ name: 'y', dtype: 'sequence(unknown)' }])
  })

  test('stops when its signal is aborted', async () => {
    const signal = AbortSignal.abort()
    await expect(inspectModel({ model: EXAMPLE_MODEL, signal })).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
  })
})
