/** Joins what a rule found with what the file says of the same value: the rule wins, the file fills the gaps. */
import type { Dimension, Shape } from '../graph/dimension.js'
import type { ValueType } from '../graph/graph.js'
import { shapeOf } from './known-value.js'
import type { KnownValue } from './rule.js'

/**
 * @param hint - type that the file notes, asked for only when something is not known
 * @param isUnknown - tells the dimensions that only the run would tell
 * @returns the value with what the hint knows more
 */
export function withAnnotation(
  value: KnownValue | undefined,
  hint: () => ValueType | undefined,
  isUnknown: (size: Dimension) => boolean,
): KnownValue {
  const type = value?.type
  if (value === undefined || type === undefined) {
    const hinted = hint()
    return value === undefined || hinted !== undefined ? { ...value, type: hinted } : value
  }
  if (type.kind === 'tensor') return tensorWithAnnotation(value, type, hint, isUnknown)
  const isOpen = (type.kind === 'sequence' || type.kind === 'optional') && type.element === undefined
  const hinted = isOpen ? hint() : undefined
  return hinted?.kind === type.kind ? { ...value, type: hinted } : value
}

function tensorWithAnnotation(
  value: KnownValue,
  type: ValueType & { kind: 'tensor' },
  hint: () => ValueType | undefined,
  isUnknown: (size: Dimension) => boolean,
): KnownValue {
  const { shape } = type
  if (shape !== undefined && !shape.some(isUnknown)) return value
  const hinted = shapeOf({ type: hint() })
  if (hinted === undefined) return value
  if (shape === undefined) return { ...value, type: { ...type, shape: hinted } }
  if (shape.length !== hinted.length) return value
  return { ...value, type: { ...type, shape: filled(shape, hinted, isUnknown) } }
}

function filled(shape: Shape, hint: Shape, isUnknown: (size: Dimension) => boolean): Shape {
  return shape.map((size, axis) => {
    const hinted = hint[axis]
    return isUnknown(size) && typeof hinted === 'number' ? hinted : size
  })
}
