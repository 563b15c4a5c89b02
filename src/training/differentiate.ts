/**
 * Reverse-mode differentiation of a graph, written once for all operators.
 *
 * Nodes are visited from the last to the first, so that every reader of a value has given its share before the node
 * that makes the value is asked. The shares are summed; what nothing reads, or what does not depend on the values asked
 * for, is never visited. The result is nodes of the same graph.
 */
import { UnsupportedError } from '../core/errors.js'
import { isFloat } from '../graph/data-type.js'
import { dtypeOf } from '../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../operators/trace.js'
import type { Emitter } from './emitter.js'
import { type GradientEntry, GradientView, type Saved } from './gradient-rule.js'

/** What the walk works on. */
export interface Differentiation {
  /** The forward pass, as it was inferred; its nodes are in the emitter's graph already. */
  readonly trace: GraphTrace
  readonly emit: Emitter
  readonly ruleOf: (trace: NodeTrace) => GradientEntry | undefined
  /** What the forward pass of a node saved. */
  readonly saved: ReadonlyMap<NodeTrace, Saved>
}

/**
 * @param seeds - gradients to start from, by the name of the value, e.g. that of the logits
 * @param wanted - names of the values whose gradients are asked for
 * @returns the gradient of each of them, by name; absent where the seeds do not depend on it
 * @throws {UnsupportedError} `E_GRADIENT_MISSING` names the operators on the way that have no gradient
 */
export function differentiate(
  work: Differentiation,
  seeds: ReadonlyMap<string, string>,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const active = activeValues(work, wanted)
  const path = nodesOnPath(work, active, seeds)
  checkRules(work, path)
  const shares = new Map([...seeds].map(([name, gradient]) => [name, [gradient]]))
  for (const trace of path) visit(work, trace, active, shares)
  return new Map([...wanted].flatMap((name) => (shares.has(name) ? [[name, total(work, shares, name)] as const] : [])))
}

/** Values that change when one of those asked for does. */
function activeValues({ trace, ruleOf }: Differentiation, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const active = new Set(wanted)
  for (const node of trace.nodes) {
    if (ruleOf(node) === 'none' || !readsAny(node, active)) continue
    for (const [index, name] of node.node.outputs.entries()) if (mayChange(node, index)) active.add(name)
  }
  return active
}

function mayChange({ node, outputs }: NodeTrace, index: number): boolean {
  const dtype = dtypeOf(outputs[index])
  return node.outputs[index] !== '' && (dtype === undefined || isFloat(dtype))
}

function readsAny({ node }: NodeTrace, values: ReadonlySet<string>): boolean {
  if (node.inputs.some((name) => values.has(name))) return true
  return [...node.attributes.values()].some(
    (attribute) =>
      attribute.kind === 'graph' &&
      attribute.value.nodes.some(({ inputs }) => inputs.some((name) => name !== '' && values.has(name))),
  )
}

/** Nodes through which a gradient flows, the last one first. */
function nodesOnPath(
  { trace, ruleOf }: Differentiation,
  active: ReadonlySet<string>,
  seeds: ReadonlyMap<string, string>,
): readonly NodeTrace[] {
  const reached = new Set(seeds.keys())
  return trace.nodes.toReversed().filter((node) => {
    const isOnPath =
      ruleOf(node) !== 'none' && readsAny(node, active) && node.node.outputs.some((name) => reached.has(name))
    if (isOnPath) for (const name of node.node.inputs) if (active.has(name)) reached.add(name)
    return isOnPath
  })
}

function checkRules({ ruleOf }: Differentiation, path: readonly NodeTrace[]): void {
  const missing = new Map<string, string[]>()
  for (const trace of path.toReversed()) {
    if (ruleOf(trace) !== undefined) continue
    const { domain, operator } = trace.node
    const name = domain === '' ? operator : `${domain}.${operator}`
    missing.set(name, [...(missing.get(name) ?? []), trace.path])
  }
  if (missing.size === 0) return
  const list = [...missing].map(([name, paths]) => {
    return paths.length === 1 ? `${name} "${paths[0]}"` : `${name} (${paths.length} nodes, the first "${paths[0]}")`
  })
  throw new UnsupportedError('E_GRADIENT_MISSING', `no gradient is known for ${list.join(', ')}`, {
    hint: 'export the model without these operators, or keep the weights before them fixed',
  })
}

type Shares = Map<string, string[]>

function visit(work: Differentiation, trace: NodeTrace, active: ReadonlySet<string>, shares: Shares): void {
  const rule = work.ruleOf(trace)
  if (rule === undefined || rule === 'none') return
  const { inputs, outputs } = trace.node
  const gradients = outputs.map((name) => (shares.has(name) ? total(work, shares, name) : undefined))
  const needed = inputs.map((name) => active.has(name))
  const found = rule.backward(new GradientView(trace, work.emit, gradients, work.saved.get(trace) ?? {}, needed))
  for (const [index, name] of inputs.entries()) {
    const share = found[index]
    if (share === undefined || needed[index] !== true) continue
    shares.set(name, [...(shares.get(name) ?? []), share])
  }
}

/** Sums the shares of a value, once; on blocked channels where the value has them. */
function total({ emit }: Differentiation, shares: Shares, name: string): string {
  const own = shares.get(name) ?? []
  const value = emit.blocks?.find(name)
  if (value !== undefined) for (const share of own) emit.blocks?.of(share, value.sizes)
  const sum = emit.sum(own)
  shares.set(name, [sum])
  return sum
}
