/** What a variable of the code may hold beyond values of the program: functions, classes, and truths that sizes leave open. */
import type { Dimension } from '../../../src/graph/dimension.js'
import { OpenSize } from '../open-size.js'
import type { ScriptValue } from '../script-value.js'
import { cannotFollow, type Position } from './script-errors.js'
import type { ClassDefinition, FunctionDefinition } from './syntax.js'

/** Variables of one call; a function that is written inside another sees those around it. */
export class Scope {
  readonly #variables = new Map<string, Bound>()
  readonly #outer: Scope | undefined

  constructor(outer?: Scope) {
    this.#outer = outer
  }

  get(name: string): Bound | undefined {
    return this.#variables.get(name) ?? this.#outer?.get(name)
  }

  set(name: string, value: Bound): void {
    this.#variables.set(name, value)
  }

  /** @returns variables by name, without those around */
  entries(): ReadonlyMap<string, Bound> {
    return this.#variables
  }

  /** @returns the same variables, to be changed apart */
  copy(): Scope {
    const copy = new Scope(this.#outer)
    for (const [name, value] of this.#variables) copy.set(name, value)
    return copy
  }
}

/** What a name or an expression stands for. */
export type Bound = ScriptValue | FunctionReference | ClassReference | Undecided

export interface FunctionReference {
  readonly kind: 'function'
  readonly definition: FunctionDefinition
  /** Set for functions that are written inside another. */
  readonly scope?: Scope
}

export interface ClassReference {
  readonly kind: 'class'
  readonly type: string
  readonly definition: ClassDefinition
}

/**
 * A comparison of sizes that are still free. `equal`: true when `size` is `expected`; `different`: when it is not; `other`:
 * anything else.
 */
export interface Undecided {
  readonly kind: 'undecided'
  readonly size: Dimension
  readonly expected: number | undefined
  readonly truth: 'equal' | 'different' | 'other'
}

/**
 * @returns a value of the program
 * @throws {OpenSize} where it depends on a size that is still free
 * @throws {UnsupportedError} `E_TORCH_SCRIPT` for a function or a class
 */
export function scriptValue(bound: Bound, position: Position): ScriptValue {
  switch (bound.kind) {
    case 'undecided':
      throw new OpenSize(bound.size, undefined)
    case 'function':
    case 'class':
      throw cannotFollow(position, `a ${bound.kind} is used as a value`)
    default:
      return bound
  }
}
