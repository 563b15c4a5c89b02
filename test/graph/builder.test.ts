/** Building graphs from code. */
import { describe, expect, test } from 'vitest'
import { float, graphAttribute, ints } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { formatShape, type Shape } from '../../src/graph/dimension.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'

test('nodes come out in the order in which they were added, under unique names', () => {
  const builder = new GraphBuilder('net')
  const x = builder.input('x', 'float32', ['N', 4])
  builder.output(builder.node('Relu', [builder.node('Relu', [x])]))
  const { main } = builder.build()
  expect(main.nodes.map(({ name }) => name)).toEqual(['Relu', 'Relu_1'])
  expect(main.nodes[1]?.inputs).toEqual(main.nodes[0]?.outputs)
})

test('a name in a shape stays a free dimension', () => {
  const builder = new GraphBuilder('net')
  builder.output(builder.input('x', 'float32', ['N', 3]))
  const [input] = builder.build().main.inputs
  expect(input?.type?.kind === 'tensor' && formatShape(input.type.shape as Shape)).toBe('[N, 3]')
})

test('the elements of an initializer are not copied', () => {
  const elements = new Float32Array([1, 2, 3])
  const bytes = memoryInitializer('w', elements, [3]).data.read()
  expect(bytes.buffer).toBe(elements.buffer)
})

test('attributes keep whole numbers and floats apart', () => {
  const builder = new GraphBuilder('net')
  const x = builder.input('x', 'float32', [1, 1, 4, 4])
  builder.output(builder.node('LRN', [x], { alpha: float(1), sizes: ints([1, 2]) }))
  const attributes = builder.build().main.nodes[0]?.attributes
  expect(attributes?.get('alpha')).toEqual({ kind: 'float', value: 1 })
  expect(attributes?.get('sizes')).toEqual({ kind: 'ints', value: [1, 2] })
})

test('a sub-graph sees the values around it', () => {
  const builder = new GraphBuilder('net')
  const x = builder.input('x', 'float32', [2])
  const condition = builder.input('condition', 'bool', [])
  const branch = (name: string) => builder.subgraph(name, (inner) => inner.output(inner.node('Relu', [x])))
  const y = builder.node('If', [condition], {
    then_branch: graphAttribute(branch('then')),
    else_branch: graphAttribute(branch('else')),
  })
  builder.output(y)
  expect(builder.build().main.nodes.map(({ operator }) => operator)).toEqual(['If'])
})

describe('what would be no valid graph is refused', () => {
  test.each<[string, string, (builder: GraphBuilder) => unknown]>([
    ['a value read before it is defined', 'E_GRAPH_ORDER', (b) => b.node('Relu', ['nothing'])],
    ['a value defined twice', 'E_GRAPH_NAME', (b) => b.input('x', 'float32', [1]) && b.input('x', 'float32', [1])],
    [
      'a node name used twice',
      'E_GRAPH_NAME',
      (b) => {
        const x = b.input('x', 'float32', [1])
        return b.node('Relu', [x], {}, { name: 'n' }) && b.node('Relu', [x], {}, { name: 'n' })
      },
    ],
    ['a graph without outputs', 'E_GRAPH_EMPTY', (b) => b.build()],
    [
      'elements that do not fill the shape',
      'E_INITIALIZER_SIZE',
      (b) => b.initializer('w', new Float32Array(3), [2, 2]),
    ],
    ['a negative size', 'E_INITIALIZER_SHAPE', (b) => b.initializer('w', new Float32Array(4), [-2, -2])],
    ['strings under a number type', 'E_INITIALIZER_SIZE', (b) => b.initializer('w', ['a'], [1], { dtype: 'float32' })],
  ])('%s', (_, code, build) => {
    expect(() => build(new GraphBuilder('net'))).toThrow(expect.objectContaining({ code }))
  })
})
