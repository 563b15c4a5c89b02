/**
 * Puts nodes into an order in which each runs after what it reads, and refuses names that nothing gives.
 *
 * The standard asks for that order; some exporters do not keep it, and engines sort for themselves.
 * @see https://onnx.ai/onnx/repo-docs/IR.html#graphs
 */

import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { Attribute, FunctionDefinition, Graph, ModelGraph, Node } from '../../src/graph/graph.js'
import { describeNode } from './describe-node.js'
import { calledFunctions } from './function-calls.js'

/**
 * @returns the same model with all its nodes in order
 * @throws {FormatError} `E_ONNX_CYCLE`, `E_ONNX_UNDEFINED_NAME`, `E_ONNX_DUPLICATE_NAME`
 */
export function orderModel(model: ModelGraph, path: string): ModelGraph {
  const main = orderGraph(model.main, path)
  assertNothingFree(main.free, path)
  const called = calledFunctions(model)
  const functions = [...model.functions].map(([key, definition]): [string, FunctionDefinition] => {
    const { nodes, free } = orderBody(definition, path)
    // Engines do not look into functions that nobody calls.
    if (called.has(key)) assertNothingFree(free, `${path}: function ${quoted(definition.name)}`)
    return [key, { ...definition, nodes }]
  })
  return { ...model, main: main.graph, functions: new Map(functions) }
}

/** Names that are taken from outside, with who reads them. */
type FreeNames = ReadonlyMap<string, string>

function orderGraph(graph: Graph, path: string): { readonly graph: Graph; readonly free: FreeNames } {
  const given = new Set<string>(graph.initializers.keys())
  for (const input of graph.inputs) {
    if (given.has(input.name)) throw givenTwice(input.name, 'the list of inputs', path)
    given.add(input.name)
  }
  const outputs = graph.outputs.map((output) => output.name)
  const { nodes, free } = orderNodes(graph.nodes, given, outputs, path)
  return { graph: { ...graph, nodes }, free }
}

function orderBody(definition: FunctionDefinition, path: string): { nodes: readonly Node[]; free: FreeNames } {
  return orderNodes(definition.nodes, new Set(definition.inputs), definition.outputs, path)
}

/** A node, and everything that must be there before it runs. */
interface Step {
  readonly node: Node
  readonly reads: readonly string[]
}

function orderNodes(
  nodes: readonly Node[],
  given: ReadonlySet<string>,
  outputs: readonly string[],
  path: string,
): { readonly nodes: readonly Node[]; readonly free: FreeNames } {
  const steps = nodes.map((node) => readsOf(node, path))
  const makers = makersOf(nodes, given, path)
  const free = new Map<string, string>()
  const isOrdered = steps.reduce(
    (isSoFar, step, index) => checkReads(step, index, makers, given, free) && isSoFar,
    true,
  )
  for (const name of outputs) {
    if (name !== '' && !makers.has(name) && !given.has(name)) free.set(name, 'the list of outputs')
  }
  return { nodes: isOrdered ? steps.map((step) => step.node) : sorted(steps, makers, path), free }
}

/** Adds names that come from outside to `free`; @returns whether everything else is there before the step */
function checkReads(
  step: Step,
  index: number,
  makers: ReadonlyMap<string, number>,
  given: ReadonlySet<string>,
  free: Map<string, string>,
): boolean {
  let isOrdered = true
  for (const name of step.reads) {
    const maker = makers.get(name)
    if (maker !== undefined) isOrdered &&= maker < index
    else if (name !== '' && !given.has(name)) free.set(name, describe(step.node))
  }
  return isOrdered
}

/** @returns name -> index of the node that gives it */
function makersOf(nodes: readonly Node[], given: ReadonlySet<string>, path: string): Map<string, number> {
  const makers = new Map<string, number>()
  nodes.forEach((node, index) => {
    for (const name of node.outputs) {
      if (name === '') continue
      if (makers.has(name) || given.has(name)) throw givenTwice(name, describe(node), path)
      makers.set(name, index)
    }
  })
  return makers
}

function readsOf(node: Node, path: string): Step {
  let step: Step = { node, reads: node.inputs }
  for (const [name, { kind, value }] of node.attributes) {
    if (kind === 'graph') step = withGraphs(step, name, [value], path, ([graph = value]) => ({ kind, value: graph }))
    if (kind === 'graphs') step = withGraphs(step, name, value, path, (graphs) => ({ kind, value: graphs }))
  }
  return step
}

/** Puts the sub-graphs of an attribute in order; what they take from outside, the node reads. */
function withGraphs(
  { node, reads }: Step,
  name: string,
  graphs: readonly Graph[],
  path: string,
  attributeOf: (graphs: readonly Graph[]) => Attribute,
): Step {
  const ordered = graphs.map((graph) => orderGraph(graph, path))
  const attributes = new Map(node.attributes).set(name, attributeOf(ordered.map((entry) => entry.graph)))
  return { node: { ...node, attributes }, reads: [...reads, ...ordered.flatMap(({ free }) => [...free.keys()])] }
}

/** Depth first along what each node reads, without recursion: chains may be as long as the file. */
function sorted(steps: readonly Step[], makers: ReadonlyMap<string, number>, path: string): Node[] {
  const state = new Uint8Array(steps.length)
  const [ENTERED, DONE] = [1, 2]
  const result: Node[] = []
  const stack = steps.map((_, index) => index).reverse()
  for (let index = stack.at(-1); index !== undefined; index = stack.at(-1)) {
    const step = steps[index]
    if (step === undefined || state[index] === DONE) {
      stack.pop()
    } else if (state[index] === ENTERED) {
      stack.pop()
      state[index] = DONE
      result.push(step.node)
    } else {
      state[index] = ENTERED
      for (const name of step.reads.toReversed()) {
        const maker = makers.get(name)
        if (maker === undefined || state[maker] === DONE) continue
        if (state[maker] === ENTERED) throw cycle(step.node, name, path)
        stack.push(maker)
      }
    }
  }
  return result
}

function givenTwice(name: string, giver: string, path: string): FormatError {
  return new FormatError(
    'E_ONNX_DUPLICATE_NAME',
    `${path}: ${quoted(name)} is given twice, the second time by ${giver}`,
    {
      hint: 'every value has one name: export the model again',
    },
  )
}

function assertNothingFree(free: FreeNames, path: string): void {
  const [first] = free
  if (first === undefined) return
  throw new FormatError(
    'E_ONNX_UNDEFINED_NAME',
    `${path}: ${quoted(first[0])} is read by ${first[1]}, but nothing gives it`,
    {
      hint: 'the file is damaged or cut by hand: export the model again',
    },
  )
}

function cycle(node: Node, name: string, path: string): FormatError {
  return new FormatError(
    'E_ONNX_CYCLE',
    `${path}: ${describe(node)} needs ${quoted(name)}, which needs its own result`,
    {
      hint: 'a graph must not run in circles: export the model again',
    },
  )
}

function describe(node: Node): string {
  return describeNode(node.operator, node.name)
}
