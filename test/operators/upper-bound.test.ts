/** Sizes that only the run tells are counted at their greatest, where they have one. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { graphAttribute, int } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import {
  add,
  type Dimension,
  evaluate,
  floorDivide,
  max,
  min,
  multiply,
  subtract,
  symbol,
} from '../../src/graph/dimension.js'
import { countGraph } from '../../src/operators/count.js'
import { upperBound } from '../../src/operators/upper-bound.js'

const A = symbol('A#1')
const B = symbol('B#2')
const limits = new Map<string, Dimension>([
  ['A#1', 12],
  ['B#2', add(A, 3)],
])

test.each<[string, Dimension, number | undefined]>([
  ['a name', A, 12],
  ['a limit that is itself limited', B, 15],
  ['a sum', add(multiply(2, A), B), 39],
  ['what is taken away is at least nothing', subtract(A, B), 12],
  ['a quotient', floorDivide(add(A, 1), 4), 3],
  ['the smaller one, of which one has a limit', min(symbol('N'), A), 12],
  ['the larger one', max(A, B), 15],
  ['a free name', symbol('N'), undefined],
  ['the larger one, of which one has none', max(symbol('N'), A), undefined],
])('%s', (_, size, expected) => {
  expect(upperBound(size, limits)).toBe(expected)
})

test('is never exceeded', () => {
  const leaf = fc.constantFrom<Dimension>(A, B, 1, 2, 5)
  const operation = fc.constantFrom(add, subtract, multiply, min, max)
  const tree = fc.tuple(leaf, operation, leaf, operation, leaf).map(([a, f, b, g, c]) => g(f(a, b), c))
  fc.assert(
    fc.property(tree, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3 }), (size, a, more) => {
      const value = evaluate(
        size,
        new Map([
          ['A#1', a],
          ['B#2', a + more],
        ]),
      )
      expect(value).toBeLessThanOrEqual(upperBound(size, limits) ?? Number.POSITIVE_INFINITY)
    }),
  )
})

describe('a graph', () => {
  /** Multiplies those rows of `[20, 6]` whose first element is not zero, but at most `k` of them. */
  const model = (k: number) => {
    const b = new GraphBuilder('net')
    const x = b.input('x', 'float32', [20, 6])
    const first = b.node('Gather', [x, b.constant(0)], { axis: int(1) })
    const places = b.node('Squeeze', [b.node('NonZero', [first]), b.constant([0])])
    const count = b.node('Min', [b.node('Shape', [places]), b.constant([k])])
    const kept = b.node('Slice', [places, b.constant([0]), count])
    const rows = b.node('Gather', [x, kept])
    b.output(b.node('MatMul', [rows, b.initializer('w', new Float32Array(18), [6, 3])], {}, { outputs: ['y'] }))
    return b.build()
  }

  test('is counted as if all were chosen, and says so', () => {
    const { counts } = countGraph(model(1000))
    expect(counts.macs).toBe(20 * 18)
    expect(counts.assumptions).toEqual([
      'sizes that only the run tells are counted at their greatest: those of NonZero',
    ])
  })

  test('is counted with the smaller limit', () => {
    expect(countGraph(model(5)).counts.macs).toBe(5 * 18)
  })

  test('keeps the expression in its signature', () => {
    expect(countGraph(model(5)).outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['min(5, NonZero#1)', 3] }])
  })
})

test('branches of different sizes are counted at the larger one', () => {
  const b = new GraphBuilder('net')
  const flag = b.input('flag', 'bool', [])
  const rows = (name: string, count: number) =>
    b.subgraph(name, (inner) =>
      inner.output(inner.node('Expand', [inner.constant(0, 'float32'), inner.constant([count, 6])])),
    )
  const branches = { then_branch: graphAttribute(rows('t', 4)), else_branch: graphAttribute(rows('e', 9)) }
  const chosen = b.node('If', [flag], branches)
  b.output(b.node('MatMul', [chosen, b.initializer('w', new Float32Array(18), [6, 3])]))
  expect(countGraph(b.build()).counts.macs).toBe(9 * 18)
})
