/**
 * Turns weights that a file makes when it runs (ConstantOfShape, as in models without their weights) into constants, so that
 * they can be trained.
 */

import type { Initializer, ModelGraph } from '../../graph/graph.js'
import { memoryInitializer } from '../../graph/memory-initializer.js'
import { inferTypes } from '../../operators/infer.js'
import { shapeOf } from '../../operators/known-value.js'
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

/** A model, and which of its constants were made so: they hold nothing that was learned. */
export interface ModelWithConstants {
  readonly model: ModelGraph
  readonly made: ReadonlySet<string>
}

/** @returns the model itself where it makes no weights */
export function withConstantWeights(model: ModelGraph): ModelWithConstants {
  if (!model.main.nodes.some(isMaker)) return { model, made: new Set() }
  const { main: trace } = inferTypes(model)
  const weights = new Map(trace.nodes.flatMap((node) => weightOf(trace, node)).map((weight) => [weight.name, weight]))
  if (weights.size === 0) return { model, made: new Set() }
  const rewritten = rewriteGraph(model, 'weights', (node, emit) => {
    const weight = weights.get(node.outputs[0] ?? '')
    if (weight !== undefined) emit.builder.addInitializer(weight)
    return weight !== undefined
  })
  return { model: rewritten, made: new Set(weights.keys()) }
}

const isMaker = ({ operator, domain }: NodeTrace['node']): boolean => operator === 'ConstantOfShape' && domain === ''

function weightOf(trace: GraphTrace, { node, outputs }: NodeTrace): readonly Initializer[] {
  const name = node.outputs[0] ?? ''
  const shape = shapeOf(outputs[0])
  const isFixed = shape?.every((size): size is number => typeof size === 'number') === true
  if (!isMaker(node) || !isFixed || !isReadAsWeight(trace, name, false)) return []
  const value = node.attributes.get('value')
  const stored = value?.kind === 'tensor' ? value.value : undefined
  if (stored !== undefined && stored.dtype !== 'float32') return []
  const bytes = stored?.data.read()
  const fill = bytes === undefined ? 0 : new DataView(bytes.slice().buffer).getFloat32(0, true)
  const count = shape.reduce((product, size) => product * size, 1)
  return [memoryInitializer(name, new Float32Array(count).fill(fill), shape)]
}

function isReadAsWeight(trace: GraphTrace, value: string, isBehindView: boolean): boolean {
  return trace.nodes.some(({ node: { operator, inputs, outputs } }) =>
    inputs.some((input, position) => {
      if (input !== value) return false
      if (VIEWS.includes(operator)) return position === 0 && isReadAsWeight(trace, outputs[0] ?? '', true)
      return WEIGHT_INPUTS[operator]?.includes(position) === true || (isBehindView && ARITHMETIC.includes(operator))
    }),
  )
}
