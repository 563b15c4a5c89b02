/** Peak of the tensors that are alive at once. */
import { expect, test } from 'vitest'
import { graphAttribute, int, ints } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { countGraph } from '../../src/operators/count.js'

/** Bytes of `[1000]` floats. */
const TENSOR = 4000

/** Peak in tensors of a graph with the input `x` `[1000]`. */
function peak(make: (builder: GraphBuilder) => string): number {
  const builder = new GraphBuilder('net')
  builder.input('x', 'float32', [1000])
  builder.output(make(builder))
  return (countGraph(builder.build()).counts.peakActivationBytes ?? Number.NaN) / TENSOR
}

test('input and output of one node lie in memory together', () => {
  expect(peak((b) => b.node('Relu', ['x']))).toBe(2)
})

test('a tensor is freed when its last reader has run', () => {
  expect(peak((b) => b.node('Relu', [b.node('Relu', [b.node('Relu', [b.node('Relu', ['x'])])])]))).toBe(3)
})

test('a tensor that is read again later stays', () => {
  expect(
    peak((b) => {
      const first = b.node('Relu', ['x'])
      const second = b.node('Relu', [first])
      const third = b.node('Relu', [second])
      return b.node('Add', [first, third])
    }),
  ).toBe(4)
})

test('an output that nothing reads is freed at once', () => {
  expect(
    peak((b) => {
      b.node('Exp', ['x'])
      b.node('Exp', ['x'])
      return b.node('Relu', ['x'])
    }),
  ).toBe(2)
})

test('views take nothing and keep what they show', () => {
  expect(
    peak((b) => {
      const first = b.node('Relu', ['x'])
      const view = b.node('Reshape', [first, b.constant([10, 100])])
      return b.node('Relu', [b.node('Squeeze', [b.node('Unsqueeze', [view, b.constant([0])])])])
    }),
  ).toBe(3)
})

test('a view of the input takes nothing', () => {
  expect(peak((b) => b.node('Reshape', ['x', b.constant([10, 100])]))).toBe(1)
})

test('weights and what is computed from them take nothing', () => {
  expect(
    peak((b) => {
      const w = b.initializer('w', new Float32Array(10_000), [10, 1000])
      const turned = b.node('Transpose', [b.node('Transpose', [w], { perm: ints([1, 0]) })])
      return b.node('MatMul', [turned, 'x'])
    }),
  ).toBe(1 + 10 / 1000)
})

test('a sub-graph needs its own tensors beside those that wait outside', () => {
  expect(
    peak((b) => {
      const waiting = b.node('Relu', ['x'])
      const branch = (name: string, count: number) =>
        b.subgraph(name, (inner) => {
          let value = 'x'
          for (let step = 0; step < count; step += 1) value = inner.node('Exp', [value])
          inner.output(value)
        })
      const branches = { then_branch: graphAttribute(branch('t', 1)), else_branch: graphAttribute(branch('e', 3)) }
      return b.node('Add', [waiting, b.node('If', [b.constant([1], 'bool')], branches)])
    }),
  ).toBe(4)
})

test('an optional output that is left out takes nothing', () => {
  expect(
    peak((b) => b.nodeWithOutputs('TopK', ['x', b.constant([1000])], {}, { outputs: ['values', ''] })[0] ?? ''),
  ).toBe(2)
})

test('a sub-graph may read more values than a function takes arguments', () => {
  expect(
    peak((b) => {
      const branch = (name: string) =>
        b.subgraph(name, (inner) =>
          inner.output(inner.node('Concat', Array<string>(200_000).fill('x'), { axis: int(0) })),
        )
      const branches = { then_branch: graphAttribute(branch('t')), else_branch: graphAttribute(branch('e')) }
      return b.node('If', [b.constant([1], 'bool')], branches)
    }),
  ).toBe(1 + 200_000)
})
