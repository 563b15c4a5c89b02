/** Turns a graph into a plan for inputs of given sizes, or names what TensorFlow.js cannot run of it. */
import { UnsupportedError } from '../../core/errors.js'
import type { Initializer, ModelGraph } from '../../graph/graph.js'
import { inferTypes } from '../../operators/infer.js'
import { dtypeOf, numbersOf, shapeOf } from '../../operators/known-value.js'
import type { KnownValue } from '../../operators/rule.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'
import { tfjsType } from './elements.js'
import type { TfjsLibrary } from './library.js'
import { OperatorCall, type PlanContext } from './operator-call.js'
import { OPERATOR_PLANS } from './operators/table.js'
import type { Plan, PlannedOutput, PlannedValue } from './plan.js'
import type { PlanBuilder } from './plan-builder.js'

/** Names that a message lists before it says how many more there are. */
const MOST_NAMES = 4

/** What runs of a model: the rest is known before the run, or nothing reads it. */
interface LiveGraph {
  readonly trace: GraphTrace
  readonly nodes: readonly NodeTrace[]
}

/**
 * @param engine - for the message
 * @throws {UnsupportedError} `E_OPERATOR_UNSUPPORTED` that names the operators and nodes that cannot run, before any does
 */
export function refuseUnknownOperators(
  engine: string,
  graph: ModelGraph,
  batchSize: number | undefined,
  { tf, backend }: TfjsLibrary,
): void {
  const { nodes } = liveGraph(graph, inferTypes(graph, batchSize === undefined ? {} : { batchSize }).main)
  const unknown = nodes.filter(({ node }) => !Object.hasOwn(OPERATOR_PLANS, key(node)))
  if (unknown.length > 0) throw refusal(`${engine} cannot run`, unknown, ({ node }) => key(node))
  const kernelOf = ({ node }: NodeTrace) =>
    OPERATOR_PLANS[key(node)]?.kernels.find((name) => tf.getKernel(name, backend) === undefined)
  const lacking = nodes.filter((trace) => kernelOf(trace) !== undefined)
  if (lacking.length === 0) return
  throw refusal(
    `the backend of ${engine} lacks the kernel of`,
    lacking,
    (trace) => `${key(trace.node)} (${kernelOf(trace)})`,
  )
}

/**
 * @param shapes - of all inputs
 * @throws {UnsupportedError} `E_OPERATOR_UNSUPPORTED` for settings of an operator that TensorFlow.js has not
 */
export function compilePlan(
  graph: ModelGraph,
  shapes: ReadonlyMap<string, readonly number[]>,
  builder: PlanBuilder,
): Plan {
  const { main } = inferTypes(graph, { inputShapes: shapes })
  const { nodes } = liveGraph(graph, main)
  const context = contextOf(graph, nodes, builder)
  for (const { name } of graph.main.inputs) context.values.set(name, builder.input(name, shapes.get(name) ?? []))
  for (const trace of nodes) {
    if (!context.absorbed.has(trace)) planNode(new OperatorCall(trace, context))
  }
  return builder.build(graph.main.outputs.map(({ name }) => outputOf(name, main, context)))
}

function planNode(call: OperatorCall): void {
  const operator = OPERATOR_PLANS[key(call.trace.node)]
  if (operator === undefined) throw call.refusal('TensorFlow.js has no such operator')
  operator.plan(call)
}

const key = ({ domain, operator }: NodeTrace['node']): string => (domain === '' ? operator : `${domain}.${operator}`)

function contextOf(graph: ModelGraph, nodes: readonly NodeTrace[], builder: PlanBuilder): PlanContext {
  const readers = new Map<string, NodeTrace[]>()
  for (const trace of nodes) {
    for (const name of new Set(trace.node.inputs)) readers.set(name, [...(readers.get(name) ?? []), trace])
  }
  const outputs = new Set(graph.main.outputs.map(({ name }) => name))
  return {
    builder,
    initializers: constantsOf(graph, nodes),
    values: new Map<string, PlannedValue>(),
    absorbed: new Set(),
    soleReader: (name) => {
      const list = readers.get(name)
      return list?.length === 1 && !outputs.has(name) ? list[0] : undefined
    },
  }
}

/** Weights may also stand in Constant nodes. */
function constantsOf(graph: ModelGraph, nodes: readonly NodeTrace[]): ReadonlyMap<string, Initializer> {
  const constants = new Map(graph.main.initializers)
  for (const { node } of nodes) {
    const value = node.operator === 'Constant' ? node.attributes.get('value') : undefined
    if (value?.kind === 'tensor') constants.set(node.outputs[0] ?? '', value.value)
  }
  return constants
}

function liveGraph(graph: ModelGraph, trace: GraphTrace): LiveGraph {
  const wanted = new Set(graph.main.outputs.map(({ name }) => name))
  const nodes: NodeTrace[] = []
  for (const node of trace.nodes.toReversed()) {
    const isRead = node.node.outputs.some((name) => wanted.has(name))
    if (!isRead || isKnown(node)) continue
    nodes.push(node)
    for (const name of node.node.inputs) wanted.add(name)
  }
  return { trace, nodes: nodes.reverse() }
}

/** Shape arithmetic has been done by the inference of types; what free sizes leave open is known once they are fixed. */
function isKnown({ outputs }: NodeTrace): boolean {
  return outputs.every((output) => output === undefined || output.elements !== undefined)
}

function outputOf(name: string, trace: GraphTrace, { builder, values }: PlanContext): PlannedOutput {
  const known = trace.values.get(name)
  const dtype = dtypeOf(known) ?? 'float32'
  const value = values.get(name) ?? knownOutput(name, known, builder)
  return { name, slot: builder.as('plain', value).slot, dtype, shape: value.shape }
}

/** An output that depends on the sizes of the inputs alone. */
function knownOutput(name: string, known: KnownValue | undefined, builder: PlanBuilder): PlannedValue {
  const [numbers, shape] = [numbersOf(known), shapeOf(known)]
  if (numbers === undefined || shape?.every((size) => typeof size === 'number') !== true) {
    throw new UnsupportedError('E_OPERATOR_UNSUPPORTED', `output ${name} has no value`, {
      hint: 'use --engine onnxruntime',
    })
  }
  const sizes = shape as number[]
  const type = tfjsType(dtypeOf(known) ?? 'float32', `output ${name}`)
  return builder.constant(`${name}=${sizes}:${numbers}`, sizes, () => builder.tf.tensor([...numbers], sizes, type))
}

function refusal(start: string, nodes: readonly NodeTrace[], nameOf: (trace: NodeTrace) => string): UnsupportedError {
  const firsts = [...new Map(nodes.map((trace) => [nameOf(trace), trace]))]
  const shown = firsts.slice(0, MOST_NAMES).map(([name, { path }]) => `${name} (node ${JSON.stringify(path)})`)
  const more = firsts.length > MOST_NAMES ? ` and ${firsts.length - MOST_NAMES} more` : ''
  return new UnsupportedError('E_OPERATOR_UNSUPPORTED', `${start} ${shown.join(', ')}${more}`, {
    hint: 'use --engine onnxruntime, which runs every operator',
  })
}
