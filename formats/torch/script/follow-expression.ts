/** Follows expressions: names, attributes, subscripts and literals; calls are followed by `follow-call.ts`. */
import { quoted } from '../../../src/core/quoted.js'
import { list, NONE, type ScriptObject, type ScriptValue, text, whole } from '../script-value.js'
import type { Bound } from './bound.js'
import { BuiltInCall, known } from './built-in/built-in.js'
import { keyOf } from './built-in/dicts.js'
import { placeIn, sliced } from './built-in/lists.js'
import { callOperator } from './call-operator.js'
import { followCall } from './follow-call.js'
import { type Frame, followValue, positionIn } from './program.js'
import { brokenCode, cannotFollow, type Position } from './script-errors.js'
import type { Expression } from './syntax.js'

/** @throws {FormatError | UnsupportedError} where the file is broken, or asks for what cannot be known before the run */
export function followExpression(expression: Expression, frame: Frame): Bound {
  return frame.program.limits.deeper(positionIn(frame, expression), () => follow(expression, frame))
}

/** @returns e.g. `torch.nn.functional.relu`; `undefined` for what is no chain of names */
export function dottedName(expression: Expression): string | undefined {
  const parts: string[] = []
  let at = expression
  while (at.kind === 'attribute') {
    parts.push(at.name)
    at = at.of
  }
  return at.kind === 'name' ? [at.name, ...parts.reverse()].join('.') : undefined
}

/** @returns what a call calls: `size` for `torch.size(x)`, `prim.dtype` for `ops.prim.dtype(x)`; `undefined` for no call of a name */
export function callOf(expression: Expression): string | undefined {
  const name = expression.kind === 'call' ? dottedName(expression.callee) : undefined
  return name?.replace(/^(torch|ops\.aten|ops)\./, '')
}

function follow(expression: Expression, frame: Frame): Bound {
  switch (expression.kind) {
    case 'int':
      return wholeLiteral(expression.value, positionIn(frame, expression))
    case 'float':
    case 'string':
    case 'bool':
      return { kind: expression.kind, value: expression.value } as ScriptValue
    case 'none':
      return NONE
    case 'name':
      return variable(expression.name, positionIn(frame, expression), frame)
    case 'attribute':
      return attribute(expression, frame)
    case 'call':
      return followCall(expression, frame)
    case 'index':
      return indexed(expression, frame)
    case 'list':
      return list(expression.items.map((item) => followValue(item, frame)))
    case 'tuple':
      return { kind: 'tuple', items: expression.items.map((item) => followValue(item, frame)) }
    case 'dict':
      return dict(expression, frame)
    case 'slice':
      throw brokenCode(positionIn(frame, expression), 'a slice stands outside of brackets')
  }
}

function variable(name: string, position: Position, frame: Frame): Bound {
  const value = frame.scope.get(name)
  if (value === undefined) throw brokenCode(position, `there is no variable ${quoted(name)}`)
  return value
}

function attribute(expression: Expression & { kind: 'attribute' }, frame: Frame): Bound {
  const position = positionIn(frame, expression)
  const name = dottedName(expression)
  if (name?.startsWith('__torch__.')) return defined(name, position, frame)
  if (name?.startsWith('CONSTANTS.')) return constant(name, position, frame)
  return attributeOf(followExpression(expression.of, frame), expression.name, position, frame)
}

/** @returns the class or function of that qualified name, or the member of an Enum */
function defined(name: string, position: Position, frame: Frame): Bound {
  const { library } = frame.program
  const found = library.find(name)
  if (found !== undefined) return found
  const dot = name.lastIndexOf('.')
  const around = library.findClass(name.slice(0, dot))
  const member = around?.constants.get(name.slice(dot + 1))
  if (around === undefined || member === undefined) throw brokenCode(position, `the file does not hold ${quoted(name)}`)
  const method = around.methods.get(name.slice(dot + 1))
  if (method !== undefined) return { kind: 'function', definition: method }
  return enumMember(name.slice(0, dot), name.slice(dot + 1), followValue(member, { ...frame, file: around.file }))
}

function wholeLiteral(value: bigint, position: Position): ScriptValue {
  const found = whole(value)
  if (found === undefined) throw brokenCode(position, `the whole number ${value} has more than 64 bits`)
  return found
}

