/** If, Loop and Scan: types of their outputs, and how often their bodies count. */
import { describe, expect, test } from 'vitest'
import { graphAttribute, int, ints } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { Graph, ModelGraph } from '../../src/graph/graph.js'
import { countGraph } from '../../src/operators/count.js'

/** A product of 2 x 3 and 3 x 4 elements. */
const PRODUCT = 2 * 3 * 4

function product(builder: GraphBuilder, times: number, x: string): string {
  const w = builder.initializer(builder.uniqueName('w'), new Float32Array(12), [3, 4])
  let result = ''
  for (let count = 0; count < times; count += 1) result = builder.node('MatMul', [x, w])
  return result
}

describe('If', () => {
  const model = (condition: (b: GraphBuilder) => string): ModelGraph => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [2, 3])
    const once = b.subgraph('once', (inner) => inner.output(product(inner, 1, x)))
    const twice = b.subgraph('twice', (inner) => inner.output(product(inner, 2, x)))
    const branches = { then_branch: graphAttribute(once), else_branch: graphAttribute(twice) }
    return b.output(b.node('If', [condition(b)], branches, { name: 'choice', outputs: ['y'] })).build()
  }

  test('counts the branch that costs more when the run decides, and says so', () => {
    const { counts } = countGraph(model((b) => b.input('flag', 'bool', [])))
    expect(counts.macs).toBe(2 * PRODUCT)
    expect(counts.assumptions).toEqual(['If choice: the branch that costs more is counted'])
  })

  test('counts the branch that a constant condition takes', () => {
    const { counts } = countGraph(model((b) => b.constant([1], 'bool')))
    expect(counts.macs).toBe(PRODUCT)
    expect(counts.assumptions).toEqual([])
  })

  test('counts the weights of both branches', () => {
    expect(countGraph(model((b) => b.constant([1], 'bool'))).counts.parameters.total).toBe(24)
  })

  test('lists the branch that is not taken with no runs', () => {
    const { layers } = countGraph(model((b) => b.constant([1], 'bool')))
    expect(layers.filter(({ operator }) => operator === 'MatMul').map(({ macs, runs }) => [macs, runs])).toEqual([
      [PRODUCT, undefined],
      [0, 0],
      [0, 0],
    ])
  })

  test('gives what both branches agree on', () => {
    const b = new GraphBuilder('net')
    const flag = b.input('flag', 'bool', [])
    const make = (name: string, size: number) =>
      b.subgraph(name, (inner) => inner.output(inner.initializer(`${name}_c`, new Float32Array(2 * size), [2, size])))
    const branches = { then_branch: graphAttribute(make('t', 3)), else_branch: graphAttribute(make('e', 4)) }
    b.output(b.node('If', [flag], branches, { outputs: ['y'] }))
    expect(countGraph(b.build()).outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [2, 'If#1'] }])
  })
})

interface LoopCase {
  readonly trips: (b: GraphBuilder) => string
  readonly start?: (b: GraphBuilder) => string
  /** What the body gives as its condition; handed on when left out. */
  readonly goesOn?: (inner: GraphBuilder) => string
}

function loop({ trips, start, goesOn }: LoopCase): ModelGraph {
  const b = new GraphBuilder('net')
  const x = b.input('x', 'float32', [2, 3])
  const body = b.subgraph('body', (inner) => {
    inner.input('i', 'int64', [])
    const condition = inner.input('condition', 'bool', [])
    const carried = inner.input('carried', 'float32')
    inner.output(goesOn?.(inner) ?? inner.node('Identity', [condition]))
    inner.output(inner.node('Relu', [carried]))
    inner.output(product(inner, 1, x))
  })
  const inputs = [trips(b), start?.(b) ?? '', x]
  const outputs = b.nodeWithOutputs(
    'Loop',
    inputs,
    { body: graphAttribute(body) },
    { name: 'L', outputs: ['last', 'all'] },
  )
  for (const output of outputs) b.output(output)
  return b.build()
}

