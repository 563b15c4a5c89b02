/** `a or b` and `a and b`, which PyTorch's printer writes as an if whose one branch is a single True or False. */
import type { IfStatement, Statement } from './syntax.js'

/** A condition of which the first half is that of an if. */
export interface ShortCircuit {
  readonly kind: 'or' | 'and'
  /** Variable that takes the result. */
  readonly name: string
  /** What gives the second half. */
  readonly rest: readonly Statement[]
}

/** @returns `undefined` for an if that does more than choose between a truth and another condition */
export function shortCircuit({ then, otherwise }: IfStatement): ShortCircuit | undefined {
  const [taken, passed] = [soleTruth(then), soleTruth(otherwise)]
  if (taken?.value === true && assigns(otherwise, taken.name)) return { kind: 'or', name: taken.name, rest: otherwise }
  return passed?.value === false && assigns(then, passed.name)
    ? { kind: 'and', name: passed.name, rest: then }
    : undefined
}

/** @returns the variable and the truth of a branch that does nothing but set it */
function soleTruth([only, ...more]: readonly Statement[]): { name: string; value: boolean } | undefined {
  if (only?.kind !== 'assign' || more.length > 0 || only.names.length !== 1) return undefined
  const [name, value] = [only.names[0], only.values[0]]
  return name !== undefined && value?.kind === 'bool' ? { name, value: value.value } : undefined
}

const assigns = (statements: readonly Statement[], name: string): boolean =>
  statements.some((statement) => statement.kind === 'assign' && statement.names.includes(name))
