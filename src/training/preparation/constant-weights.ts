/**
 * Turns weights that are nodes into constants of the graph, so that they can be trained: Constant, as some exporters write them,
 * and ConstantOfShape, as in models that are passed on without their weights.
 */

import { isFloat } from '../../graph/data-type.js'
import type { Initializer, ModelGraph } from '../../graph/graph.js'
import { memoryInitializer } from '../../graph/memory-initializer.js'
import { inferTypes } from '../../operators/infer.js'
import { shapeOf } from '../../operators/known-value.js'
import { isNeutralConstant } from '../../operators/neutral-constant.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'
import { rewriteGraph } from '../rewrite.js'

/** Inputs that hold weights, by operator; others are states, fill values and the like. */
const WEIGHT_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  BatchNormalization: [1, 2, 3, 4],
  InstanceNormalization: [1, 2],
  PRelu: [1],
}
/** Nodes that hand weights on. */
const VIEWS = ['Reshape', 'Unsqueeze', 'Squeeze', 'Transpose', 'Identity']
/** Arithmetic with a value of a channel each: only behind a view, where exporters put scales and shifts. */
const ARITHMETIC = ['Mul', 'Add', 'Sub', 'Div']

/** A model with its weights as constants. */
export interface ModelWithConstants {
  readonly model: ModelGraph
  /** Those that the file makes when it runs: they hold nothing that was learned. */
  readonly made: ReadonlySet<string>
}

/** @returns the model itself where no weight is a node */
export function withConstantWeights(model: ModelGraph): ModelWithConstants {
  if (!model.main.nodes.some(isMaker)) return { model, made: new Set() }
  const { main: trace } = inferTypes(model)
  const readers = readersOf(trace)
  const weights = new Map(trace.nodes.flatMap((node) => weightOf(readers, node)).map((weight) => [weight.name, weight]))
  if (weights.size === 0) return { model, made: new Set() }
  const rewritten = rewriteGraph(model, 'weights', (node, emit) => {
    const weight = weights.get(node.outputs[0] ?? '')
    if (weight !== undefined) emit.builder.addInitializer(weight)
    return weight !== undefined
  })
  const made = trace.nodes.flatMap(({ node }) => (node.operator === 'ConstantOfShape' ? node.outputs : []))
  return { model: rewritten, made: new Set(made.filter((name) => weights.has(name))) }
}

const isMaker = ({ operator, domain }: NodeTrace['node']): boolean =>
  domain === '' && (operator === 'ConstantOfShape' || operator === 'Constant')

function weightOf(readers: Readers, { node, outputs }: NodeTrace): readonly Initializer[] {
  const name = node.outputs[0] ?? ''
  const shape = shapeOf(outputs[0])
  const isFixed = shape?.every((size): size is number => typeof size === 'number') === true
  if (!isMaker(node) || !isFixed || !isReadAsWeight(readers, name)) return []
  const value = node.attributes.get('value')
  const stored = value?.kind === 'tensor' ? value.value : undefined
  if (node.operator === 'Constant') {
    if (stored === undefined || !isFloat(stored.dtype) || isMadeUp(readers, stored, name)) return []
    return [{ ...stored, name }]
  }
  return stored === undefined || stored.dtype === 'float32' ? [filled(name, shape, stored)] : []
}

function isMadeUp(readers: Readers, stored: Initializer, name: string): boolean {
  const all = readers.get(name) ?? []
  return all.every(({ operator, position }) => isNeutralConstant(operator, position, name, stored))
}

function filled(name: string, shape: readonly number[], stored: Initializer | undefined): Initializer {
  const bytes = stored?.data.read()
  const fill = bytes === undefined ? 0 : new DataView(bytes.slice().buffer).getFloat32(0, true)
  const count = shape.reduce((product, size) => product * size, 1)
  return memoryInitializer(name, new Float32Array(count).fill(fill), shape)
}

interface Reader {
  readonly operator: string
  readonly position: number
  readonly output: string
}

type Readers = ReadonlyMap<string, readonly Reader[]>

function readersOf({ nodes }: GraphTrace): Readers {
  const readers = new Map<string, Reader[]>()
  for (const { node } of nodes) {
    for (const [position, input] of node.inputs.entries()) {
      const reader = { operator: node.operator, position, output: node.outputs[0] ?? '' }
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [reader])
      else known.push(reader)
    }
  }
  return readers
}

function isReadAsWeight(readers: Readers, value: string, isBehindView = false): boolean {
  return (readers.get(value) ?? []).some(({ operator, position, output }) => {
    if (VIEWS.includes(operator)) return position === 0 && isReadAsWeight(readers, output, true)
    return WEIGHT_INPUTS[operator]?.includes(position) === true || (isBehindView && ARITHMETIC.includes(operator))
  })
}
