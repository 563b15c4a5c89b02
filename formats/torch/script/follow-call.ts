/** Follows calls: methods, functions and classes of the file, and built-in functions. */
import { quoted } from '../../../src/core/quoted.js'
import { OpenRank } from '../open-size.js'
import { NONE, type ScriptObject, type ScriptValue, tuple } from '../script-value.js'
import { type Bound, type ClassReference, scriptValue } from './bound.js'
import { BuiltInCall } from './built-in/built-in.js'
import { isInstance } from './built-in/types.js'
import { callOperator } from './call-operator.js'
import { toBool, toFloat, toInt, toList } from './conversions.js'
import { attributeOf, callOf, dottedName, followExpression } from './follow-expression.js'
import { type Frame, followValue, positionIn } from './program.js'
import { brokenCode, cannotFollow, type Position } from './script-errors.js'
import type { Expression } from './syntax.js'

type Call = Expression & { kind: 'call' }

interface Arguments {
  readonly args: readonly Bound[]
  readonly named: ReadonlyMap<string, Bound>
}

/** @returns the result of a call */
export function followCall(call: Call, frame: Frame): Bound {
  const position = positionIn(frame, call)
  const name = dottedName(call.callee)
  if (name !== undefined && Object.hasOwn(SPECIAL, name) && frame.scope.get(name) === undefined)
    return SPECIAL[name]?.(call, position, frame) ?? NONE
  if (name !== undefined && /^(torch|ops)\./.test(name)) {
    const { args, named } = operatorArguments(call, frame)
    return callOperator(new BuiltInCall(callOf(call) ?? name, args, named, position), frame.program)
  }
  if (call.callee.kind === 'attribute' && !name?.startsWith('__torch__.')) {
    const of = followExpression(call.callee.of, frame)
    const { args, named } = followArguments(call, frame)
    return callMethodOf(of, call.callee.name, args, position, frame, named)
  }
  if (name?.endsWith('.__new__') === true) return newObject(name.slice(0, -'.__new__'.length))
  const callee = followExpression(call.callee, frame)
  const { args, named } = followArguments(call, frame)
  if (callee.kind === 'function') return frame.program.call(callee, args, named)
  if (callee.kind === 'class') return construct(callee, args, named, position, frame)
  throw cannotFollow(position, `a value of kind ${callee.kind} is called`)
}

/** @returns what a method of an object of the file, or of a list, text or tensor gives */
export function callMethodOf(
  of: Bound,
  name: string,
  args: readonly Bound[],
  position: Position,
  frame: Frame,
  named: ReadonlyMap<string, Bound> = new Map(),
): Bound {
  const { program } = frame
  if (of.kind !== 'object') return callOperator(new BuiltInCall(name, [of, ...args], named, position), program)
  const definition = program.library.findClass(of.type)
  if (definition === undefined) {
    throw cannotFollow(position, `the file holds no code of the class ${quoted(of.type)}, whose ${name} is called`)
  }
  const method = definition.methods.get(name)
  if (method === undefined) throw brokenCode(position, `${quoted(of.type)} has no method ${quoted(name)}`)
  return program.callMethod(of, method, args, named)
}

function followArguments(call: Call, frame: Frame): Arguments {
  const args: Bound[] = []
  const named = new Map<string, Bound>()
  for (const { name, value } of call.arguments) {
    const given = followExpression(value, frame)
    if (name === undefined) args.push(given)
    else named.set(name, given)
  }
  return { args, named }
}

/** Where the number of axes is compared with a number, that one is what the model expects. */
function operatorArguments(call: Call, frame: Frame): Arguments {
  try {
    return followArguments(call, frame)
  } catch (cause) {
    const rank = cause instanceof OpenRank && cause.guess === undefined ? comparedRank(call) : undefined
    throw rank === undefined || !(cause instanceof OpenRank) ? cause : new OpenRank(cause.value, { rank })
  }
}

