/** The smaller and the larger of two dimensions, decided before the run where the expressions allow it. */
import { type Dimension, formatDimension, subtract } from './dimension.js'
import { fromAtom, termsOf } from './polynomial.js'

/** @returns the smaller dimension; an atom where the run must tell */
export function min(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return Math.min(left, right)
  if (isNonNegative(subtract(right, left))) return left
  if (isNonNegative(subtract(left, right))) return right
  return choice('min', left, right)
}

/** @returns the larger dimension; an atom where the run must tell */
export function max(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return Math.max(left, right)
  if (isNonNegative(subtract(right, left))) return right
  if (isNonNegative(subtract(left, right))) return left
  return choice('max', left, right)
}

/** @returns `true` when the dimension is sure to be 0 or more for every size of its names; `false` where that is not sure */
export function isNonNegative(size: Dimension): boolean {
  return termsOf(size).every(
    ({ coefficient, atoms }) =>
      coefficient >= 0 &&
      atoms.every((atom) => {
        if (atom.kind === 'name') return true
        const [first, second] = atom.of
        if (atom.kind === 'max') return isNonNegative(first) || isNonNegative(second)
        return isNonNegative(first) && isNonNegative(second)
      }),
  )
}

function choice(kind: 'min' | 'max', left: Dimension, right: Dimension): Dimension {
  const [first, second] = formatDimension(left) <= formatDimension(right) ? [left, right] : [right, left]
  return fromAtom({ kind, text: `${kind}(${formatDimension(first)}, ${formatDimension(second)})`, of: [first, second] })
}
