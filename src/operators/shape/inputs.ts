/** What rules ask of the inputs of their node again and again. */
import { type DataType, dataTypeOfCode } from '../../graph/data-type.js'
import type { Dimension, Shape } from '../../graph/dimension.js'
import type { NodeContext } from '../rule.js'

/** @returns whether the node has input `index` */
export function hasInput(context: NodeContext, index: number): boolean {
  const name = context.node.inputs[index]
  return name !== undefined && name !== ''
}

/** @returns whether the node gives output `index` a name */
export function hasOutput(context: NodeContext, index: number): boolean {
  const name = context.node.outputs[index]
  return name !== undefined && name !== ''
}

/** @returns dimension `axis` of input `index` (negative counts from the end), or a new unknown one */
export function dimensionAt(context: NodeContext, index: number, axis: number, hint: string): Dimension {
  return context.shape(index)?.at(axis) ?? context.unknownDimension(hint)
}

/** @returns the shape of input `index` when it has this rank; unknown dimensions otherwise */
export function shapeOfRank(context: NodeContext, index: number, hints: readonly string[]): Shape {
  const shape = context.shape(index)
  return shape?.length === hints.length ? shape : hints.map((hint) => context.unknownDimension(hint))
}

/** @returns the first element of input `index` when it is a known size, e.g. a length */
export function scalarDimension(context: NodeContext, index: number): Dimension | undefined {
  const element = context.elements(index)?.[0]
  return typeof element === 'string' ? undefined : element
}

/** @returns the sizes that input `index` holds; `undefined` when one of them is not known */
export function dimensionsIn(context: NodeContext, index: number): readonly Dimension[] | undefined {
  const elements = context.elements(index)
  return elements?.every((element): element is Dimension => typeof element !== 'string') === true ? elements : undefined
}

/** @returns the element type that an attribute names by its ONNX code; `fallback` when it is absent or 0 */
export function dtypeAttribute(
  context: NodeContext,
  name: string,
  fallback: DataType | undefined,
): DataType | undefined {
  const code = context.int(name, 0)
  return code === 0 ? fallback : dataTypeOfCode(code)
}