/** @returns 4 for `torch.ne(torch.dim(x), 4)`; the largest, which has a batch, for `torch.__contains__([2, 3], torch.dim(x))` */
function comparedRank(call: Call): number | undefined {
  const [left, right] = call.arguments.map(({ value }) => value)
  const asks = (side: Expression | undefined) => side !== undefined && ['dim', 'len'].includes(callOf(side) ?? '')
  if (callOf(call) === '__contains__' && left?.kind === 'list' && asks(right)) {
    const ranks = left.items.flatMap((item) => (item.kind === 'int' ? [Number(item.value)] : []))
    return ranks.length > 0 && ranks.length <= 8 ? Math.max(...ranks) : undefined
  }
  if (!['eq', 'ne'].includes(callOf(call) ?? '') || left === undefined || right?.kind !== 'int') return undefined
  return asks(left) ? Number(right.value) : undefined
}

function newObject(type: string): ScriptObject {
  return { kind: 'object', type, attributes: new Map() }
}

/** A NamedTuple is made by calling its class; other classes are made by `__new__` and `__init__`. */
function construct(
  { type, definition }: ClassReference,
  args: readonly Bound[],
  named: ReadonlyMap<string, Bound>,
  position: Position,
  frame: Frame,
): Bound {
  const fields = [...definition.fields.keys()]
  if (definition.bases.includes('NamedTuple')) {
    const items = fields.map((field, index) => scriptValue(args[index] ?? named.get(field) ?? NONE, position))
    return { ...tuple(items), type, fields }
  }
  const object = newObject(type)
  callMethodOf(object, '__init__', args, position, frame, named)
  return object
}

type Special = (call: Call, position: Position, frame: Frame) => Bound

function argument(call: Call, index: number, position: Position): Expression {
  const given = call.arguments[index]?.value
  if (given === undefined) throw brokenCode(position, `argument ${index + 1} is left out`)
  return given
}

/** Second argument, first a type. */
const typed: Special = (call, position, frame) => followExpression(argument(call, 1, position), frame)

/** A value that is used as one of another type: a tensor as a number, or as the list of its elements. */
const annotate: Special = (call, position, frame) => {
  const type = argument(call, 0, position)
  const of = argument(call, 1, position)
  const isList = of.kind === 'call' && of.callee.kind === 'attribute' && of.callee.name === 'tolist'
  if (isList) return toList(followValue(of.callee.of, frame), position)
  const value = followExpression(of, frame)
  if (value.kind !== 'tensor' || type.kind !== 'name') return value
  if (type.name === 'int') return toInt(value, position, frame.program)
  return type.name === 'float' || type.name === 'number' ? toFloat(value, position) : value
}

const getAttribute: Special = (call, position, frame) => {
  const name = argument(call, 1, position)
  if (name.kind !== 'string') throw brokenCode(position, 'an attribute is named by no text')
  return attributeOf(followExpression(argument(call, 0, position), frame), name.value, position, frame)
}

/** What another thread would do is done at once. */
const fork: Special = (call, position, frame) => {
  const {
    args: [callee, ...args],
    named,
  } = followArguments(call, frame)
  if (callee?.kind !== 'function') throw cannotFollow(position, 'fork calls something else than a function')
  return frame.program.call(callee, args, named)
}

const converting =
  (convert: (value: ScriptValue, position: Position, program: Frame['program']) => Bound): Special =>
  (call, position, frame) => {
    const value = followExpression(argument(call, 0, position), frame)
    // Comparisons of free sizes are truths already.
    return value.kind === 'undecided' ? value : convert(scriptValue(value, position), position, frame.program)
  }

const builtIn =
  (name: string): Special =>
  (call, position, frame) => {
    const { args, named } = followArguments(call, frame)
    return callOperator(new BuiltInCall(name, args, named, position), frame.program)
  }

/** Names that Python and TorchScript know without any import. */
const SPECIAL: Readonly<Record<string, Special>> = {
  annotate,
  unchecked_cast: typed,
  uninitialized: () => NONE,
  getattr: getAttribute,
  isinstance: (call, position, frame) =>
    isInstance(followValue(argument(call, 0, position), frame), argument(call, 1, position)),
  fork,
  print: () => NONE,
  int: converting(toInt),
  float: converting(toFloat),
  bool: converting(toBool),
  str: builtIn('str'),
  sorted: builtIn('sorted'),
  len: builtIn('len'),
  list: builtIn('list'),
}
