/**
 * The tree of a file of TorchScript's code.
 *
 * @see https://pytorch.org/docs/stable/jit_language_reference.html
 */

/** What gives a value, or names a type. `line` counts from 1. */
export type Expression =
  | { readonly kind: 'int'; readonly value: bigint; readonly line: number }
  | { readonly kind: 'float'; readonly value: number; readonly line: number }
  | { readonly kind: 'string'; readonly value: string; readonly line: number }
  | { readonly kind: 'bool'; readonly value: boolean; readonly line: number }
  | { readonly kind: 'none'; readonly line: number }
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string; readonly line: number }
  | {
      readonly kind: 'call'
      readonly callee: Expression
      readonly arguments: readonly Argument[]
      readonly line: number
    }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression; readonly line: number }
  | { readonly kind: 'slice'; readonly parts: readonly (Expression | undefined)[]; readonly line: number }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly Expression[]; readonly line: number }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[]; readonly line: number }

/** An argument of a call; `name` for those passed by keyword. */
export interface Argument {
  readonly name?: string
  readonly value: Expression
}

/** One step of a function. */
export type Statement =
  | AssignStatement
  | {
      readonly kind: 'set'
      readonly of: Expression
      readonly name: string
      readonly value: Expression
      readonly line: number
    }
  | { readonly kind: 'expression'; readonly value: Expression; readonly line: number }
  | IfStatement
  | {
      readonly kind: 'for'
      readonly name: string
      readonly over: Expression
      readonly body: readonly Statement[]
      readonly line: number
    }
  | {
      readonly kind: 'while'
      readonly condition: Expression
      readonly body: readonly Statement[]
      readonly line: number
    }
  | {
      readonly kind: 'with'
      readonly value: Expression
      readonly name?: string
      readonly body: readonly Statement[]
      readonly line: number
    }
  | { readonly kind: 'return'; readonly value: Expression | undefined; readonly line: number }
  | { readonly kind: 'def'; readonly definition: FunctionDefinition; readonly line: number }
  | { readonly kind: 'pass'; readonly line: number }

/** `a, b = x, y` gives each name its value; with `isUnpacking` (`a, b, = x`) the names take the items of one value. */
export interface AssignStatement {
  readonly kind: 'assign'
  readonly names: readonly string[]
  readonly values: readonly Expression[]
  readonly isUnpacking: boolean
  readonly line: number
}

/** Both branches are always there; an empty one is a `pass`. */
export interface IfStatement {
  readonly kind: 'if'
  readonly condition: Expression
  readonly then: readonly Statement[]
  readonly otherwise: readonly Statement[]
  readonly line: number
}

export interface Parameter {
  readonly name: string
  readonly type: Expression | undefined
  readonly initial: Expression | undefined
}

export interface FunctionDefinition {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly returns: Expression | undefined
  readonly body: readonly Statement[]
  readonly file: string
  readonly line: number
}

/** A module, a class, a NamedTuple, an Enum or an interface: `bases` says which. */
export interface ClassDefinition {
  readonly name: string
  readonly bases: readonly string[]
  /** Attributes with their types, in order: the fields of a NamedTuple. */
  readonly fields: ReadonlyMap<string, Expression>
  /** Attributes with a value: constants of a module, members of an Enum. */
  readonly constants: ReadonlyMap<string, Expression>
  readonly methods: ReadonlyMap<string, FunctionDefinition>
  readonly file: string
  readonly line: number
}

/** What one file of the code defines. */
export interface CodeFile {
  readonly file: string
  readonly classes: ReadonlyMap<string, ClassDefinition>
  readonly functions: ReadonlyMap<string, FunctionDefinition>
}
