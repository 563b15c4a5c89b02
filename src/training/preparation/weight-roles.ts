/** Tells what a weight is for: that decides which random values it starts from. */
import { shapeOf } from '../../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'

/**
 * - `filter`: of a convolution, `fanIn` inputs for each of its outputs
 * - `product`: of a matrix product
 * - `state`: of a recurrent layer with `units` units
 * - `table`: rows that are looked up or added, e.g. positions
 * - `factor`, `summand`, `slope`: of normalisations, biases, PRelu
 * - `other`: kept as it is in the file
 */
export type WeightRole =
  | { readonly kind: 'filter'; readonly fanIn: number }
  | { readonly kind: 'product'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'state'; readonly units: number }
  | { readonly kind: 'table' | 'factor' | 'summand' | 'slope' | 'other' }

/** @returns what each constant is for, by the first operator that computes with it */
export function weightRoles(trace: GraphTrace): ReadonlyMap<string, WeightRole> {
  const roles = new Map<string, WeightRole>()
  const origins = new Map([...trace.initializers.keys()].map((name) => [name, name]))
  for (const node of trace.nodes) {
    for (const [position, value] of node.node.inputs.entries()) {
      const origin = origins.get(value)
      if (origin === undefined) continue
      if (VIEWS.has(node.node.operator) && position === 0) {
        for (const output of node.node.outputs) origins.set(output, origin)
      } else if (!roles.has(origin)) {
        roles.set(origin, roleOf(node, position))
      }
    }
  }
  return roles
}

const VIEWS = new Set([
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Transpose',
  'Identity',
  'Slice',
  'Split',
  'Expand',
  'Flatten',
])
const NORMALIZATIONS = new Set(
  'BatchNormalization InstanceNormalization LayerNormalization GroupNormalization RMSNormalization'.split(' '),
)
const RECURRENT = new Set(['LSTM', 'GRU', 'RNN'])
const OTHER: WeightRole = { kind: 'other' }
const SUMMAND: WeightRole = { kind: 'summand' }

function roleOf(trace: NodeTrace, position: number): WeightRole {
  const { operator } = trace.node
  const shape = (shapeOf(trace.inputs[position]) ?? []).map(Number)
  if (operator === 'Conv' || operator === 'ConvTranspose') return position === 1 ? filterRole(trace, shape) : SUMMAND
  if (operator === 'Gemm' && position === 2) return SUMMAND
  if (operator === 'Gemm' || operator === 'MatMul') return productRole(shape)
  if (NORMALIZATIONS.has(operator)) return { kind: position === 1 || position === 4 ? 'factor' : 'summand' }
  if (RECURRENT.has(operator)) return recurrentRole(trace, position)
  if (operator === 'PRelu') return { kind: 'slope' }
  return elementwiseRole(operator, shape)
}

function filterRole({ node, context }: NodeTrace, shape: readonly number[]): WeightRole {
  const [first = 1, second = 1, ...kernel] = shape
  const inputs = node.operator === 'Conv' ? second : first / context.int('group', 1)
  return { kind: 'filter', fanIn: kernel.reduce((product, size) => product * size, inputs) }
}

function productRole(shape: readonly number[]): WeightRole {
  const [rows = 1, columns = 1] = shape.slice(-2)
  return { kind: 'product', fanIn: rows, fanOut: columns }
}

/** Biases of 0, as in Keras. */
function recurrentRole({ context }: NodeTrace, position: number): WeightRole {
  return position <= 2 ? { kind: 'state', units: context.int('hidden_size', 1) } : SUMMAND
}

function elementwiseRole(operator: string, shape: readonly number[]): WeightRole {
  const isTable = shape.filter((size) => size > 1).length > 1
  if (operator === 'Mul' || operator === 'Div') return isTable ? OTHER : { kind: 'factor' }
  if (operator === 'Add' || operator === 'Sub') return isTable ? { kind: 'table' } : SUMMAND
  return operator === 'Gather' || operator === 'Concat' ? { kind: 'table' } : OTHER
}
