/** How records and tables show a value: name, element type and sizes. */
import type { ModelRecord } from '../core/record.js'
import { formatDimension, type Shape } from './dimension.js'
import type { ValueInfo, ValueType } from './graph.js'

/** Name, type and sizes in words. */
export type ValueSignature = ModelRecord['inputs'][number]

/** @returns the value as records keep it; free sizes as text */
export function valueSignature({ name, type }: ValueInfo): ValueSignature {
  const shape = type !== undefined && 'shape' in type ? type.shape : undefined
  const head = { name, dtype: typeName(type) }
  return shape === undefined ? head : { ...head, shape: recordShape(shape) }
}

/** @returns numbers as they are, expressions as their text */
export function recordShape(shape: Shape): (number | string)[] {
  return shape.map((size) => (typeof size === 'number' ? size : formatDimension(size)))
}

/** @returns e.g. `float32`, `sequence(float32)`; `unknown` where nothing is known */
export function typeName(type: ValueType | undefined): string {
  if (type === undefined) return 'unknown'
  if (type.kind === 'tensor') return type.dtype
  if (type.kind === 'sparse-tensor') return `sparse(${type.dtype})`
  if (type.kind === 'map') return `map(${type.key}, ${typeName(type.value)})`
  return `${type.kind}(${typeName(type.element)})`
}
