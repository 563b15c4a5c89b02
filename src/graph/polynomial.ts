/** Sums of products with integer coefficients in one canonical order: the algebra under symbolic dimensions. */
import { UnsupportedError } from '../core/errors.js'
import type { Atom, Dimension, SymbolicDimension, Term } from './dimension.js'

/** Longer expressions are refused: no real model needs them, a hostile one could grow them without end. */
const MAX_TERMS = 64
const MAX_DEGREE = 16
const MAX_TEXT = 2000

/** @returns a dimension that is one free name; names that would read as an expression are quoted in its text */
export function freeName(name: string): SymbolicDimension {
  const text = /^[\p{L}_?][\p{L}\p{N}_.:/#@?[\]-]*$/u.test(name) ? name : JSON.stringify(name)
  return fromAtom({ kind: 'name', text, name })
}

/** @returns whether the atom is a name of 1 or more: sizes that only the run tells, named with `#`, may be 0 */
export function isSurelyPositive(atom: Atom): boolean {
  return atom.kind === 'name' && !atom.name.includes('#')
}

/** @returns a dimension that is one atom */
export function fromAtom(atom: Atom): SymbolicDimension {
  if (atom.text.length > MAX_TEXT) throw tooLong()
  return { kind: 'symbolic', text: atom.text, terms: [{ coefficient: 1, atoms: [atom] }] }
}

/** @returns the terms of a dimension; none for 0 */
export function termsOf(size: Dimension): readonly Term[] {
  if (typeof size !== 'number') return size.terms
  return size === 0 ? [] : [{ coefficient: size, atoms: [] }]
}

/** @returns the canonical dimension that is the sum of `terms`: like terms merged, zeros dropped, in order */
export function fromTerms(terms: readonly Term[]): Dimension {
  const merged = new Map<string, Term>()
  for (const term of terms) {
    const key = term.atoms.map((atom) => atom.text).join('*')
    const coefficient = term.coefficient + (merged.get(key)?.coefficient ?? 0)
    merged.set(key, { coefficient, atoms: term.atoms })
  }
  const kept = [...merged.values()].filter((term) => term.coefficient !== 0).sort(compareTerms)
  if (kept.length === 0) return 0
  const [first] = kept
  if (kept.length === 1 && first?.atoms.length === 0) return first.coefficient
  checkSize(kept)
  return { kind: 'symbolic', text: formatTerms(kept), terms: kept }
}

/** @returns the terms of the product, not merged */
export function productOfTerms(left: readonly Term[], right: readonly Term[]): readonly Term[] {
  return left.flatMap((a) =>
    right.map((b) => ({
      coefficient: a.coefficient * b.coefficient,
      atoms: [...a.atoms, ...b.atoms].sort(compareAtoms),
    })),
  )
}

/** Order of canonical polynomials: higher degree first, then by name; the constant comes last. */
export function compareTerms(left: Term, right: Term): number {
  if (left.atoms.length !== right.atoms.length) return right.atoms.length - left.atoms.length
  for (const [index, atom] of left.atoms.entries()) {
    const other = right.atoms[index]
    const order = other === undefined ? 0 : compareAtoms(atom, other)
    if (order !== 0) return order
  }
  return 0
}

/** @returns the atoms of `from` without those of `without`, or `undefined` when one of them is not there */
export function dropAtoms(from: readonly Atom[], without: readonly Atom[]): readonly Atom[] | undefined {
  const rest = [...from]
  for (const atom of without) {
    const index = rest.findIndex((candidate) => candidate.text === atom.text)
    if (index < 0) return undefined
    rest.splice(index, 1)
  }
  return rest
}

function compareAtoms(left: Atom, right: Atom): number {
  if (left.text === right.text) return 0
  return left.text < right.text ? -1 : 1
}

function checkSize(terms: readonly Term[]): void {
  const isTooLong = terms.length > MAX_TERMS || terms.some((term) => term.atoms.length > MAX_DEGREE)
  if (isTooLong) throw tooLong()
  const broken = terms.find((term) => !Number.isInteger(term.coefficient))
  if (broken !== undefined) {
    throw new UnsupportedError('E_DIMENSION_NOT_INTEGER', `a symbolic dimension has the factor ${broken.coefficient}`)
  }
}

function tooLong(): UnsupportedError {
  return new UnsupportedError('E_DIMENSION_TOO_LONG', 'the expression of a symbolic dimension grows too long', {
    hint: 'fix the free dimensions of the inputs, e.g. --input name=1x3x224x224',
  })
}

function formatTerms(terms: readonly Term[]): string {
  let text = ''
  for (const { coefficient, atoms } of terms) {
    const size = Math.abs(coefficient)
    const factors = atoms.map((atom) => atom.text)
    if (size !== 1 || factors.length === 0) factors.unshift(String(size))
    const sign = coefficient < 0 ? '-' : '+'
    if (text === '') text = (coefficient < 0 ? '-' : '') + factors.join('*')
    else text += ` ${sign} ${factors.join('*')}`
  }
  if (text.length > MAX_TEXT) throw tooLong()
  return text
}
