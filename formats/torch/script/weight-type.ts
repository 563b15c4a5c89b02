/** The element type that a model reckons in, which a file of TorchScript states of its weights alone. */
import { type DataType, isFloat } from '../../../src/graph/data-type.js'
import type { ScriptObject } from '../script-value.js'
import { weightsOf } from '../weights-of.js'

/** @returns the type of all weights with fractions; float32 where there are none, or several types */
export function weightType(root: ScriptObject): DataType {
  const types = new Set(weightsOf(root).flatMap(({ dtype }) => (isFloat(dtype) ? [dtype] : [])))
  const [only] = types
  return only !== undefined && types.size === 1 ? only : 'float32'
}
