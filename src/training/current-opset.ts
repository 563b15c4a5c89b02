/**
 * Brings a model to opset 21, so that gradient rules know one form of each operator: settings that were attributes become
 * inputs, Softmax works on one axis, Upsample becomes Resize.
 *
 * @see https://onnx.ai/onnx/operators/
 */
import { UnsupportedError } from '../core/errors.js'
import { int, text } from '../graph/attributes.js'
import type { Attributes } from '../graph/builder.js'
import type { ModelGraph, Node } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { shapeOf } from '../operators/known-value.js'
import type { GraphTrace } from '../operators/trace.js'
import type { Emitter } from './emitter.js'
import { rewriteGraph } from './rewrite.js'

/** The opset of every training graph, unless the model is newer. */
export const TRAINING_OPSET = 21
const OLDEST_OPSET = 7

/**
 * @param bindings - sizes of free input dimensions
 * @throws {UnsupportedError} `E_TRAINING_OPSET` for a model that cannot be brought there
 */
export function toCurrentOpset(model: ModelGraph, bindings: InputBindings = {}): ModelGraph {
  const opset = model.opsets.get('') ?? TRAINING_OPSET
  if (opset < OLDEST_OPSET) throw tooOld(`the model is of opset ${opset}, training knows ${OLDEST_OPSET} and later`)
  if (opset >= TRAINING_OPSET) return model
  const { main } = inferTypes(model, bindings)
  const rewritten = rewriteGraph(model, 'opset', (node, emit) => {
    if (node.domain !== '') return false
    refuseSubgraphs(node)
    const step = STEPS[node.operator]
    if (step === undefined || opset >= step.until) return false
    step.write({ node, emit, trace: main, opset })
    return true
  })
  return { ...rewritten, opsets: new Map([...model.opsets, ['', TRAINING_OPSET]]) }
}

/** A node to be written in its new form. */
interface OldNode {
  readonly node: Node
  readonly emit: Emitter
  readonly trace: GraphTrace
  readonly opset: number
}

/** `until`: the opset that brought the form of today. */
interface Step {
  readonly until: number
  readonly write: (old: OldNode) => void
}

const axesToInput = (old: OldNode): void =>
  replace(old, { drop: ['axes'], inputs: [input(old, 0), wholes(old, 'axes')] })
const REDUCTIONS = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare']

const STEPS: Readonly<Record<string, Step>> = {
  Squeeze: { until: 13, write: axesToInput },
  Unsqueeze: { until: 13, write: axesToInput },
  ReduceSum: { until: 13, write: axesToInput },
  ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, { until: 18, write: axesToInput }])),
  Split: { until: 18, write: split },
  Softmax: { until: 13, write: coercedToRows },
  LogSoftmax: { until: 13, write: coercedToRows },
  Slice: {
    until: 10,
    write: (old) => {
      const settings = ['starts', 'ends', 'axes']
      replace(old, { drop: settings, inputs: [input(old, 0), ...settings.map((name) => wholes(old, name))] })
    },
  },
  Pad: {
    until: 11,
    write: (old) =>
      replace(old, { drop: ['pads', 'value'], inputs: [input(old, 0), wholes(old, 'pads'), number(old, 'value', 0)] }),
  },
  Clip: {
    until: 11,
    write: (old) =>
      replace(old, { drop: ['min', 'max'], inputs: [input(old, 0), number(old, 'min'), number(old, 'max')] }),
  },
  Dropout: {
    until: 12,
    write: (old) => replace(old, { drop: ['ratio'], inputs: [input(old, 0), number(old, 'ratio', 0.5)] }),
  },
  BatchNormalization: { until: 14, write: batchNormalization },
  GroupNormalization: {
    until: 21,
    write: ({ node }) => {
      throw tooOld(`GroupNormalization "${node.name}" is older than opset 21, where it scales groups and not channels`)
    },
  },
  TopK: {
    until: 10,
    write: (old) => replace(old, { drop: ['k'], inputs: [input(old, 0), old.emit.whole([wholeOf(old, 'k', 1)])] }),
  },
  Upsample: { until: 10, write: (old) => nearestFromTheEdge(old, old.opset < 9 ? scalesOf(old) : input(old, 1)) },
  Resize: { until: 11, write: (old) => nearestFromTheEdge(old, input(old, 1)) },
  Scatter: { until: 11, write: (old) => replace(old, { operator: 'ScatterElements' }) },
}

