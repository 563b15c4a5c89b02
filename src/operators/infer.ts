/**
 * Walks a model in the order of its nodes and finds the type of every value before the run.
 *
 * A rule that is missing or fails never ends the walk: the file's own annotation takes its place, and the trace says so.
 *
 * @see https://onnx.ai/onnx/repo-docs/ShapeInference.html
 */
import { UnsupportedError } from '../core/errors.js'
import { type Dimension, product, symbol } from '../graph/dimension.js'
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
import { shapeOf } from './known-value.js'
import { NodeView } from './node-view.js'
import { type KnownValue, MAX_KNOWN_ELEMENTS, type OperatorFamily, type OperatorRule } from './rule.js'
import { Scope } from './scope.js'
import { findRule, NEWEST_OPSET, OPERATOR_TABLE } from './table.js'
import type { GraphTrace, InferredModel, NodeTrace } from './trace.js'

/** Nodes looked at in one walk, function bodies and sub-graphs each time; real models stay far below. */
const MAX_VISITS = 500_000
/** Sub-graphs and function calls inside each other. */
const MAX_DEPTH = 48

/** What holds for the whole walk. */
interface Walk {
  readonly model: ModelGraph
  readonly rules: ReadonlyMap<string, OperatorFamily>
  readonly names: ReadonlyMap<string, Dimension>
  readonly assumptions: Set<string>
  readonly unknown: Set<string>
  visits: number
}

/** What holds for one graph, sub-graph or function body. */
interface Frame {
  readonly scope: Scope
  readonly opsets: ReadonlyMap<string, number>
  readonly path: string
  readonly depth: number
  /** Keys of the functions around, outermost first. */
  readonly callers: readonly string[]
  readonly argument: (name: string) => Attribute | undefined
}

/** A limit was met: unlike a rule's failure this ends the walk. */
class LimitError extends UnsupportedError {}

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
): InferredModel & { readonly batchSize: number | undefined } {
  const bound = bindInputs(model.main.inputs, bindings)
  const assumptions = new Set(bound.assumptions)
  const walk: Walk = { model, rules, names: bound.names, assumptions, unknown: new Set(), visits: 0 }
  const scope = new Scope(model.main.initializers)
  for (const [name, type] of bound.types) scope.set(name, { type })
  const frame: Frame = { scope, opsets: model.opsets, path: '', depth: 0, callers: [], argument: () => undefined }
  return { main: walkGraph(walk, model.main, frame), assumptions, batchSize: bound.batchSize }
}

function walkGraph(walk: Walk, graph: Graph, frame: Frame): GraphTrace {
  const { scope } = frame
  const hints = hintsOf(graph)
  const nodes = graph.nodes.map((node, index) => walkNode(walk, node, index, frame, hints))
  const outputs = graph.outputs.map(({ name }) => name)
  for (const name of outputs) scope.get(name)
  const inputs = inputsOf(
    scope,
    graph.inputs.map(({ name }) => name),
  )
  return { nodes, inputs, outputs, initializers: graph.initializers, values: scope.values }
}

function inputsOf(scope: Scope, names: readonly string[]): ReadonlyMap<string, KnownValue> {
  return new Map(names.map((name) => [name, scope.values.get(name) ?? { type: undefined }]))
}

type Hints = (name: string) => ValueInfo | undefined

function hintsOf(graph: Graph): Hints {
  const outputs = new Map(graph.outputs.map((output) => [output.name, output]))
  return (name) => outputs.get(name) ?? graph.valueInfos.get(name)
}

function walkNode(walk: Walk, node: Node, index: number, frame: Frame, hints: Hints): NodeTrace {
  walk.visits += 1
  if (walk.visits > MAX_VISITS) {
    throw new LimitError('E_GRAPH_TOO_LARGE', `the model unfolds to more than ${MAX_VISITS} nodes`)
  }
  const inputs = node.inputs.map((name) => (name === '' ? undefined : (frame.scope.get(name) ?? { type: undefined })))
  const path = `${frame.path}${node.name || node.outputs.find((name) => name !== '') || `${node.operator}_${index}`}`
  const definition = walk.model.functions.get(functionKey(node.domain, node.operator, node.overload))
  const found =
    definition === undefined
      ? applyRule(walk, node, path, inputs, frame)
      : callFunction(walk, definition, node, path, inputs, frame)
  const outputs = node.outputs.map((name, position) =>
    name === '' ? undefined : finish(walk, node, inputs, found.outputs[position], hints(name)),
  )
  for (const [position, name] of node.outputs.entries()) {
    const value = outputs[position]
    if (value !== undefined) frame.scope.set(name, value)
  }
  return { ...found, node, path, inputs, outputs }
}

type Found = Omit<NodeTrace, 'node' | 'path' | 'inputs'>

function applyRule(
  walk: Walk,
  node: Node,
  path: string,
  inputs: readonly (KnownValue | undefined)[],
  frame: Frame,
): Found {
  const subgraphs = new Map<Graph, GraphTrace>()
  const context = new NodeView(node, inputs, {
    opset: frame.opsets.get(node.domain) ?? NEWEST_OPSET,
    argument: frame.argument,
    unknownDimension: (hint) => unknownDimension(walk, hint),
    inferSubgraph: (graph, values) => walkSubgraph(walk, graph, values, { ...frame, path: `${path}/` }, subgraphs),
    assume: (text) => walk.assumptions.add(text),
  })
  const rule = findRule(walk.rules, node.domain, node.operator)
  if (rule === undefined) return { context, outputs: [], subgraphs }
  const result = attempt(rule, context)
  return { context, rule, subgraphs, ...result }
}