describe('Loop', () => {
  test('with a constant trip count multiplies', () => {
    const { counts, outputs } = countGraph(loop({ trips: (b) => b.constant(5) }))
    expect(counts.macs).toBe(5 * PRODUCT)
    expect(counts.assumptions).toEqual([])
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [5, 2, 4],
    ])
  })

  test('lists its body with the runs', () => {
    const { layers } = countGraph(loop({ trips: (b) => b.constant(5) }))
    expect(layers.find(({ operator }) => operator === 'MatMul')).toMatchObject({
      name: 'L/MatMul',
      macs: 5 * PRODUCT,
      runs: 5,
      parameters: 12,
    })
  })

  test('whose body may end it is counted with its greatest number of runs', () => {
    const goesOn = (inner: GraphBuilder) =>
      inner.node('Less', [inner.node('ReduceSum', ['carried'], { keepdims: int(0) }), inner.constant(9, 'float32')])
    const { counts, outputs } = countGraph(loop({ trips: (b) => b.constant(5), goesOn }))
    expect(counts.macs).toBe(5 * PRODUCT)
    expect(counts.assumptions[0]).toBe('Loop L: it is counted with its greatest number of runs, 5')
    expect(outputs[1]?.shape).toEqual(['Loop#1', 2, 4])
  })

  test('without a known trip count is counted once', () => {
    const { counts } = countGraph(loop({ trips: (b) => b.input('trips', 'int64', []) }))
    expect(counts.macs).toBe(PRODUCT)
    expect(counts.assumptions).toEqual(['Loop L: the run decides how often it runs; it is counted once'])
  })

  test('that never starts costs nothing', () => {
    const { counts, outputs } = countGraph(loop({ trips: (b) => b.constant(5), start: (b) => b.constant([0], 'bool') }))
    expect(counts.macs).toBe(0)
    expect(outputs[1]?.shape).toEqual([0, 2, 4])
  })

  test('whose carried value grows has a size that is not known', () => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [2, 3])
    const body = b.subgraph('body', (inner) => {
      inner.input('i', 'int64', [])
      inner.output(inner.node('Identity', [inner.input('condition', 'bool', [])]))
      inner.output(inner.node('Concat', [inner.input('carried', 'float32'), x], { axis: int(0) }))
    })
    b.output(b.node('Loop', [b.constant(4), '', x], { body: graphAttribute(body) }))
    const [output] = countGraph(b.build()).outputs
    expect(output?.shape).toHaveLength(2)
    expect(output?.shape?.[0]).toEqual(expect.stringContaining('#'))
    expect(output?.shape?.[1]).toBe(3)
  })

  test('inside a loop multiplies both trip counts', () => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [2, 3])
    const body = (name: string, fill: (inner: GraphBuilder) => string): Graph =>
      b.subgraph(name, (inner) => {
        inner.input(`${name}_i`, 'int64', [])
        inner.output(inner.input(`${name}_condition`, 'bool', []))
        inner.output(fill(inner))
      })
    const inside = body('inside', (inner) => product(inner, 1, x))
    const outside = body('outside', (inner) =>
      inner.node('Loop', [inner.constant(3), ''], { body: graphAttribute(inside) }),
    )
    b.output(b.node('Loop', [b.constant(7), ''], { body: graphAttribute(outside) }))
    expect(countGraph(b.build()).counts.macs).toBe(21 * PRODUCT)
  })
})

describe('Scan', () => {
  const model = (attributes = {}, shape: readonly (string | number)[] = [6, 2, 3]): ModelGraph => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', shape)
    const start = b.initializer('start', new Float32Array(6), [2, 3])
    const body = b.subgraph('body', (inner) => {
      const state = inner.input('state', 'float32')
      const next = inner.node('Add', [state, inner.input('element', 'float32')])
      inner.output(next).output(product(inner, 1, next))
    })
    const all = { body: graphAttribute(body), num_scan_inputs: int(1), ...attributes }
    for (const output of b.nodeWithOutputs('Scan', [start, x], all, { name: 'S', outputs: 2 })) b.output(output)
    return b.build()
  }

  test('runs its body for every element of the sequence', () => {
    const { counts, outputs } = countGraph(model())
    expect(counts.macs).toBe(6 * PRODUCT)
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [6, 2, 4],
    ])
  })

  test('follows its axes', () => {
    const { outputs } = countGraph(model({ scan_input_axes: ints([-2]), scan_output_axes: ints([-1]) }, [2, 6, 3]))
    expect(outputs[1]?.shape).toEqual([2, 4, 6])
  })

  test('of a sequence of free length counts one element, and says so', () => {
    const { counts } = countGraph(model({}, ['T', 2, 3]))
    expect(counts.macs).toBe(PRODUCT)
    expect(counts.assumptions).toEqual(['Scan S: the run decides how long the sequence is; one element is counted'])
  })

  test('of opset 8 has a batch before the sequence', () => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [5, 6, 2, 3])
    const start = b.input('start', 'float32', [5, 2, 3])
    const body = b.subgraph('body', (inner) => {
      const next = inner.node('Add', [inner.input('state', 'float32'), inner.input('element', 'float32')])
      inner.output(next).output(product(inner, 1, next))
    })
    const attributes = { body: graphAttribute(body), num_scan_inputs: int(1) }
    for (const output of b.nodeWithOutputs('Scan', ['', start, x], attributes, { outputs: 2 })) b.output(output)
    const { counts, outputs } = countGraph(b.build({ opset: 8 }))
    expect(counts.macs).toBe(30 * PRODUCT)
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [5, 2, 3],
      [5, 6, 2, 4],
    ])
  })
})
