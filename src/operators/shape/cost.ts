/** The commonest cost rules. */
import type { Cost, CostRule } from '../rule.js'

/** Neither multiply-accumulates nor other operations. */
export const NO_COST: Cost = { macs: 0, other: 0 }

/** @returns a rule of `steps` operations for every element of output 0 */
export function perOutput(steps = 1): CostRule {
  return (context) => ({ macs: 0, other: steps * context.outputElements(0) })
}

/** @returns a rule of `steps` operations for every element of input `index` */
export function perInput(steps = 1, index = 0): CostRule {
  return (context) => ({ macs: 0, other: steps * context.inputElements(index) })
}

/** @returns the number of elements of a shape of numbers */
export function countOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1)
}
