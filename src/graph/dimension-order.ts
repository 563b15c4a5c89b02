/** The smaller and the larger of two dimensions, decided before the run where the expressions allow it. */
import { type Atom, add, type Dimension, equalDimensions, formatDimension, multiply, subtract } from './dimension.js'
import { fromAtom, isSurelyPositive, termsOf } from './polynomial.js'

/** @returns the smaller dimension; an atom where the run must tell */
export function min(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return Math.min(left, right)
  return choice('min', left, right)
}

/** @returns the larger dimension; an atom where the run must tell */
export function max(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return Math.max(left, right)
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
  return atom.kind === 'max' ? atom.of.some(isNonNegative) : atom.of.every(isNonNegative)
}

type Kind = 'min' | 'max'

/** Nested choices of one kind become one, without the options that another option makes needless. */
function choice(kind: Kind, left: Dimension, right: Dimension): Dimension {
  const options: Dimension[] = []
  for (const option of [...optionsOf(kind, left), ...optionsOf(kind, right)]) {
    if (options.some((other) => isSettledBy(kind, option, other))) continue
    const needed = options.filter((other) => !isSettledBy(kind, other, option))
    options.splice(0, options.length, ...needed, option)
  }
  const [only] = options
  if (options.length === 1 && only !== undefined) return only
  const sorted = options
    .map((option) => [formatDimension(option), option] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const text = `${kind}(${sorted.map(([name]) => name).join(', ')})`
  return fromAtom({ kind, text, of: sorted.map(([, option]) => option) })
}

function optionsOf(kind: Kind, size: Dimension): readonly Dimension[] {
  const atom = soleAtom(size)
  return atom?.kind === kind ? atom.of : [size]
}

/** `option` is never chosen beside `other`: it is on the wrong side of it, or is the opposite choice among it and more. */
function isSettledBy(kind: Kind, option: Dimension, other: Dimension): boolean {
  const atom = soleAtom(option)
  const isOpposite = (atom?.kind === 'min' || atom?.kind === 'max') && atom.kind !== kind
  if (isOpposite && atom.of.some((part) => equalDimensions(part, other))) return true
  return isNonNegative(kind === 'max' ? subtract(other, option) : subtract(option, other))
}

function soleAtom(size: Dimension): Atom | undefined {
  if (typeof size === 'number') return undefined
  const [atom] = size.terms[0]?.atoms ?? []
  return atom?.text === size.text ? atom : undefined
}
