/** Puts sizes in the place of free names. */
import { type Atom, add, type Dimension, floorDivide, max, min, multiply } from './dimension.js'
import { fromAtom, termsOf } from './polynomial.js'

/** @returns the dimension with the bound names replaced; names without a binding stay free */
export function substitute(size: Dimension, bindings: ReadonlyMap<string, Dimension>): Dimension {
  if (typeof size === 'number' || bindings.size === 0) return size
  let sum: Dimension = 0
  for (const { coefficient, atoms } of size.terms) {
    const value = atoms.reduce<Dimension>((result, atom) => multiply(result, atomValue(atom, bindings)), coefficient)
    sum = add(sum, value)
  }
  return sum
}

/** @returns the size under these bindings, or `undefined` where a name stays free */
export function evaluate(size: Dimension, bindings: ReadonlyMap<string, number> = new Map()): number | undefined {
  const value = substitute(size, bindings)
  return typeof value === 'number' ? value : undefined
}

/** @returns the names that the dimension depends on */
export function freeNames(size: Dimension): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { atoms } of termsOf(size)) {
    for (const atom of atoms) {
      if (atom.kind === 'name') names.add(atom.name)
      else for (const part of atom.of) for (const name of freeNames(part)) names.add(name)
    }
  }
  return names
}

function atomValue(atom: Atom, bindings: ReadonlyMap<string, Dimension>): Dimension {
  if (atom.kind === 'name') return bindings.get(atom.name) ?? fromAtom(atom)
  if (atom.kind === 'floor-divide') {
    return floorDivide(substitute(atom.of[0], bindings), substitute(atom.of[1], bindings))
  }
  return atom.of.map((part) => substitute(part, bindings)).reduce(atom.kind === 'min' ? min : max)
}