/** Changes to a node. */
interface Changes {
  readonly operator?: string
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly drop?: readonly string[]
  readonly add?: Attributes
}

function replace({ node, emit }: OldNode, changes: Changes): void {
  const kept = [...node.attributes].filter(([name]) => changes.drop?.includes(name) !== true)
  const inputs = [...(changes.inputs ?? node.inputs)]
  while (inputs.at(-1) === '') inputs.pop()
  const attributes = { ...Object.fromEntries(kept), ...changes.add }
  emit.ops(changes.operator ?? node.operator, inputs, changes.outputs ?? node.outputs, attributes)
}

const input = ({ node }: OldNode, index: number): string => node.inputs[index] ?? ''

/** A list as a constant; `''` where the node has none. */
function wholes({ node, emit }: OldNode, name: string): string {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'ints' ? emit.whole(attribute.value) : ''
}

function wholeOf({ node }: OldNode, name: string, fallback: number): number {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'int' ? attribute.value : fallback
}

/** A float32 scalar as a constant; `''` where the node has none and no default. */
function number({ node, emit }: OldNode, name: string, fallback?: number): string {
  const attribute = node.attributes.get(name)
  const value = attribute?.kind === 'float' ? attribute.value : fallback
  return value === undefined ? '' : emit.float(value, 'float32')
}

/** Without sizes the parts are equal, and since opset 18 the node says how many. */
function split(old: OldNode): void {
  const sizes = old.opset < 13 ? wholes(old, 'split') : input(old, 1)
  const add = sizes === '' ? { num_outputs: int(old.node.outputs.length) } : {}
  replace(old, { drop: ['split'], inputs: [input(old, 0), sizes], add })
}

/** Before opset 13 all axes from `axis` on were one. */
function coercedToRows(old: OldNode): void {
  const { node, emit, trace } = old
  const axis = wholeOf(old, 'axis', 1)
  const shape = shapeOf(trace.values.get(input(old, 0)))
  const rest = shape?.slice(axis < 0 ? axis + shape.length + 1 : axis + 1)
  if (axis === -1 || rest?.every((size) => size === 1) === true) {
    replace(old, { add: { axis: int(axis) } })
    return
  }
  const rows = emit.op('Flatten', [input(old, 0)], { axis: int(axis) })
  const result = emit.op(node.operator, [rows], { axis: int(-1) })
  emit.ops('Reshape', [result, emit.op('Shape', [input(old, 0)])], node.outputs)
}

function batchNormalization(old: OldNode): void {
  if (wholeOf(old, 'spatial', 1) === 0) throw tooOld(`BatchNormalization "${old.node.name}" has spatial = 0`)
  replace(old, { drop: ['spatial', 'is_test'], outputs: old.node.outputs.slice(0, 1) })
}

function scalesOf(old: OldNode): string {
  const attribute = old.node.attributes.get('scales')
  const scales = attribute?.kind === 'floats' ? attribute.value : []
  return old.emit.float(scales, 'float32', [scales.length])
}

function nearestFromTheEdge(old: OldNode, scales: string): void {
  replace(old, {
    operator: 'Resize',
    drop: ['scales'],
    inputs: [input(old, 0), '', scales],
    add: { coordinate_transformation_mode: text('asymmetric'), nearest_mode: text('floor') },
  })
}

function refuseSubgraphs({ operator, name, attributes }: Node): void {
  if (![...attributes.values()].some(({ kind }) => kind === 'graph' || kind === 'graphs')) return
  throw tooOld(`${operator} "${name}" has sub-graphs of an opset before ${TRAINING_OPSET}`)
}

function tooOld(message: string): UnsupportedError {
  return new UnsupportedError('E_TRAINING_OPSET', message, {
    hint: `export the model with opset ${TRAINING_OPSET}, or convert it with onnx.version_converter`,
  })
}
