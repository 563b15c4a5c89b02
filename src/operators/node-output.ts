/** What a rule says of a node's outputs, made fit for the nodes that read them. */
import { formatDimension, product } from '../graph/dimension.js'
import type { Node } from '../graph/graph.js'
import { shapeOf } from './known-value.js'
import type { NodeView } from './node-view.js'
import { type KnownValue, MAX_KNOWN_ELEMENTS, type OperatorRule } from './rule.js'
import { mismatch } from './shape/mismatch.js'
import { isTooLong, withShortSizes } from './short-sizes.js'

/**
 * Applies a rule. Sizes that only the run tells pile up in detectors; where their sums grow too long, they get new names.
 *
 * @throws {Error} what the rule throws
 * @throws {FormatError} `E_NODE_SHAPE` for sizes that no tensor has
 */
export function outputsOf(rule: OperatorRule, context: NodeView): readonly (KnownValue | undefined)[] {
  const outputs = shortOutputs(rule, context)
  for (const output of outputs) checkSizes(output)
  return outputs
}

/**
 * @param isConstant - the value is computed from constants of the file alone
 * @returns the value without contents that do not fit its shape or are too many
 */
export function settle(value: KnownValue, isConstant: boolean): KnownValue {
  const isFitting = hasRightCount(value)
  if (isFitting && (value.isConstant === true || !isConstant)) return value
  const { type, items } = value
  return { type, elements: isFitting ? value.elements : undefined, items, isConstant }
}

/** @returns whether every run gives the same: what is random, counts or depends on training does not */
export function isComputedFromConstants(node: Node, inputs: readonly (KnownValue | undefined)[]): boolean {
  return (
    inputs.length > 0 &&
    inputs.every((input) => input === undefined || input.isConstant === true) &&
    !/^(Random|Multinomial|Bernoulli|Dropout|Loop|If|Scan)/.test(node.operator)
  )
}

function shortOutputs(rule: OperatorRule, context: NodeView): readonly (KnownValue | undefined)[] {
  try {
    return rule.shape(context)
  } catch (error) {
    if (isTooLong(error)) return rule.shape(withShortSizes(context))
    throw error
  }
}

/** Absurd attributes make absurd sizes: no tensor has them, so the rule has failed. */
function checkSizes(value: KnownValue | undefined): void {
  const broken = shapeOf(value)?.find((size) => typeof size === 'number' && !(Number.isSafeInteger(size) && size >= 0))
  if (broken !== undefined) throw mismatch(`an output would have a dimension of ${formatDimension(broken)}`)
}

function hasRightCount(value: KnownValue): boolean {
  if (value.isConstant === true) return true
  const count = value.elements?.length
  if (count === undefined) return true
  const shape = shapeOf(value)
  return count <= MAX_KNOWN_ELEMENTS && shape !== undefined && product(shape) === count
}
