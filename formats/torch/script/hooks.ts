/** Hooks of the module itself, which PyTorch calls around `forward`; those of its parts stand in the code. */
import { NONE, type ScriptObject, type ScriptValue, tuple } from '../script-value.js'
import { type Bound, scriptValue } from './bound.js'
import type { Program } from './program.js'
import type { Expression, FunctionDefinition } from './syntax.js'

/**
 * Calls `forward` with the hooks before and after it.
 *
 * @param args - `undefined` for an argument that is left to the signature
 */
export function callHooked(
  module: ScriptObject,
  forward: FunctionDefinition,
  args: readonly (ScriptValue | undefined)[],
  program: Program,
): Bound {
  const definition = program.library.findClass(module.type)
  const hook = (name: string, given: readonly Bound[]): Bound | undefined => {
    const method = definition?.methods.get(name)
    return method && program.callMethod(module, method, given)
  }
  let given = args
  for (const name of namesIn(definition?.constants.get('__forward_pre_hooks__'))) {
    const changed = hook(name, [tuple(given.map((value) => value ?? NONE))])
    if (changed?.kind === 'tuple') given = changed.items
    else if (changed !== undefined && changed.kind !== 'none') given = [scriptValue(changed, forward)]
  }
  let result = program.callMethod(module, forward, positional(given), named(forward, given))
  for (const name of namesIn(definition?.constants.get('__forward_hooks__'))) {
    const changed = hook(name, [tuple(given.map((value) => value ?? NONE)), result])
    if (changed !== undefined && changed.kind !== 'none') result = changed
  }
  return result
}

function namesIn(list: Expression | undefined): readonly string[] {
  return list?.kind === 'list' ? list.items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])) : []
}

/** Arguments up to the first that is left out. */
function positional(args: readonly (ScriptValue | undefined)[]): readonly Bound[] {
  const end = args.indexOf(undefined)
  return args.slice(0, end < 0 ? args.length : end).flatMap((value) => value ?? [])
}

function named(
  { parameters }: FunctionDefinition,
  args: readonly (ScriptValue | undefined)[],
): ReadonlyMap<string, Bound> {
  const start = positional(args).length
  const rest = args.slice(start).flatMap((value, index) => {
    const name = parameters[start + index + 1]?.name
    return value === undefined || name === undefined ? [] : [[name, value] as const]
  })
  return new Map(rest)
}
