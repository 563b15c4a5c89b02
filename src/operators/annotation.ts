/** Joins what a rule found with what the file says of the same value: the rule wins, the file fills the gaps. */
import type { Dimension, Shape } from '../graph/dimension.js'
import type { ValueType } from '../graph/graph.js'
import { shapeOf } from './known-value.js'
import type { KnownValue } from './rule.js'

/** @returns the value with what `hint` knows more; `isUnknown` tells the dimensions that only the run would tell */
export function withAnnotation(
  value: KnownValue | undefined,
  hint: ValueType | undefined,
  isUnknown: (size: Dimension) => boolean,
): KnownValue {
  if (hint === undefined) return value ?? { type: undefined }
  if (value?.type === undefined) return { ...value, type: hint }
  const { type } = value
  if (type.kind === 'tensor') return tensorWithAnnotation(value, type, shapeOf({ type: hint }), isUnknown)
  const isOpen = (type.kind === 'sequence' || type.kind === 'optional') && type.element === undefined
  return isOpen && hint.kind === type.kind ? { ...value, type: hint } : value
}

function tensorWithAnnotation(
  value: KnownValue,
  type: ValueType & { kind: 'tensor' },
  hint: Shape | undefined,
  isUnknown: (size: Dimension) => boolean,
): KnownValue {
  if (hint === undefined) return value
  const { shape } = type
  if (shape === undefined) return { ...value, type: { ...type, shape: hint } }
  if (shape.length !== hint.length || !shape.some(isUnknown)) return value
  const filled = shape.map((size, axis) => {
    const hinted = hint[axis]
    return isUnknown(size) && typeof hinted === 'number' ? hinted : size
  })
  return { ...value, type: { ...type, shape: filled } }
}
