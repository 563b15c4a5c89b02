/** Costs that are counted in steps: one operation per element for every elementwise step. */
import type { Cost } from '../rule.js'

/** Steps of a softmax per element: maximum, subtraction, exponential, sum, division. */
export const SOFTMAX_STEPS = 5
/** Steps of a layer or group normalisation per element, as fvcore counts them. */
export const LAYER_NORMALIZATION_STEPS = 5
/** Steps per element: square, mean of squares, product with the inverse root, scale. */
export const RMS_NORMALIZATION_STEPS = 4

/** @returns a cost without products of matrices */
export function steps(other: number): Cost {
  return { macs: 0, other }
}

/** @returns the sum of costs */
export function sumOfCosts(...costs: readonly Cost[]): Cost {
  return costs.reduce((sum, cost) => ({ macs: sum.macs + cost.macs, other: sum.other + cost.other }), steps(0))
}
