/** The commonest shape rules: an output like an input, and an output as large as all inputs broadcast. */
import type { DataType } from '../../graph/data-type.js'
import { shapeOf, tensor } from '../known-value.js'
import type { KnownValue, NodeContext, ShapeRule } from '../rule.js'
import { broadcastShapes } from './broadcast.js'

/** @returns a rule whose output 0 has the type of input `index`, contents not known */
export function sameAsInput(index = 0): ShapeRule {
  return (context) => [withoutContents(context.inputs[index])]
}

/** @returns a rule whose output 0 has the shape of input `index` and another element type */
export function sameShape(dtype: DataType | ((context: NodeContext) => DataType | undefined), index = 0): ShapeRule {
  return (context) => [tensor(typeof dtype === 'function' ? dtype(context) : dtype, context.shape(index))]
}

/** @returns the type alone, where the operator changes the contents */
export function withoutContents(value: KnownValue | undefined): KnownValue | undefined {
  return value === undefined ? undefined : { type: value.type }
}

/** @returns the shape of all inputs broadcast together; `undefined` when one of the ranks is not known */
export function broadcastInputs(context: NodeContext): ReturnType<typeof broadcastShapes> {
  const present = context.inputs.filter((input) => input !== undefined)
  return broadcastShapes(...present.map(shapeOf))
}
