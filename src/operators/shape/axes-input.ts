/** Axes that were an attribute first and became an input later. */
import { tensor, tensorOfRank } from '../known-value.js'
import type { KnownValue, NodeContext } from '../rule.js'
import { hasInput } from './inputs.js'

/**
 * @param since - opset from which on the axes are input 1
 * @returns the axes; `undefined` when the node names none; `'unknown'` when only the run will tell
 */
export function axesOf(context: NodeContext, since: number): readonly number[] | undefined | 'unknown' {
  if (context.opset < since) return context.ints('axes')
  if (!hasInput(context, 1)) return undefined
  return countOfAxes(context) === 0 ? [] : (context.numbers(1) ?? 'unknown')
}

/**
 * @returns a tensor whose rank is that of input 0 and `change` for every axis of input 1, sizes unknown: what is left to
 *   say when only the run will tell which axes they are
 */
export function ofUnknownAxes(context: NodeContext, change: 1 | 0 | -1): KnownValue | undefined {
  const rank = context.shape(0)?.length
  const count = change === 0 ? 0 : countOfAxes(context)
  if (rank === undefined || count === undefined) return tensor(context.dtype(0), undefined)
  const hint = context.node.operator
  return tensorOfRank(context.dtype(0), Math.max(rank + change * count, 0), () => context.unknownDimension(hint))
}

/** Axes that input 1 holds, whichever they are. */
function countOfAxes(context: NodeContext): number | undefined {
  const [count] = context.shape(1) ?? []
  return typeof count === 'number' ? count : undefined
}
