/** Division of dimensions: exact where it comes out even, a floor otherwise, in one canonical form. */
import { UnsupportedError } from '../core/errors.js'
import { type Atom, add, type Dimension, multiply, subtract, type Term } from './dimension.js'
import { dropAtoms, fromAtom, fromTerms, termsOf } from './polynomial.js'

/**
 * Quotient rounded towards minus infinity.
 *
 * @throws {UnsupportedError} `E_DIMENSION_ZERO` for a divisor of 0
 */
export function floorDivide(dividend: Dimension, divisor: Dimension): Dimension {
  if (divisor === 0) throw new UnsupportedError('E_DIMENSION_ZERO', 'a dimension is divided by 0')
  if (typeof dividend === 'number' && typeof divisor === 'number') return Math.floor(dividend / divisor) + 0
  if (dividend === 0 || divisor === 1) return dividend
  return typeof divisor === 'number' ? divideByNumber(dividend, divisor) : divideBySymbol(dividend, divisor)
}

/** Quotient rounded towards plus infinity; the divisor is taken to be positive. */
export function ceilDivide(dividend: Dimension, divisor: Dimension): Dimension {
  if (typeof dividend === 'number' && typeof divisor === 'number' && divisor !== 0) {
    return Math.ceil(dividend / divisor) + 0
  }
  return floorDivide(subtract(add(dividend, divisor), 1), divisor)
}

/** Remainder with the sign of the divisor: `dividend - divisor * floor(dividend / divisor)`. */
export function modulo(dividend: Dimension, divisor: Dimension): Dimension {
  return subtract(dividend, multiply(divisor, floorDivide(dividend, divisor)))
}

/** Whole multiples of the divisor leave the floor: `floor((5*N + 3) / 2)` is `2*N + 1 + floor((N + 1) / 2)`. */
function divideByNumber(dividend: Dimension, divisor: number): Dimension {
  if (divisor < 0) return divideByNumber(multiply(-1, dividend), -divisor)
  const whole: Term[] = []
  const rest: Term[] = []
  for (const { coefficient, atoms } of termsOf(dividend)) {
    const quotient = Math.floor(coefficient / divisor)
    whole.push({ coefficient: quotient, atoms })
    rest.push({ coefficient: coefficient - quotient * divisor, atoms })
  }
  return add(fromTerms(whole), floorOfRest(fromTerms(rest), divisor))
}

/** All coefficients of `rest` lie in `[0, divisor)`. */
function floorOfRest(rest: Dimension, divisor: number): Dimension {
  if (typeof rest === 'number') return Math.floor(rest / divisor)
  const common = rest.terms.reduce(
    (gcd, term) => (term.atoms.length === 0 ? gcd : gcdOf(gcd, term.coefficient)),
    divisor,
  )
  if (common > 1) {
    const reduced = rest.terms.map(({ coefficient, atoms }) => ({
      coefficient: Math.floor(coefficient / common),
      atoms,
    }))
    return floorDivide(fromTerms(reduced), divisor / common)
  }
  return unnest(rest, divisor) ?? floorAtom(rest, divisor)
}

/** `floor((floor(x / a) + t) / b)` is `floor((x + a*t) / (a*b))` for whole `t` and positive `a`, `b`. */
function unnest(rest: Dimension, divisor: number): Dimension | undefined {
  for (const term of termsOf(rest)) {
    const [atom] = term.atoms
    if (term.coefficient !== 1 || term.atoms.length !== 1 || atom?.kind !== 'floor-divide') continue
    const [inner, by] = atom.of
    if (typeof by !== 'number' || by < 0) continue
    const others = subtract(rest, fromAtom(atom))
    return floorDivide(add(inner, multiply(by, others)), by * divisor)
  }
  return undefined
}

function divideBySymbol(dividend: Dimension, divisor: Dimension): Dimension {
  const exact = divideExactly(dividend, divisor)
  if (exact !== undefined) return exact
  const [smaller, by] = cancelCommon(dividend, divisor)
  return typeof by === 'number' ? floorDivide(smaller, by) : floorAtom(smaller, by)
}

/** Long division of polynomials; `undefined` when something is left over. */
function divideExactly(dividend: Dimension, divisor: Dimension): Dimension | undefined {
  const [lead] = termsOf(divisor)
  let [rest, quotient]: [Dimension, Dimension] = [dividend, 0]
  for (let step = 0; rest !== 0 && step < 64; step += 1) {
    const [first] = termsOf(rest)
    const term = lead === undefined || first === undefined ? undefined : divideTerm(first, lead)
    if (term === undefined) return undefined
    const part = fromTerms([term])
    quotient = add(quotient, part)
    rest = subtract(rest, multiply(part, divisor))
  }
  return rest === 0 ? quotient : undefined
}

function divideTerm(term: Term, by: Term): Term | undefined {
  const coefficient = term.coefficient / by.coefficient
  const atoms = dropAtoms(term.atoms, by.atoms)
  return atoms === undefined || !Number.isInteger(coefficient) ? undefined : { coefficient, atoms }
}

/** Takes factors out that every term of both has: `floor(6*N*M / (4*N))` is `floor(3*M / 2)`. */
function cancelCommon(dividend: Dimension, divisor: Dimension): readonly [Dimension, Dimension] {
  const terms = [...termsOf(dividend), ...termsOf(divisor)]
  const coefficient = terms.reduce((gcd, term) => gcdOf(gcd, term.coefficient), 0)
  const atoms: Atom[] = []
  for (const atom of terms[0]?.atoms ?? []) {
    atoms.push(atom)
    if (terms.some((term) => dropAtoms(term.atoms, atoms) === undefined)) atoms.pop()
  }
  const factor: Term = { coefficient, atoms }
  const without = (size: Dimension) => fromTerms(termsOf(size).flatMap((term) => divideTerm(term, factor) ?? []))
  return [without(dividend), without(divisor)]
}

function floorAtom(dividend: Dimension, divisor: Dimension): Dimension {
  const text = `floor(${bracketed(dividend)} / ${bracketed(divisor)})`
  return fromAtom({ kind: 'floor-divide', text, of: [dividend, divisor] })
}

function bracketed(size: Dimension): string {
  if (typeof size === 'number') return String(size)
  return size.terms.length > 1 ? `(${size.text})` : size.text
}

function gcdOf(left: number, right: number): number {
  let [a, b] = [Math.abs(left), Math.abs(right)]
  while (b > 0) [a, b] = [b, a % b]
  return a
}
