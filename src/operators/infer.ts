/**
 * Walks a model in the order of its nodes and finds the type of every value before the run.
 *
 * A rule that is missing or fails never ends the walk: the file's own annotation takes its place, and the trace says so.
 *
 * @see https://onnx.ai/onnx/repo-docs/ShapeInference.html
 */
import { UnsupportedError } from '../core/errors.js'
import { type Dimension, symbol } from '../graph/dimension.js'
import {
  type Attribute,
  type FunctionDefinition,
  functionKey,
  type Graph,
  type ModelGraph,
  type Node,
  type ValueInfo,
} from '../graph/graph.js'
import { withAnnotation } from './annotation.js'
import { bindInputs, type InputBindings, substituteType } from './bindings.js'
import { isComputedFromConstants, outputsOf, settle } from './node-output.js'
import { type GraphServices, NodeView } from './node-view.js'
import type { KnownValue, OperatorFamily, OperatorRule } from './rule.js'
import { Scope } from './scope.js'
import { findRule, OPERATOR_TABLE } from './table.js'
import type { GraphTrace, InferredModel, NodeTrace } from './trace.js'

/** Nodes looked at in one walk, function bodies and sub-graphs each time; real models stay far below. */
const MAX_VISITS = 200_000
/** Sub-graphs and function calls inside each other. */
const MAX_DEPTH = 48

/** What holds for the whole walk. */
interface Walk {
  readonly model: ModelGraph
  readonly rules: ReadonlyMap<string, OperatorFamily>
  readonly names: ReadonlyMap<string, Dimension>
  readonly assumptions: Set<string>
  readonly unknown: Set<string>
  readonly limits: Map<string, Dimension>
  /** Sub-graphs that the rule of the node at hand has looked into. */
  readonly subgraphs: Map<Node, Map<Graph, GraphTrace>>
  visits: number
}

/** What holds for one graph, sub-graph or function body. */
interface Frame {
  readonly scope: Scope
  readonly path: string
  readonly depth: number
  /** Keys of the functions around, outermost first. */
  readonly callers: readonly string[]
  readonly services: GraphServices
}

/** A limit was met: unlike a rule's failure this ends the walk. */
class LimitError extends UnsupportedError {}

const SIMPLER = { hint: 'write the model with fewer and shorter functions, loops and branches' }

/**
 * @param bindings - sizes of free input dimensions; what is not bound stays symbolic
 * @param rules - operators by domain; the predefined table when left out
 * @throws {UsageError} when a binding does not fit the model
 * @throws {UnsupportedError} `E_FUNCTION_RECURSION`, `E_GRAPH_TOO_DEEP`, `E_GRAPH_TOO_LARGE` for files that never end
 */
export function inferTypes(
  model: ModelGraph,
  bindings: InputBindings = {},
  rules: ReadonlyMap<string, OperatorFamily> = OPERATOR_TABLE,
): InferredModel {
  const bound = bindInputs(model.main.inputs, bindings)
  const assumptions = new Set(bound.assumptions)
  const walk: Walk = {
    model,
    rules,
    names: bound.names,
    assumptions,
    unknown: new Set(),
    limits: new Map(),
    subgraphs: new Map(),
    visits: 0,
  }
  const scope = new Scope(model.main.initializers)
  for (const [name, type] of bound.types) scope.set(name, { type })
  const frame = frameOf(walk, { scope, path: '', depth: 0, callers: [] }, model.opsets, () => undefined)
  return { main: walkGraph(walk, model.main, frame), assumptions, limits: walk.limits, batchSize: bound.batchSize }
}

function frameOf(
  walk: Walk,
  place: Omit<Frame, 'services'>,
  opsets: ReadonlyMap<string, number>,
  argument: GraphServices['argument'],
): Frame {
  const services: GraphServices = {
    opsets,
    argument,
    unknownDimension: (hint, atMost) => unknownDimension(walk, hint, atMost),
    inferSubgraph: (view, graph, values) => walkSubgraph(walk, frame, view, graph, values),
    assume: (text) => walk.assumptions.add(text),
  }
  const frame = { ...place, services }
  return frame
}

function walkGraph(walk: Walk, graph: Graph, frame: Frame): GraphTrace {
  const { scope } = frame
  const hints = hintsOf(graph)
  const nodes = graph.nodes.map((node, index) => walkNode(walk, node, index, frame, hints))
  const outputs = graph.outputs.map(({ name }) => name)
  for (const name of outputs) scope.get(name)
  const names = graph.inputs.map(({ name }) => name)
  return { nodes, inputs: inputsOf(scope, names), outputs, initializers: graph.initializers, values: scope.values }
}

function inputsOf(scope: Scope, names: readonly string[]): ReadonlyMap<string, KnownValue> {
  return new Map(names.map((name) => [name, scope.values.get(name) ?? NOTHING_KNOWN]))
}

type Hints = (name: string) => ValueInfo | undefined

function hintsOf(graph: Graph): Hints {
  const outputs = new Map(graph.outputs.map((output) => [output.name, output]))
  return (name) => outputs.get(name) ?? graph.valueInfos.get(name)
}