function enumMember(type: string, name: string, value: ScriptValue): ScriptObject {
  return {
    kind: 'object',
    type,
    attributes: new Map([
      ['name', text(name)],
      ['value', value],
    ]),
  }
}

function constant(name: string, position: Position, frame: Frame): Bound {
  const value = frame.program.constants[Number(name.slice('CONSTANTS.c'.length))]
  if (value === undefined) throw brokenCode(position, `the file does not hold ${name}`)
  return value
}

/** @returns an attribute of a module, an object or a NamedTuple */
export function attributeOf(of: Bound, name: string, position: Position, frame: Frame): Bound {
  if (of.kind === 'object') return objectAttribute(of, name, position, frame)
  if (of.kind === 'tuple') {
    const value = of.items[of.fields?.indexOf(name) ?? -1]
    if (value !== undefined) return value
  }
  if (of.kind === 'tensor') return followTensorAttribute(name, of, position, frame)
  throw cannotFollow(position, `attribute ${quoted(name)} of a value of kind ${of.kind}`)
}

function objectAttribute(object: ScriptObject, name: string, position: Position, frame: Frame): Bound {
  const value = object.attributes.get(name)
  if (value !== undefined) return value
  const definition = frame.program.library.findClass(object.type)
  const constantOf = definition?.constants.get(name)
  if (definition !== undefined && constantOf !== undefined)
    return followExpression(constantOf, { ...frame, file: definition.file })
  throw brokenCode(position, `${quoted(object.type)} has no attribute ${quoted(name)}`)
}

/** Attributes such as `x.dtype` are functions of one argument. */
function followTensorAttribute(name: string, tensor: Bound, position: Position, frame: Frame): Bound {
  return callOperator(new BuiltInCall(`prim.${name}`, [tensor], new Map(), position), frame.program)
}

function indexed(expression: Expression & { kind: 'index' }, frame: Frame): Bound {
  const of = followValue(expression.of, frame)
  const { index } = expression
  const position = positionIn(frame, expression)
  if (index.kind === 'slice' && (of.kind === 'list' || of.kind === 'tuple')) {
    const [start, end, step] = index.parts.map((part) => (part === undefined ? undefined : wholeNumber(part, frame)))
    const items = sliced(of.items, start ?? 0, end ?? of.items.length, step ?? 1)
    return of.kind === 'list' ? list(items) : { kind: 'tuple', items }
  }
  return itemOf(of, followValue(index, frame), position)
}

function wholeNumber(expression: Expression, frame: Frame): number {
  const value = followValue(expression, frame)
  if (value.kind === 'int') return known(value.value)
  throw cannotFollow(positionIn(frame, expression), `an index is ${value.kind}`)
}

function itemOf(of: ScriptValue, index: ScriptValue, position: Position): ScriptValue {
  const call = new BuiltInCall('__getitem__', [of, index], new Map(), position)
  let value: ScriptValue | undefined
  if (of.kind === 'list' || of.kind === 'tuple') value = of.items[placeIn(of.items.length, call.int(1), call)]
  else if (of.kind === 'dict') value = of.entries.get(keyOf(index) ?? '')
  else if (of.kind === 'string') value = text(of.value[placeIn(of.value.length, call.int(1), call)] ?? '')
  else if (of.kind === 'object') value = submodule(of, index)
  if (value === undefined) throw call.refuse('there is no such item')
  return value
}

/** Of a ModuleList by place, of a ModuleDict by name. */
function submodule(container: ScriptObject, index: ScriptValue): ScriptValue | undefined {
  if (index.kind === 'string') return container.attributes.get(index.value)
  if (index.kind !== 'int') return undefined
  const modules = [...container.attributes.values()].filter(({ kind }) => kind === 'object')
  return modules.at(known(index.value))
}

function dict(expression: Expression & { kind: 'dict' }, frame: Frame): Bound {
  const entries = new Map<string | number | boolean, ScriptValue>()
  for (const [keyExpression, value] of expression.entries) {
    const key = keyOf(followValue(keyExpression, frame))
    if (key === undefined) throw cannotFollow(positionIn(frame, keyExpression), 'a key is neither text nor number')
    entries.set(key, followValue(value, frame))
  }
  return { kind: 'dict', entries }
}
