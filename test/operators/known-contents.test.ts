/** Contents of small tensors are computed before the run as the run would compute them. */
import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { int, ints } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { formatDimension } from '../../src/graph/dimension.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { inferTypes } from '../../src/operators/infer.js'

/** Contents of the first output as numbers and texts. */
function contents(model: ModelGraph): readonly (number | string)[] | undefined {
  const elements = inferTypes(model).main.values.get(model.main.outputs[0]?.name ?? '')?.elements
  return elements?.map((element) => (typeof element === 'object' ? formatDimension(element) : element))
}

function build(make: (b: GraphBuilder) => string): ModelGraph {
  const builder = new GraphBuilder('net')
  return builder.output(make(builder)).build()
}

describe('of a free shape', () => {
  const x = (b: GraphBuilder) => b.node('Shape', [b.input('x', 'float32', ['N', 3, 'H', 'W'])])

  test.each<[string, (b: GraphBuilder, shape: string) => string, readonly (number | string)[]]>([
    ['Shape', (_, shape) => shape, ['N', 3, 'H', 'W']],
    ['Slice', (b, shape) => b.node('Slice', [shape, b.constant([2]), b.constant([4])]), ['H', 'W']],
    [
      'Slice backwards',
      (b, shape) => b.node('Slice', [shape, b.constant([-1]), b.constant([-9]), b.constant([0]), b.constant([-1])]),
      ['W', 'H', 3, 'N'],
    ],
    ['Gather', (b, shape) => b.node('Gather', [shape, b.constant([-1, 0])]), ['W', 'N']],
    ['Concat', (b, shape) => b.node('Concat', [shape, b.constant([7])], { axis: int(0) }), ['N', 3, 'H', 'W', 7]],
    [
      'Split',
      (b, shape) => b.nodeWithOutputs('Split', [shape, b.constant([3, 1])], {}, { outputs: 2 })[1] ?? '',
      ['W'],
    ],
    ['Add', (b, shape) => b.node('Add', [shape, b.constant(1)]), ['N + 1', 4, 'H + 1', 'W + 1']],
    ['Mul', (b, shape) => b.node('Mul', [shape, shape]), ['N*N', 9, 'H*H', 'W*W']],
    ['Div', (b, shape) => b.node('Div', [shape, b.constant(2)]), ['floor(N / 2)', 1, 'floor(H / 2)', 'floor(W / 2)']],
    ['Mod', (b, shape) => b.node('Mod', [shape, b.constant(1)]), [0, 0, 0, 0]],
    ['Min', (b, shape) => b.node('Min', [shape, b.constant(1)]), [1, 1, 1, 1]],
    ['ReduceProd', (b, shape) => b.node('ReduceProd', [shape], { keepdims: int(0) }), ['3*H*N*W']],
    ['Equal', (b, shape) => b.node('Equal', [shape, b.constant(-1)]), [0, 0, 0, 0]],
    [
      'Transpose',
      (b, shape) => b.node('Transpose', [b.node('Reshape', [shape, b.constant([2, 2])])]),
      ['N', 'H', 3, 'W'],
    ],
    ['Tile', (b, shape) => b.node('Tile', [b.node('Gather', [shape, b.constant([0])]), b.constant([2])]), ['N', 'N']],
    [
      'Expand',
      (b, shape) => b.node('Expand', [b.node('Gather', [shape, b.constant([0])]), b.constant([2, 1])]),
      ['N', 'N'],
    ],
    ['Clip', (b, shape) => b.node('Clip', [shape, b.constant(0)]), ['N', 3, 'H', 'W']],
    ['Size', (b) => b.node('Size', ['x']), ['3*H*N*W']],
  ])('%s', (_, make, expected) => {
    expect(contents(build((b) => make(b, x(b))))).toEqual(expected)
  })

  test.each<[string, (b: GraphBuilder, shape: string) => string]>([
    ['a comparison with a size that it may have', (b, shape) => b.node('Equal', [shape, b.constant(5)])],
    [
      'a division that does not come out even in floats',
      (b, shape) => b.node('Div', [b.node('Cast', [shape], { to: int(1) }), b.constant(2, 'float32')]),
    ],
    ['a division by zero', (b, shape) => b.node('Div', [shape, b.constant(0)])],
  ])('%s is left to the run', (_, make) => {
    expect(contents(build((b) => make(b, x(b))))).toBeUndefined()
  })
})

