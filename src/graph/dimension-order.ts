/** The smaller and the larger of two dimensions, decided before the run where the expressions allow it. */
import { type Atom, add, type Dimension, equalDimensions, formatDimension, multiply, subtract } from './dimension.js'
import { fromAtom, isSurelyPositive, termsOf } from './polynomial.js'

/** @returns the smaller dimension; an atom where the run must tell */
export function min(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return Math.min(left, right)
  if (isNonNegative(subtract(right, left)) || isChoiceOf('max', right, left)) return left
  if (isNonNegative(subtract(left, right)) || isChoiceOf('max', left, right)) return right
  return choice('min', left, right)
}

/** @returns the larger dimension; an atom where the run must tell */
export function max(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return Math.max(left, right)
  if (isNonNegative(subtract(right, left)) || isChoiceOf('min', left, right)) return right
  if (isNonNegative(subtract(left, right)) || isChoiceOf('min', right, left)) return left
  return choice('max', left, right)
}

/**
 * @returns `true` when the dimension is sure to be 0 or more for every size of its names, which are 1 or more
 * unless only the run tells them; `false` where that is not sure
 */
export function isNonNegative(size: Dimension): boolean {
  const isSum = termsOf(size).every(({ coefficient, atoms }) => coefficient >= 0 && atoms.every(isNonNegativeAtom))
  if (isSum || typeof size === 'number') return isSum
  const constant = termsOf(size).find(({ atoms }) => atoms.length === 0)
  return (constant?.coefficient ?? 0) < 0 && isNonNegativeFromOne(size)
}

/** Writes every name as one more than a size of 0 or more: `N - 1` becomes `N`, which is sure. */
function isNonNegativeFromOne(size: Dimension): boolean {
  let shifted: Dimension = 0
  for (const { coefficient, atoms } of termsOf(size)) {
    if (!atoms.every(isNonNegativeAtom)) return false
    const factors = atoms.map((atom) => (isSurelyPositive(atom) ? add(fromAtom(atom), 1) : fromAtom(atom)))
    shifted = add(shifted, factors.reduce<Dimension>(multiply, coefficient))
  }
  return termsOf(shifted).every(({ coefficient }) => coefficient >= 0)
}

function isNonNegativeAtom(atom: Atom): boolean {
  if (atom.kind === 'name') return true
  const [first, second] = atom.of
  if (atom.kind === 'max') return isNonNegative(first) || isNonNegative(second)
  return isNonNegative(first) && isNonNegative(second)
}

/** `max(a, min(a, b))` is `a`, and `min(a, max(a, b))` too. */
function isChoiceOf(kind: 'min' | 'max', choice: Dimension, part: Dimension): boolean {
  const [atom] = typeof choice === 'number' ? [] : (choice.terms[0]?.atoms ?? [])
  if (typeof choice === 'number' || atom?.kind !== kind || atom.text !== choice.text) return false
  return atom.of.some((option) => equalDimensions(option, part))
}

function choice(kind: 'min' | 'max', left: Dimension, right: Dimension): Dimension {
  const [first, second] = formatDimension(left) <= formatDimension(right) ? [left, right] : [right, left]
  return fromAtom({ kind, text: `${kind}(${formatDimension(first)}, ${formatDimension(second)})`, of: [first, second] })
}