function walkNode(walk: Walk, node: Node, index: number, frame: Frame, hints: Hints): NodeTrace {
  walk.visits += 1
  if (walk.visits > MAX_VISITS) {
    throw new LimitError('E_GRAPH_TOO_LARGE', `the model unfolds to more than ${MAX_VISITS} nodes`, SIMPLER)
  }
  const inputs = node.inputs.map((name) => (name === '' ? undefined : (frame.scope.get(name) ?? NOTHING_KNOWN)))
  const name = node.name || node.outputs.find((output) => output !== '') || `${node.operator}_${index}`
  const context = new NodeView(node, frame.path === '' ? name : `${frame.path}${name}`, inputs, frame.services)
  const found = look(walk, context, frame)
  const isConstant = isComputedFromConstants(node, inputs)
  const outputs = node.outputs.map((output, position) => {
    if (output === '') return undefined
    const hint = () => substituteType(hints(output)?.type, walk.names)
    const value = settle(
      withAnnotation(found.outputs[position], hint, (size) => isUnknown(walk, size)),
      isConstant,
    )
    frame.scope.set(output, value)
    return value
  })
  const { rule, failure, body } = found
  const subgraphs = walk.subgraphs.get(node) ?? NO_SUBGRAPHS
  walk.subgraphs.delete(node)
  return { node, path: context.path, inputs, outputs, context, rule, failure, body, subgraphs }
}

/** What was found of a node's outputs, and how. */
interface Found {
  readonly outputs: readonly (KnownValue | undefined)[]
  readonly rule?: OperatorRule | undefined
  readonly failure?: string | undefined
  readonly body?: GraphTrace | undefined
}

const NOTHING_KNOWN: KnownValue = { type: undefined }
const NO_SUBGRAPHS: ReadonlyMap<Graph, GraphTrace> = new Map()

/** A function of the file comes before the rule of the same name: the file says what it means. */
function look(walk: Walk, context: NodeView, frame: Frame): Found {
  const { node } = context
  const { functions } = walk.model
  const definition =
    functions.size === 0 ? undefined : functions.get(functionKey(node.domain, node.operator, node.overload))
  if (definition !== undefined) return callFunction(walk, definition, context, frame)
  const rule = findRule(walk.rules, node.domain, node.operator)
  return rule === undefined ? { outputs: [] } : applyRule(rule, context)
}

function applyRule(rule: OperatorRule, context: NodeView): Found {
  try {
    return { outputs: outputsOf(rule, context), rule }
  } catch (error) {
    if (error instanceof LimitError) throw error
    return { outputs: [], rule, failure: error instanceof Error ? error.message : String(error) }
  }
}

function walkSubgraph(
  walk: Walk,
  around: Frame,
  view: NodeView,
  graph: Graph,
  values: readonly (KnownValue | undefined)[],
): readonly KnownValue[] {
  const scope = new Scope(graph.initializers, around.scope)
  const place = { ...deeper(around), scope, path: `${view.path}/` }
  const frame = frameOf(walk, place, around.services.opsets, around.services.argument)
  for (const [index, { name, type }] of graph.inputs.entries()) {
    const hint = () => substituteType(type, walk.names)
    scope.set(
      name,
      withAnnotation(values[index], hint, (size) => isUnknown(walk, size)),
    )
  }
  const trace = walkGraph(walk, graph, frame)
  const traces = walk.subgraphs.get(view.node) ?? new Map<Graph, GraphTrace>()
  walk.subgraphs.set(view.node, traces.set(graph, trace))
  return trace.outputs.map((name) => scope.get(name) ?? NOTHING_KNOWN)
}

function callFunction(walk: Walk, definition: FunctionDefinition, view: NodeView, around: Frame): Found {
  const key = functionKey(definition.domain, definition.name, definition.overload)
  const callers = [...around.callers, key]
  if (around.callers.includes(key)) {
    throw new LimitError('E_FUNCTION_RECURSION', `function ${key} calls itself: ${callers.join(' -> ')}`, SIMPLER)
  }
  const scope = new Scope(new Map())
  for (const [index, name] of definition.inputs.entries()) {
    const value = view.inputs[index]
    if (value !== undefined) scope.set(name, value)
  }
  const place = { ...deeper(around), scope, path: `${view.path}/`, callers }
  const frame = frameOf(walk, place, definition.opsets, (name) => argumentOf(definition, view, name))
  const nodes = definition.nodes.map((inner, index) => walkNode(walk, inner, index, frame, () => undefined))
  const { outputs } = definition
  const inputs = inputsOf(scope, definition.inputs)
  const body = { nodes, inputs, outputs, initializers: new Map(), values: scope.values }
  return { body, outputs: outputs.map((name) => scope.get(name)) }
}

function argumentOf(definition: FunctionDefinition, view: NodeView, name: string): Attribute | undefined {
  return view.attribute(name) ?? definition.attributeDefaults.get(name)
}

function deeper(frame: Frame): Frame {
  if (frame.depth < MAX_DEPTH) return { ...frame, depth: frame.depth + 1 }
  throw new LimitError('E_GRAPH_TOO_DEEP', `sub-graphs and functions nest more than ${MAX_DEPTH} deep`, SIMPLER)
}

function unknownDimension(walk: Walk, hint: string, atMost: Dimension | undefined): Dimension {
  const name = `${hint}#${walk.unknown.size + 1}`
  const size = symbol(name)
  walk.unknown.add(size.text)
  if (atMost !== undefined) walk.limits.set(name, atMost)
  return size
}

function isUnknown(walk: Walk, size: Dimension): boolean {
  return typeof size === 'object' && walk.unknown.has(size.text)
}
