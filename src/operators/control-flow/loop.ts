/**
 * Loop: a body runs until its condition is false or the trip count is reached.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Loop.html
 */
import type { Graph } from '../../graph/graph.js'
import { tensor } from '../known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorRule } from '../rule.js'
import { hasInput } from '../shape/inputs.js'
import { withoutContents } from '../shape/same.js'
import { graphOf, nameOf, settled, stacked } from './steps-and-branches.js'

/** Counted as often as it is known to run, else with its greatest number of runs, else once. */
export const loopRule: OperatorRule = { shape: loopShape, cost: loopCost, settingInputs: 'all' }

/** Exporters write the largest integer for "until the condition is false". */
const FOR_EVER = 2 ** 31 - 1

/** Inputs: trip count, condition, carried values. Body: iteration, condition, carried -> condition, carried, scanned. */
function loopShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const body = graphOf(context, 'body')
  const carriedCount = Math.max(context.node.inputs.length - 2, 0)
  const head = [tensor('int64', []), tensor('bool', [])]
  const outputs = settled(context, body, { before: head, carried: context.inputs.slice(2), behind: [] }, 1)
  const runs = tripCount(context, body, outputs[0])
  const length = runs ?? context.unknownDimension('Loop', greatestRuns(context))
  const carried = outputs.slice(1, 1 + carriedCount).map(withoutContents)
  const scanned = outputs.slice(1 + carriedCount).map((value) => stacked(value, length, 0))
  return [...carried, ...scanned]
}

function loopCost(context: CostContext): Cost {
  const body = graphOf(context, 'body')
  const condition = context.subgraphOutputs(body)[0]
  const known = tripCount(context, body, condition)
  if (known !== undefined) return context.subgraph(body, known)
  const runs = greatestRuns(context) ?? 1
  context.assume(
    runs === 1
      ? `Loop ${nameOf(context)}: the run decides how often it runs; it is counted once`
      : `Loop ${nameOf(context)}: it is counted with its greatest number of runs, ${runs}`,
  )
  return context.subgraph(body, runs)
}

/**
 * The trip count where it is known and nothing ends the loop before: the body's condition is true or only handed on.
 *
 * @param condition - the body's first output
 */
function tripCount(context: NodeContext, body: Graph, condition: KnownValue | undefined): number | undefined {
  const start = hasInput(context, 1) ? context.numbers(1)?.[0] : 1
  if (start === 0) return 0
  const isKept = condition?.elements?.[0] === 1 || handsConditionOn(body)
  const trips = hasInput(context, 0) ? context.numbers(0)?.[0] : undefined
  return trips !== undefined && start !== undefined && isKept ? Math.max(trips, 0) : undefined
}

/** @returns the trip count where it is one at all */
function greatestRuns(context: NodeContext): number | undefined {
  const most = hasInput(context, 0) ? context.numbers(0)?.[0] : undefined
  return most !== undefined && most >= 0 && most < FOR_EVER ? most : undefined
}

function handsConditionOn(body: Graph): boolean {
  const given = body.inputs[1]?.name
  let name = body.outputs[0]?.name
  for (let step = 0; step < 8 && name !== given; step += 1) {
    const source = body.nodes.find((node) => node.outputs.includes(name ?? ''))
    if (source?.operator !== 'Identity') return false
    name = source.inputs[0]
  }
  return name !== undefined && name === given
}
