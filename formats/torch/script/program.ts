/** Follows a program of TorchScript call by call; what it asks of tensors is written into a graph. */
import type { ScriptArchive } from '../script-archive.js'
import type { ScriptObject, ScriptValue } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { type Bound, type FunctionReference, Scope, scriptValue } from './bound.js'
import type { CodeLibrary } from './code-library.js'
import { followExpression } from './follow-expression.js'
import { followBlock } from './follow-statement.js'
import { Limits } from './limits.js'
import { ModulePaths } from './module-paths.js'
import { brokenCode, type Position } from './script-errors.js'
import type { Expression, FunctionDefinition } from './syntax.js'

/** Where a call stands: its variables and its module. */
export interface Frame {
  readonly program: Program
  readonly scope: Scope
  /** Path of the file for messages. */
  readonly file: string
}

/** One walk through a program. */
export class Program {
  readonly library: CodeLibrary
  readonly constants: readonly ScriptValue[]
  readonly emitter: TorchEmitter
  readonly limits: Limits
  readonly assumptions = new Set<string>()
  readonly #paths: ModulePaths
  /** The module whose method is being followed. */
  #module: ScriptObject | undefined

  /**
   * @param archive - its objects are changed by the walk, as the program says
   * @param library - may be shared between walks
   */
  constructor(
    { root, constants }: Pick<ScriptArchive, 'root' | 'constants'>,
    library: CodeLibrary,
    emitter: TorchEmitter,
  ) {
    this.limits = new Limits(emitter.work)
    this.library = library
    this.constants = constants
    this.emitter = emitter
    this.#paths = new ModulePaths(root)
  }

  /** In what the graph will differ from the file. */
  assume(text: string): void {
    this.assumptions.add(text)
  }

  /** Names the nodes that an operator is about to write. */
  nameNodes(operator: string): void {
    this.emitter.current = this.#paths.nodeName(this.#module, operator)
  }

  /** Calls a method of an object. */
  callMethod(object: ScriptObject, definition: FunctionDefinition, args: readonly Bound[], named = NO_NAMES): Bound {
    const outer = this.#module
    // Objects that the program made work for the module that made them.
    if (this.#paths.of(object) !== undefined) this.#module = object
    try {
      return this.call({ kind: 'function', definition }, [object, ...args], named)
    } finally {
      this.#module = outer
    }
  }

  call({ definition, scope: around }: FunctionReference, args: readonly Bound[], named = NO_NAMES): Bound {
    const scope = new Scope(around)
    const { file, line, parameters, name } = definition
    if (args.length > parameters.length)
      throw brokenCode({ file, line }, `${name} takes ${parameters.length} arguments, not ${args.length}`)
    const frame = { program: this, scope, file }
    for (const [index, parameter] of parameters.entries()) {
      const given = args[index] ?? named.get(parameter.name) ?? initialValue(parameter.initial, frame)
      if (given === undefined) throw brokenCode({ file, line }, `${name} lacks its argument ${parameter.name}`)
      scope.set(parameter.name, given)
    }
    return this.limits.deeper({ file, line }, () => followBlock(definition.body, frame)) ?? { kind: 'none' }
  }
}

const NO_NAMES: ReadonlyMap<string, Bound> = new Map()

function initialValue(initial: Expression | undefined, frame: Frame): Bound | undefined {
  return initial === undefined ? undefined : followExpression(initial, frame)
}

/** @returns what an expression gives, as a value of the program */
export function followValue(expression: Expression, frame: Frame): ScriptValue {
  return scriptValue(followExpression(expression, frame), positionIn(frame, expression))
}

export function positionIn({ file }: Frame, { line }: { readonly line: number }): Position {
  return { file, line }
}
