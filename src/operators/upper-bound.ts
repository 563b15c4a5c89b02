/** The greatest that a size can be, where only the run tells the size but not more than so many are possible. */
import type { Atom, Dimension, Shape } from '../graph/dimension.js'
import type { ValueType } from '../graph/graph.js'
import type { KnownValue } from './rule.js'
import type { GraphTrace, NodeTrace } from './trace.js'

/** What names of sizes that only the run tells are at most; names without a limit are not in it. */
export type Limits = ReadonlyMap<string, Dimension>

/** A trace in which sizes that only the run tells have their greatest value. */
export interface LimitedTrace {
  readonly trace: GraphTrace
  /** What the sizes that were replaced are named after, e.g. `NonZero`. */
  readonly replaced: ReadonlySet<string>
}

/** @returns the trace itself where nothing had to be replaced */
export function atGreatestSizes(trace: GraphTrace, limits: Limits): LimitedTrace {
  const replaced = new Set<string>()
  return { trace: limits.size === 0 ? trace : limitedGraph(trace, limits, replaced), replaced }
}

/**
 * @returns a number that the dimension never exceeds; `undefined` where a free name or one without a limit is in the way
 */
export function upperBound(size: Dimension, limits: Limits): number | undefined {
  if (typeof size === 'number') return size
  let sum = 0
  for (const { coefficient, atoms } of size.terms) {
    // Atoms are sizes of 0 or more, so that what is taken away is at least nothing.
    if (coefficient < 0 && atoms.length > 0) continue
    let product = coefficient
    for (const atom of atoms) product *= atomBound(atom, limits) ?? Number.NaN
    sum += product
  }
  return Number.isNaN(sum) ? undefined : Math.max(sum, 0)
}

function atomBound(atom: Atom, limits: Limits): number | undefined {
  if (atom.kind === 'name') {
    const limit = limits.get(atom.name)
    return limit === undefined ? undefined : upperBound(limit, limits)
  }
  const bounds = atom.of.map((part) => upperBound(part, limits))
  if (atom.kind === 'floor-divide') {
    const [dividend] = bounds
    const [, divisor] = atom.of
    return dividend === undefined ? undefined : Math.floor(dividend / (typeof divisor === 'number' ? divisor : 1))
  }
  const known = bounds.filter((bound) => bound !== undefined)
  if (atom.kind === 'max') return known.length === bounds.length ? Math.max(...known) : undefined
  return known.length === 0 ? undefined : Math.min(...known)
}

function limitedGraph(trace: GraphTrace, limits: Limits, replaced: Set<string>): GraphTrace {
  const limit = (value: KnownValue) => limitedValue(value, limits, replaced)
  const all = (values: ReadonlyMap<string, KnownValue>) =>
    new Map([...values].map(([name, value]) => [name, limit(value)]))
  return {
    ...trace,
    nodes: trace.nodes.map((node) => limitedNode(node, limits, replaced)),
    inputs: all(trace.inputs),
    values: all(trace.values),
  }
}

function limitedNode(node: NodeTrace, limits: Limits, replaced: Set<string>): NodeTrace {
  const limit = (value: KnownValue | undefined) => value && limitedValue(value, limits, replaced)
  return {
    ...node,
    inputs: node.inputs.map(limit),
    outputs: node.outputs.map(limit),
    body: node.body && limitedGraph(node.body, limits, replaced),
    subgraphs: new Map([...node.subgraphs].map(([graph, inner]) => [graph, limitedGraph(inner, limits, replaced)])),
  }
}

function limitedValue(value: KnownValue, limits: Limits, replaced: Set<string>): KnownValue {
  if (value.isConstant === true) return value
  const type = limitedType(value.type, limits, replaced)
  const items = value.items?.map((item) => limitedValue(item, limits, replaced))
  return type === value.type && items === undefined ? value : { ...value, type, items }
}

function limitedType(type: ValueType | undefined, limits: Limits, replaced: Set<string>): ValueType | undefined {
  if (type?.kind !== 'tensor' || type.shape === undefined) return type
  if (type.shape.every((size) => typeof size === 'number')) return type
  return { ...type, shape: limitedShape(type.shape, limits, replaced) }
}

function limitedShape(shape: Shape, limits: Limits, replaced: Set<string>): Shape {
  return shape.map((size) => {
    const bound = upperBound(size, limits)
    if (typeof size === 'number' || bound === undefined) return size
    for (const [, hint = ''] of size.text.matchAll(/([^\s(*]+)#\d+/g)) replaced.add(hint)
    return bound
  })
}
