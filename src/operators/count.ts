/** Counts of a model from its graph: parameters, multiply-accumulates, other operations, memory, layer by layer. */
import type { Counts, InspectionRecord, LayerRecord } from '../core/record.js'
import { bytesOf } from '../graph/data-type.js'
import type { Initializer, ModelGraph, Node } from '../graph/graph.js'
import { recordShape, type ValueSignature, valueSignature } from '../graph/value-signature.js'
import type { InputBindings } from './bindings.js'
import { evaluateTrace, type NodeCost, type TraceCost, valueBytes } from './evaluate.js'
import { inferTypes } from './infer.js'
import { shapeOf } from './known-value.js'
import { peakActivationBytes } from './memory.js'
import { findParameters, type Parameter } from './parameters.js'
import type { OperatorFamily } from './rule.js'
import type { GraphTrace, NodeTrace } from './trace.js'
import { atGreatestSizes } from './upper-bound.js'

/** What to count with. */
export interface CountOptions extends InputBindings {
  /** Operators by domain, e.g. with rules of a user; the predefined table when left out. */
  readonly rules?: ReadonlyMap<string, OperatorFamily>
}

/** Everything that a graph tells before the run. */
export interface GraphCounts {
  /** Figures that depend on a size that stays free are absent, and `missing` says why. */
  readonly counts: Counts
  /** The operators used, those with most work first. */
  readonly operators: OperatorUse[]
  /** One row per node that runs, also inside sub-graphs and functions, in the order of the file. */
  readonly layers: LayerRecord[]
  /** The model's inputs and outputs with the sizes that the counts are for. */
  readonly inputs: ValueSignature[]
  readonly outputs: ValueSignature[]
  readonly missing: { field: string; reason: string }[]
}

export type OperatorUse = InspectionRecord['operators'][number]

/**
 * Reads no weights. Sub-graphs count as often as they run; assumptions about that stand in `counts.assumptions`.
 *
 * @param options - sizes of free dimensions; those left free make the figures that depend on them absent
 * @throws {UsageError} when sizes do not fit the model's inputs
 * @throws {UnsupportedError} when the graph never ends (functions that call themselves)
 */
export function countGraph(graph: ModelGraph, options: CountOptions = {}): GraphCounts {
  const inferred = inferTypes(graph, options, options.rules)
  const { trace: main, replaced } = atGreatestSizes(inferred.main, inferred.limits)
  const cost = evaluateTrace(main)
  const parameters = findParameters(main)
  const rows = rowsOf(cost, 1)
  const perReader = parametersByReader(parameters)
  const peak = peakActivationBytes(main)
  const counts: Counts = {
    parameters: parameterTotals([...parameters, ...(graph.unreadWeights ?? []).map(unreadParameter)]),
    ...costTotals(cost),
    ...figure('peakActivationBytes', peak),
    ...(inferred.batchSize === undefined ? {} : { batchSize: inferred.batchSize }),
    unknownOperators: unknownOperators(rows),
    assumptions: [...(graph.assumptions ?? []), ...inferred.assumptions, ...greatestSizes(replaced)],
  }
  return {
    counts,
    operators: operatorUses(rows, perReader),
    layers: rows.map((row) => layerOf(row, perReader)),
    inputs: graph.main.inputs.map(({ name }) => signatureIn(inferred.main, name)),
    outputs: graph.main.outputs.map(({ name }) => signatureIn(inferred.main, name)),
    missing: missingFigures(counts, rows),
  }
}

function greatestSizes(replaced: ReadonlySet<string>): readonly string[] {
  if (replaced.size === 0) return []
  return [`sizes that only the run tells are counted at their greatest: those of ${[...replaced].join(', ')}`]
}

/** A node and how often it runs in one inference. */
interface Row {
  readonly cost: NodeCost
  readonly runs: number
}

/** Calls of functions are replaced by what they do. */
function rowsOf(cost: TraceCost, runs: number): readonly Row[] {
  const rows: Row[] = []
  const visit = (part: TraceCost, times: number): void => {
    for (const node of part.nodes) {
      if (node.trace.body === undefined) rows.push({ cost: node, runs: times })
      for (const child of node.children) visit(child.cost, times * child.runs)
    }
  }
  visit(cost, runs)
  return rows
}

function parametersByReader(parameters: readonly Parameter[]): ReadonlyMap<NodeTrace, number> {
  const sums = new Map<NodeTrace, number>()
  for (const { reader, count } of parameters) sums.set(reader, (sums.get(reader) ?? 0) + count)
  return sums
}

/** A weight that nothing reads is trained only where the format says so. */
function unreadParameter({ shape, dtype, trainable = false }: Initializer): Omit<Parameter, 'reader'> {
  const count = shape.reduce((product, size) => product * size, 1)
  return { count, bytes: bytesOf(dtype, count), isTrainable: trainable }
}

function parameterTotals(parameters: readonly Omit<Parameter, 'reader'>[]): Counts['parameters'] {
  const totals = { total: 0, trainable: 0, nonTrainable: 0, bytes: 0 }
  for (const { count, bytes, isTrainable } of parameters) {
    totals.total += count
    totals[isTrainable ? 'trainable' : 'nonTrainable'] += count
    totals.bytes += bytes
  }
  return totals
}

