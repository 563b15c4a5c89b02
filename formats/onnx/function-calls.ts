/** Refuses functions that call themselves, and small files that would unfold to endless graphs. */

import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { functionKey, type Graph, type ModelGraph, type Node } from '../../src/graph/graph.js'

/** Nodes that a model may have once all calls are unfolded; the largest published ones have some 100,000. */
const MOST_NODES = 1_000_000
/** Calls within calls. */
const DEEPEST_CALL = 100

/** @returns keys of the functions that the main graph calls, directly or through others */
export function calledFunctions(model: ModelGraph): Set<string> {
  const called = new Set<string>()
  if (model.functions.size === 0) return called
  const waiting = [...model.main.nodes]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const graph of subgraphsOf(node)) for (const inner of graph.nodes) waiting.push(inner)
    const key = functionKey(node.domain, node.operator, node.overload)
    const definition = model.functions.get(key)
    if (definition === undefined || called.has(key)) continue
    called.add(key)
    for (const inner of definition.nodes) waiting.push(inner)
  }
  return called
}

function subgraphsOf(node: Node): readonly Graph[] {
  if (node.attributes.size === 0) return []
  return [...node.attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [attribute.value]
    return attribute.kind === 'graphs' ? attribute.value : []
  })
}

/** @throws {FormatError} `E_ONNX_FUNCTION_CYCLE`, `E_ONNX_FUNCTION_SIZE` */
export function checkFunctionCalls(model: ModelGraph, path: string): void {
  if (model.functions.size === 0) return
  const calls = new CallGraph(model, path)
  for (const key of model.functions.keys()) calls.sizeOf(key, 1)
  calls.total(model.main.nodes, 1)
}

class CallGraph {
  readonly #model: ModelGraph
  readonly #path: string
  readonly #sizes = new Map<string, number | 'open'>()

  constructor(model: ModelGraph, path: string) {
    this.#model = model
    this.#path = path
  }

  /** @returns nodes of a function once its calls are unfolded */
  sizeOf(key: string, depth: number): number {
    const known = this.#sizes.get(key)
    if (typeof known === 'number') return known
    if (known === 'open' || depth > DEEPEST_CALL) {
      const reason = known === 'open' ? 'calls itself' : `stands in more than ${DEEPEST_CALL} calls within calls`
      throw new FormatError('E_ONNX_FUNCTION_CYCLE', `${this.#path}: function ${quoted(key)} ${reason}`, {
        hint: 'no engine can run it: export the model again',
      })
    }
    this.#sizes.set(key, 'open')
    const size = this.total(this.#model.functions.get(key)?.nodes ?? [], depth)
    this.#sizes.set(key, size)
    return size
  }

  total(nodes: readonly Node[], depth: number): number {
    let total = 0
    for (const node of nodes) {
      const key = functionKey(node.domain, node.operator, node.overload)
      total += 1 + (this.#model.functions.has(key) ? this.sizeOf(key, depth + 1) : 0)
      for (const graph of subgraphsOf(node)) total += this.total(graph.nodes, depth)
    }
    if (total <= MOST_NODES) return total
    throw new FormatError(
      'E_ONNX_FUNCTION_SIZE',
      `${this.#path}: its functions unfold to more than ${MOST_NODES} nodes`,
      {
        hint: 'no real model is that large: export it again',
      },
    )
  }
}
