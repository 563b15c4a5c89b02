/** The arguments of `forward`: which of them are inputs of the graph, and what the others are. */
import { UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { NONE, type ScriptValue, tuple } from '../script-value.js'
import { STATE_SHAPE } from './open-inputs.js'
import { EXPORT_HINT } from './script-errors.js'
import type { Expression, FunctionDefinition, Parameter } from './syntax.js'

/** One argument: an input, several of them, or what its signature says where nobody gives it. */
export type ForwardArgument =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly ForwardArgument[] }
  | { readonly kind: 'initial' }

/**
 * @param given - names of inputs that the user gives a shape
 * @param examples - how many arguments the trace was made with
 * @throws {UnsupportedError} `E_TORCH_INPUT` for an argument that is neither a tensor nor given by the signature
 */
export function forwardArguments(
  { parameters }: FunctionDefinition,
  given: ReadonlySet<string>,
  examples: number,
): readonly ForwardArgument[] {
  return parameters.slice(1).map((parameter, index) => {
    const isGiven = given.has(parameter.name) || index < examples
    return parameter.initial !== undefined && !isGiven ? { kind: 'initial' } : argumentOf(parameter)
  })
}

function argumentOf({ name, type }: Parameter): ForwardArgument {
  if (type === undefined || isTensor(type)) return { kind: 'input', name }
  const inner = type.kind === 'index' && type.of.kind === 'name' ? type : undefined
  if (inner?.of.kind === 'name' && inner.of.name === 'Optional') return optionalArgument(name, inner.index)
  if (inner?.of.kind === 'name' && inner.of.name === 'Tuple') {
    const types = inner.index.kind === 'tuple' ? inner.index.items : [inner.index]
    const items = types.map((item, index) => argumentOf({ name: `${name}_${index}`, type: item, initial: undefined }))
    return { kind: 'tuple', items }
  }
  throw new UnsupportedError('E_TORCH_INPUT', `the model's input ${quoted(name)} is no tensor`, { hint: EXPORT_HINT })
}

/** One that may be None and has no value of its own is None, unless it is a tensor. */
function optionalArgument(name: string, type: Expression): ForwardArgument {
  return isTensor(type) ? { kind: 'input', name } : { kind: 'initial' }
}

function isTensor(type: Expression): boolean {
  return type.kind === 'name' && type.name === 'Tensor'
}

/** @returns the names of the inputs, in order */
export function inputNames(list: readonly ForwardArgument[]): readonly string[] {
  return list.flatMap((argument) => {
    if (argument.kind === 'tuple') return inputNames(argument.items)
    return argument.kind === 'input' ? [argument.name] : []
  })
}

/** @returns what an argument is in one walk; `undefined` for what its signature says */
export function argumentValue(
  argument: ForwardArgument,
  inputs: ReadonlyMap<string, ScriptValue>,
): ScriptValue | undefined {
  if (argument.kind === 'initial') return undefined
  if (argument.kind === 'input') return inputs.get(argument.name) ?? NONE
  return tuple(argument.items.map((item) => argumentValue(item, inputs) ?? NONE))
}

/** Published models have some tens. */
const MOST_INPUTS = 1000

/** @throws {UnsupportedError} `E_TORCH_INPUT` for a model without inputs, and for one with thousands */
export function requireInputs(names: readonly string[], path: string): void {
  if (names.length > MOST_INPUTS) {
    const what = `${path}: the model reads ${names.length} tensors, more than ${MOST_INPUTS}`
    throw new UnsupportedError('E_TORCH_INPUT', what, { hint: EXPORT_HINT })
  }
  if (names.length > 0) return
  throw new UnsupportedError('E_TORCH_INPUT', `${path}: the model reads no tensor`, { hint: STATE_SHAPE })
}
