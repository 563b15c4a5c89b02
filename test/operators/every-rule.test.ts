/** Every rule of the table, on inputs that say little: files may be cut, wrong or made to do harm. */
import { describe, expect, test } from 'vitest'
import { GreenbenchError } from '../../src/core/errors.js'
import { type Dimension, symbol } from '../../src/graph/dimension.js'
import type { Attribute, Node, ValueType } from '../../src/graph/graph.js'
import { CostView } from '../../src/operators/cost-view.js'
import { outputsOf } from '../../src/operators/node-output.js'
import { type GraphServices, NodeView } from '../../src/operators/node-view.js'
import type { Cost, KnownValue, OperatorRule } from '../../src/operators/rule.js'
import { NO_COST } from '../../src/operators/shape/cost.js'
import { OPERATOR_TABLE } from '../../src/operators/table.js'
import type { NodeTrace } from '../../src/operators/trace.js'

/** More inputs than any operator but the variadic ones has. */
const INPUTS = 22

const services: Omit<GraphServices, 'opsets'> = {
  argument: () => undefined,
  unknownDimension: (_: unknown, hint: string) => symbol(`${hint}#1`),
  inferSubgraph: () => [],
  assume: () => undefined,
} as unknown as Omit<GraphServices, 'opsets'>

const tensorOf = (dtype: 'float32' | 'int64', shape: readonly Dimension[] | undefined): ValueType => ({
  kind: 'tensor',
  dtype,
  shape,
})

/** What all inputs are; `undefined` leaves them all out. */
const WORLDS: Readonly<Record<string, KnownValue | undefined>> = {
  'no inputs': undefined,
  'inputs of no known kind': { type: undefined },
  'tensors of no known rank': { type: tensorOf('float32', undefined) },
  scalars: { type: tensorOf('float32', []) },
  'scalars that are 0': { type: tensorOf('int64', []), elements: [0] },
  'vectors of a free length': { type: tensorOf('float32', [symbol('n')]) },
  'lists of negative numbers': { type: tensorOf('int64', [4]), elements: [-1, -2, -3, -4] },
  'empty lists': { type: tensorOf('int64', [0]), elements: [] },
  'matrices without elements': { type: tensorOf('float32', [0, 0]) },
  'images of free sizes': { type: tensorOf('float32', [symbol('n'), symbol('c'), symbol('h'), symbol('w')]) },
  'images of fixed sizes': { type: tensorOf('float32', [2, 3, 8, 8]) },
  'tensors of seven axes': { type: tensorOf('float32', [1, 2, 3, 4, 5, 6, 7]) },
  'sequences of nothing known': { type: { kind: 'sequence', element: undefined } },
  strings: { type: { kind: 'tensor', dtype: 'string', shape: [2] }, elements: ['a', 'b'] },
}

/** @returns every attribute as the same value, whatever its name */
const everyAttribute = (value: Attribute | undefined) =>
  ({ get: () => value, has: () => value !== undefined }) as unknown as Node['attributes']

const ATTRIBUTES: Readonly<Record<string, Attribute | undefined>> = {
  'no attributes': undefined,
  'attributes of 0': { kind: 'int', value: 0 },
  'attributes that are negative': { kind: 'int', value: -7 },
  'empty lists of attributes': { kind: 'ints', value: [] },
  'texts as attributes': { kind: 'string', value: 'nonsense' },
}

/** @returns what the rule stumbles over; a refusal in greenbench's own words is an answer, like sizes are */
function stumble(rule: OperatorRule, node: Node, value: KnownValue | undefined, opset: number): string | undefined {
  const inputs = node.inputs.map(() => value)
  const context = new NodeView(node, 'node', inputs, { ...services, opsets: new Map([[node.domain, opset]]) })
  const name = `${node.domain}::${node.operator} of opset ${opset}`
  try {
    const cost = costOf(rule, {
      node,
      path: 'node',
      inputs,
      outputs: outputsOf(rule, context),
      context,
      subgraphs: new Map(),
    })
    return Number.isFinite(cost.macs + cost.other) || Number.isNaN(cost.macs + cost.other)
      ? undefined
      : `${name}: without end`
  } catch (error) {
    return error instanceof GreenbenchError ? undefined : `${name}: ${error}`
  }
}

function costOf({ cost }: OperatorRule, trace: NodeTrace): Cost {
  return cost === 'free' ? NO_COST : cost(new CostView(trace, () => NO_COST))
}

const rules = [...OPERATOR_TABLE].flatMap(([domain, family]) =>
  Object.entries(family).map(([operator, rule]) => ({ domain, operator, rule })),
)

describe.each(Object.entries(WORLDS))('%s', (_, value) => {
  test.each(Object.entries(ATTRIBUTES))(
    'and %s are met with sizes and a cost, or with a refusal, by every rule',
    (_, attribute) => {
      const attributes = everyAttribute(attribute)
      const inputs = Array.from({ length: value === undefined ? 0 : INPUTS }, (_, index) => `x${index}`)
      const stumbles = rules.flatMap(({ domain, operator, rule }) => {
        const node: Node = { name: operator, operator, domain, inputs, outputs: ['y'], attributes }
        return [1, 9, 13, 27].flatMap((opset) => stumble(rule, node, value, opset) ?? [])
      })
      expect(stumbles).toEqual([])
    },
  )
})
