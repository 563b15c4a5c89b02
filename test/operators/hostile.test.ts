/** Rules meet nodes that no exporter writes: they may fail, but never hang, crash or leave the walk. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { float, floats, int, ints, text } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { Attribute, ModelGraph } from '../../src/graph/graph.js'
import { countGraph } from '../../src/operators/count.js'
import { OPERATOR_TABLE } from '../../src/operators/table.js'

const operators = [...OPERATOR_TABLE].flatMap(([domain, family]) =>
  Object.keys(family).map((name) => ({ domain, name })),
)

const NAMES = [
  'axis axes perm kernel_shape strides pads dilations group auto_pad ceil_mode shape split num_outputs keepdims to',
  'blocksize equation starts ends k depth batch_dims direction hidden_size num_heads mode scales output_shape transA',
  'block_size bits N K kv_num_heads q_num_heads size start end',
]
  .join(' ')
  .split(' ')

const whole = fc.oneof(fc.integer({ min: -3, max: 5 }), fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 53, -(2 ** 63)))
const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom<number | string>('N', 'M', 2 ** 40) },
)
const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  whole.map(int),
  fc.double({ noNaN: false }).map(float),
  fc.array(whole, { maxLength: 6 }).map(ints),
  fc.array(fc.double(), { maxLength: 4 }).map(floats),
  fc.constantFrom('SAME_UPPER', 'ij,jk->ik', '...->...', 'NaN', '').map(text),
)
const input = fc.oneof(
  fc.record({
    kind: fc.constant('input' as const),
    dtype: fc.constantFrom('float32' as const, 'int64' as const, 'uint8' as const, 'bool' as const, 'string' as const),
    shape: fc.option(fc.array(size, { maxLength: 5 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('constant' as const), values: fc.array(whole, { maxLength: 6 }) }),
  fc.constant({ kind: 'omitted' as const }),
)

const node = fc.record({
  operator: fc.constantFrom(...operators),
  opset: fc.constantFrom(1, 6, 9, 11, 13, 18, 21, 27),
  inputs: fc.array(input, { maxLength: 7 }),
  attributes: fc.dictionary(fc.constantFrom(...NAMES), attribute, { maxKeys: 5 }),
  outputs: fc.integer({ min: 1, max: 4 }),
})

function modelOf({
  operator,
  opset,
  inputs,
  attributes,
  outputs,
}: typeof node extends fc.Arbitrary<infer T> ? T : never): ModelGraph {
  const builder = new GraphBuilder('net')
  const names = inputs.map((made, index) => {
    if (made.kind === 'omitted') return ''
    if (made.kind === 'input') return builder.input(`x${index}`, made.dtype, made.shape)
    return builder.initializer(`c${index}`, BigInt64Array.from(made.values, BigInt), [made.values.length])
  })
  const { domain, name } = operator
  for (const output of builder.nodeWithOutputs(name, names, attributes, { domain, outputs })) builder.output(output)
  return builder.build({ opset, opsets: domain === '' ? {} : { [domain]: 1 } })
}

test('every operator survives nodes made at random', () => {
  fc.assert(
    fc.property(node, (made) => {
      const { counts, layers } = countGraph(modelOf(made))
      expect(layers).toHaveLength(1)
      for (const figure of [counts.macs, counts.otherOperations, counts.peakActivationBytes]) {
        if (figure !== undefined) expect(figure).toBeGreaterThanOrEqual(0)
      }
    }),
    { numRuns: 2000 },
  )
})
