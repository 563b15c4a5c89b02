/** Axes that were an attribute first and became an input later. */
import type { NodeContext } from '../rule.js'
import { hasInput } from './inputs.js'

/**
 * @param since - opset from which on the axes are input 1
 * @returns the axes; `undefined` when the node names none; `'unknown'` when only the run will tell
 */
export function axesOf(context: NodeContext, since: number): readonly number[] | undefined | 'unknown' {
  if (context.opset < since) return context.ints('axes')
  return hasInput(context, 1) ? (context.numbers(1) ?? 'unknown') : undefined
}