const list = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 4 })
const STEPS: Readonly<Record<string, (b: GraphBuilder, left: string, right: string) => string>> = {
  Add: (b, left, right) => b.node('Add', [left, right]),
  Sub: (b, left, right) => b.node('Sub', [left, right]),
  Mul: (b, left, right) => b.node('Mul', [left, right]),
  Div: (b, left, right) => b.node('Div', [left, b.node('Add', [b.node('Mul', [right, right]), b.constant(1)])]),
  Mod: (b, left, right) => b.node('Mod', [left, b.node('Sub', [b.constant(-1), b.node('Abs', [right])])]),
  Max: (b, left, right) => b.node('Max', [left, right]),
  Min: (b, left, right) => b.node('Min', [left, right]),
  Where: (b, left, right) => b.node('Where', [b.node('Less', [left, right]), left, right]),
  Not: (b, left, right) => b.node('Cast', [b.node('Not', [b.node('GreaterOrEqual', [left, right])])], { to: int(7) }),
  Sqrt: (b, left) => {
    const square = b.node('Cast', [b.node('Mul', [left, left])], { to: int(1) })
    return b.node('Cast', [b.node('Sqrt', [square])], { to: int(7) })
  },
  Round: (b, left) => {
    const quarter = b.node('Div', [b.node('Cast', [left], { to: int(1) }), b.constant(4, 'float32')])
    return b.node('Cast', [b.node('Round', [quarter])], { to: int(7) })
  },
  Reverse: (b, left) => b.node('Slice', [left, b.constant([-1]), b.constant([-9]), b.constant([0]), b.constant([-1])]),
  Turn: (b, left) =>
    b.node('Reshape', [
      b.node('Transpose', [b.node('Reshape', [left, b.constant([2, 2])])], { perm: ints([1, 0]) }),
      b.constant([4]),
    ]),
  NonZero: (b, left) => b.node('Squeeze', [b.node('NonZero', [left]), b.constant([0])]),
}

test('of constants are those that onnxruntime computes', async () => {
  await fc.assert(
    fc.asyncProperty(
      list,
      list,
      fc.constantFrom(...Object.keys(STEPS)),
      fc.constantFrom(...Object.keys(STEPS)),
      async (a, b, first, second) => {
        const make = (isConstant: boolean): ModelGraph =>
          build((builder) => {
            const [left, right] = ['a', 'b'].map((name, index) =>
              isConstant
                ? builder.initializer(name, BigInt64Array.from(index === 0 ? a : b, BigInt), [4])
                : builder.input(name, 'int64', [4]),
            )
            const once = STEPS[first]?.(builder, left ?? '', right ?? '') ?? ''
            return first === 'NonZero' ? once : (STEPS[second]?.(builder, once, right ?? '') ?? '')
          })
        const session = await InferenceSession.create(writeOnnx(make(false)), {
          logSeverityLevel: 4,
          intraOpNumThreads: 1,
        })
        const feeds = {
          a: new Tensor('int64', BigInt64Array.from(a, BigInt), [4]),
          b: new Tensor('int64', BigInt64Array.from(b, BigInt), [4]),
        }
        const names = new Set(session.inputNames)
        const results = await session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name))))
        const [output] = Object.values(results)
        await session.release()
        expect(contents(make(true))).toEqual(Array.from((output?.data ?? []) as BigInt64Array, Number))
      },
    ),
    { numRuns: 60 },
  )
})