function attempt(rule: OperatorRule, context: NodeView): Pick<NodeTrace, 'outputs' | 'failure'> {
  try {
    return { outputs: rule.shape(context) }
  } catch (error) {
    if (error instanceof LimitError) throw error
    return { outputs: [], failure: error instanceof Error ? error.message : String(error) }
  }
}

function walkSubgraph(
  walk: Walk,
  graph: Graph,
  values: readonly (KnownValue | undefined)[],
  around: Frame,
  traces: Map<Graph, GraphTrace>,
): readonly KnownValue[] {
  const frame = { ...deeper(around), scope: new Scope(graph.initializers, around.scope) }
  for (const [index, { name, type }] of graph.inputs.entries()) {
    const hint = substituteType(type, walk.names)
    frame.scope.set(
      name,
      withAnnotation(values[index], hint, (size) => isUnknown(walk, size)),
    )
  }
  const trace = walkGraph(walk, graph, frame)
  traces.set(graph, trace)
  return trace.outputs.map((name) => frame.scope.get(name) ?? { type: undefined })
}

function callFunction(
  walk: Walk,
  definition: FunctionDefinition,
  node: Node,
  path: string,
  inputs: readonly (KnownValue | undefined)[],
  around: Frame,
): Found {
  const key = functionKey(definition.domain, definition.name, definition.overload)
  if (around.callers.includes(key)) {
    const chain = [...around.callers, key].join(' -> ')
    throw new LimitError('E_FUNCTION_RECURSION', `function ${key} calls itself: ${chain}`)
  }
  const scope = new Scope(new Map())
  for (const [index, name] of definition.inputs.entries()) {
    const value = inputs[index]
    if (value !== undefined) scope.set(name, value)
  }
  const frame: Frame = {
    ...deeper(around),
    scope,
    opsets: definition.opsets,
    path: `${path}/`,
    callers: [...around.callers, key],
    argument: (name) => argumentOf(definition, node, around, name),
  }
  const nodes = definition.nodes.map((inner, index) => walkNode(walk, inner, index, frame, () => undefined))
  const context = new NodeView(node, inputs, {
    opset: NEWEST_OPSET,
    argument: around.argument,
    unknownDimension: (hint) => unknownDimension(walk, hint),
    inferSubgraph: () => [],
    assume: (text) => walk.assumptions.add(text),
  })
  const { outputs } = definition
  const body = {
    nodes,
    inputs: inputsOf(scope, definition.inputs),
    outputs,
    initializers: new Map(),
    values: scope.values,
  }
  return { context, body, subgraphs: new Map(), outputs: outputs.map((name) => scope.get(name)) }
}

function argumentOf(definition: FunctionDefinition, node: Node, around: Frame, name: string): Attribute | undefined {
  const given = node.attributes.get(name)
  if (given?.kind === 'reference') return around.argument(given.value) ?? definition.attributeDefaults.get(name)
  return given ?? definition.attributeDefaults.get(name)
}

function deeper(frame: Frame): Frame {
  if (frame.depth < MAX_DEPTH) return { ...frame, depth: frame.depth + 1 }
  throw new LimitError('E_GRAPH_TOO_DEEP', `sub-graphs and functions lie more than ${MAX_DEPTH} deep in each other`)
}

function finish(
  walk: Walk,
  node: Node,
  inputs: readonly (KnownValue | undefined)[],
  found: KnownValue | undefined,
  hint: ValueInfo | undefined,
): KnownValue {
  const type = substituteType(hint?.type, walk.names)
  const value = withAnnotation(found, type, (size) => isUnknown(walk, size))
  const isConstant = value.isConstant ?? isComputedFromConstants(node, inputs)
  const isFine = isConstant === (value.isConstant ?? false) && hasRightCount(value)
  if (isFine) return value
  return { type: value.type, elements: hasRightCount(value) ? value.elements : undefined, isConstant }
}

function isComputedFromConstants(node: Node, inputs: readonly (KnownValue | undefined)[]): boolean {
  return (
    node.inputs.length > 0 &&
    inputs.every((input) => input === undefined || input.isConstant === true) &&
    !/^Random|^Multinomial|^Bernoulli|^Dropout|^Loop|^If|^Scan/.test(node.operator)
  )
}

/** Contents that do not fit the shape, or are too many, are forgotten. */
function hasRightCount(value: KnownValue): boolean {
  if (value.isConstant === true) return true
  const count = value.elements?.length
  if (count === undefined) return true
  const shape = shapeOf(value)
  return count <= MAX_KNOWN_ELEMENTS && shape !== undefined && product(shape) === count
}

function unknownDimension(walk: Walk, hint: string): Dimension {
  const name = `${hint}#${walk.unknown.size + 1}`
  const size = symbol(name)
  walk.unknown.add(size.text)
  return size
}

function isUnknown(walk: Walk, size: Dimension): boolean {
  return typeof size === 'object' && walk.unknown.has(size.text)
}
