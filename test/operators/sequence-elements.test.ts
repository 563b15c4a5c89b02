/** What runs over the elements of sequences, the memory they take, and optionals. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { graphAttribute, int } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { formatShape } from '../../src/graph/dimension.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { countGraph } from '../../src/operators/count.js'
import { inferTypes } from '../../src/operators/infer.js'
import { shapeOf } from '../../src/operators/known-value.js'

/** Splits `x` `[6, 4]`, goes on with `build`, and gives what greenbench and onnxruntime say of the result. */
async function splitAndThen(
  build: (builder: GraphBuilder, parts: string) => string,
  size: number,
): Promise<{ inferred: string; observed: string; graph: ModelGraph }> {
  const builder = new GraphBuilder('sequence')
  const x = builder.input('x', 'float32', [6, 4])
  builder.output(build(builder, builder.node('SplitToSequence', [x, builder.constant(size)], { axis: int(0) })))
  const graph = builder.build({ opset: 18 })
  const { main } = inferTypes(graph)
  const session = await InferenceSession.create(writeOnnx(graph), { graphOptimizationLevel: 'disabled' })
  const results = await session.run({ x: new Tensor('float32', new Float32Array(24), [6, 4]) })
  await session.release()
  const [name = ''] = main.outputs
  const shape = shapeOf(main.values.get(name))
  return {
    inferred: shape === undefined ? '?' : formatShape(shape),
    observed: `[${results[name]?.dims.join(', ')}]`,
    graph,
  }
}

test('a map runs its body once for every element: 3 parts of 2 * 4 elements', async () => {
  const { inferred, observed, graph } = await splitAndThen((builder, parts) => {
    const body = builder.subgraph('body', (inner) => {
      inner.output(inner.node('Relu', [inner.input('element', 'float32', [2, 4])]), 'float32', [2, 4])
    })
    const mapped = builder.node('SequenceMap', [parts], { body: graphAttribute(body) })
    return builder.node('ConcatFromSequence', [mapped], { axis: int(0) })
  }, 2)
  expect(inferred).toBe(observed)
  expect(countGraph(graph).counts.otherOperations).toBe(24)
})

test('memory of a sequence is that of its elements', async () => {
  const { graph } = await splitAndThen(
    (builder, parts) => builder.node('ConcatFromSequence', [parts], { axis: int(0) }),
    2,
  )
  // Input, sequence and result, 96 bytes each.
  expect(countGraph(graph).counts.peakActivationBytes).toBe(288)
})

test('an empty sequence that a loop fills is not taken to stay empty', () => {
  const builder = new GraphBuilder('loop')
  const x = builder.input('x', 'float32', [2])
  const empty = builder.node('SequenceEmpty', [])
  const body = builder.subgraph('body', (inner) => {
    inner.input('i', 'int64', [])
    const condition = inner.input('go', 'bool', [])
    const before = inner.inputOfType('before', { kind: 'sequence', element: undefined })
    inner.output(inner.node('Identity', [condition]))
    inner.output(inner.node('SequenceInsert', [before, x]))
  })
  const trips = builder.input('trips', 'int64', [])
  const filled = builder.node('Loop', [trips, '', empty], { body: graphAttribute(body) })
  const length = builder.node('SequenceLength', [filled])
  builder.output(length)
  const [element] = inferTypes(builder.build()).main.values.get(length)?.elements ?? []
  expect(typeof element).toBe('object')
})

test('an optional holds its element, and a bare tensor is there', () => {
  const builder = new GraphBuilder('optional')
  const x = builder.input('x', 'float32', [2, 3])
  const content = builder.node('OptionalGetElement', [builder.node('Optional', [x])])
  const there = builder.node('OptionalHasElement', [x])
  builder.output(content).output(there)
  const { values } = inferTypes(builder.build({ opset: 18 })).main
  expect(shapeOf(values.get(content))).toEqual([2, 3])
  expect(values.get(there)?.elements).toEqual([1])
})