function costTotals({ total, movedBytes }: TraceCost): Partial<Counts> {
  const flops = 2 * total.macs
  return {
    ...figure('macs', total.macs),
    ...figure('flops', flops),
    ...figure('otherOperations', total.other),
    ...figure('arithmeticIntensity', movedBytes > 0 ? (flops + total.other) / movedBytes : Number.NaN),
  }
}

/** A figure that cannot be told is left out. */
function figure<Name extends string>(name: Name, value: number): { [Key in Name]?: number } {
  return (Number.isFinite(value) ? { [name]: value } : {}) as { [Key in Name]?: number }
}

function unknownOperators(rows: readonly Row[]): Counts['unknownOperators'] {
  const uses = new Map<string, number>()
  for (const { cost, runs } of rows) {
    if (cost.unknown === undefined || runs === 0) continue
    const name = operatorName(cost.trace.node)
    uses.set(name, (uses.get(name) ?? 0) + 1)
  }
  return [...uses].map(([operator, count]) => ({ operator, count }))
}

/** Operators outside the standard carry their domain: `com.microsoft.FusedConv`. */
function operatorName({ domain, operator }: Node): string {
  return domain === '' ? operator : `${domain}.${operator}`
}

interface Sum {
  count: number
  macs: number
  other: number
  parameters: number
}

function operatorUses(rows: readonly Row[], parameters: ReadonlyMap<NodeTrace, number>): OperatorUse[] {
  const sums = new Map<string, Sum>()
  for (const { cost, runs } of rows) {
    const name = operatorName(cost.trace.node)
    const sum = sums.get(name) ?? { count: 0, macs: 0, other: 0, parameters: 0 }
    sum.count += 1
    sum.macs += times(runs, cost.own.macs)
    sum.other += times(runs, cost.own.other)
    sum.parameters += parameters.get(cost.trace) ?? 0
    sums.set(name, sum)
  }
  const work = ({ macs, other }: Sum) => (Number.isNaN(macs + other) ? Number.POSITIVE_INFINITY : 2 * macs + other)
  return [...sums]
    .sort(([, left], [, right]) => work(right) - work(left) || right.count - left.count)
    .map(([operator, sum]) => ({
      operator,
      count: sum.count,
      ...figure('macs', sum.macs),
      ...figure('otherOperations', sum.other),
      parameters: sum.parameters,
    }))
}

function times(runs: number, value: number): number {
  return runs === 0 ? 0 : runs * value
}

function layerOf({ cost, runs }: Row, parameters: ReadonlyMap<NodeTrace, number>): LayerRecord {
  const { trace, own } = cost
  const shape = shapeOf(trace.outputs[0])
  return {
    name: trace.path,
    operator: operatorName(trace.node),
    ...(shape === undefined ? {} : { outputShape: recordShape(shape) }),
    parameters: parameters.get(trace) ?? 0,
    ...(cost.unknown === undefined ? figure('macs', times(runs, own.macs)) : {}),
    ...(cost.unknown === undefined ? figure('otherOperations', times(runs, own.other)) : {}),
    ...figure('activationBytes', activationBytes(trace)),
    ...(runs === 1 ? {} : { runs }),
  }
}

/** Bytes of the outputs; views and constants have none of their own. */
function activationBytes({ outputs, rule }: NodeTrace): number {
  let sum = 0
  for (const [position, output] of outputs.entries()) {
    const isFree = output === undefined || output.isConstant === true || (position === 0 && rule?.isView === true)
    if (!isFree) sum += valueBytes(output)
  }
  return sum
}

function signatureIn(main: GraphTrace, name: string): ValueSignature {
  return valueSignature({ name, type: main.values.get(name)?.type })
}

/** The first node that could not be told is the reason that helps most. */
function missingFigures(counts: Counts, rows: readonly Row[]): GraphCounts['missing'] {
  const causes: readonly (readonly [keyof Counts, (cost: NodeCost) => boolean, string])[] = [
    ['macs', ({ own }) => Number.isNaN(own.macs), 'a size is not known before the run'],
    ['flops', ({ own }) => Number.isNaN(own.macs), 'a size is not known before the run'],
    ['otherOperations', ({ own }) => Number.isNaN(own.other), 'a size is not known before the run'],
    ['peakActivationBytes', ({ movedBytes }) => Number.isNaN(movedBytes), 'the size of a tensor is not known'],
    ['arithmeticIntensity', (cost) => Number.isNaN(cost.movedBytes + cost.own.other), 'the graph moves no data'],
  ]
  return causes.flatMap(([field, isCause, otherwise]) => {
    if (counts[field] !== undefined) return []
    const first = rows.find(({ cost, runs }) => runs > 0 && isCause(cost))?.cost
    return [{ field: `counts.${field}`, reason: reasonOf(first) ?? otherwise }]
  })
}

function reasonOf(cost: NodeCost | undefined): string | undefined {
  if (cost === undefined) return undefined
  return (
    cost.reason ??
    `${cost.trace.node.operator} "${cost.trace.path}" has values whose sizes are not known before the run`
  )
}
