/** Follows statements: of a branch only the one that is taken, of a loop turn by turn. */
import { quoted } from '../../../src/core/quoted.js'
import { OpenRank, OpenSize } from '../open-size.js'
import { int, type ScriptValue } from '../script-value.js'
import type { Bound } from './bound.js'
import { known } from './built-in/built-in.js'
import { followBranches } from './follow-branches.js'
import { callMethodOf } from './follow-call.js'
import { callOf, followExpression } from './follow-expression.js'
import { type Frame, followValue, positionIn } from './program.js'
import { brokenCode, cannotFollow } from './script-errors.js'
import { type ShortCircuit, shortCircuit } from './short-circuit.js'
import type { AssignStatement, Expression, IfStatement, Statement } from './syntax.js'

/** @returns what a `return` gives; `undefined` where the block ends without one */
export function followBlock(statements: readonly Statement[], frame: Frame): Bound | undefined {
  for (const statement of statements) {
    const result = frame.program.limits.deeper(positionIn(frame, statement), () => followStatement(statement, frame))
    if (result !== undefined) return result
  }
  return undefined
}

function followStatement(statement: Statement, frame: Frame): Bound | undefined {
  switch (statement.kind) {
    case 'assign':
      return assign(statement, frame)
    case 'set':
      return setAttribute(statement, frame)
    case 'expression':
      followExpression(statement.value, frame)
      return undefined
    case 'if':
      return followIf(statement, frame)
    case 'for':
      return followFor(statement, frame)
    case 'while':
      return followWhile(statement, frame)
    case 'with':
      return followWith(statement, frame)
    case 'return':
      return statement.value === undefined ? { kind: 'none' } : followExpression(statement.value, frame)
    case 'def':
      frame.scope.set(statement.definition.name, {
        kind: 'function',
        definition: statement.definition,
        scope: frame.scope,
      })
      return undefined
    case 'pass':
      return undefined
  }
}

function assign(statement: AssignStatement, frame: Frame): undefined {
  const { names, values, isUnpacking } = statement
  const [only] = values
  const given =
    isUnpacking && only !== undefined
      ? unpacked(only, names.length, frame)
      : values.map((value) => followExpression(value, frame))
  for (const [index, name] of names.entries()) {
    const value = given[index]
    if (value !== undefined) frame.scope.set(name, value)
  }
}

/** @returns the items of a list or tuple of that length */
function unpacked(expression: Expression, count: number, frame: Frame): readonly ScriptValue[] {
  const value = followUnpacked(expression, count, frame)
  const position = positionIn(frame, expression)
  if (value.kind !== 'list' && value.kind !== 'tuple')
    throw cannotFollow(position, `a value of kind ${value.kind} is taken apart`)
  if (value.items.length === count) return value.items
  throw cannotFollow(position, `${value.items.length} values are taken for ${count}`)
}

/** Where the sizes of a tensor are taken apart, their number tells its rank. */
function followUnpacked(expression: Expression, count: number, frame: Frame): ScriptValue {
  try {
    return followValue(expression, frame)
  } catch (cause) {
    const isSize = cause instanceof OpenRank && cause.guess === undefined && callOf(expression) === 'size'
    throw isSize ? new OpenRank(cause.value, { rank: count }) : cause
  }
}

function setAttribute(statement: Statement & { kind: 'set' }, frame: Frame): undefined {
  const object = followExpression(statement.of, frame)
  if (object.kind !== 'object')
    throw cannotFollow(positionIn(frame, statement), `attribute ${statement.name} of ${object.kind}`)
  object.attributes.set(statement.name, followValue(statement.value, frame))
}

function followIf(statement: IfStatement, frame: Frame): Bound | undefined {
  const condition = followExpression(statement.condition, frame)
  if (condition.kind === 'bool') return followBlock(condition.value ? statement.then : statement.otherwise, frame)
  const position = positionIn(frame, statement)
  if (condition.kind === 'tensor') return followBranches(condition, statement, frame)
  if (condition.kind !== 'undecided') throw brokenCode(position, `a condition is ${condition.kind}`)
  const circuit = shortCircuit(statement)
  if (circuit !== undefined) return followShortCircuit(condition, circuit, frame)
  const refuses = [raises(statement.then), raises(statement.otherwise)]
  if (refuses[0] === refuses[1]) throw new OpenSize(condition.size, undefined)
  const isTaken = refuses[1] === true
  // The model goes on only where the size is what it expects.
  const isEqual = condition.truth === (isTaken ? 'equal' : 'different')
  if (isEqual && condition.expected !== undefined) throw new OpenSize(condition.size, condition.expected)
  return followBlock(isTaken ? statement.then : statement.otherwise, frame)
}

/** Where the second half does not decide it, the first one does. */
function followShortCircuit(condition: Bound, { kind, name, rest }: ShortCircuit, frame: Frame): Bound | undefined {
  const result = followBlock(rest, frame)
  const second = frame.scope.get(name)
  const decides = second?.kind === 'bool' && second.value === (kind === 'or')
  if (!decides) frame.scope.set(name, condition)
  return result
}

/** @returns whether a branch ends in an error */
export function raises(statements: readonly Statement[]): boolean {
  return statements.some(
    (statement) => statement.kind === 'expression' && callOf(statement.value) === 'prim.RaiseException',
  )
}

function followFor(statement: Statement & { kind: 'for' }, frame: Frame): Bound | undefined {
  const position = positionIn(frame, statement)
  const turns = turnsOf(statement.over, frame)
  for (let turn = 0; turn < turns; turn += 1) {
    frame.program.limits.turn(turn, position)
    frame.scope.set(statement.name, int(turn))
    const result = followBlock(statement.body, frame)
    if (result !== undefined) return result
  }
  return undefined
}

/** PyTorch's printer writes loops over `range` of one number alone. */
function turnsOf(over: Expression, frame: Frame): number {
  const position = positionIn(frame, over)
  const [argument] = over.kind === 'call' && callOf(over) === 'range' ? over.arguments : []
  if (argument === undefined) throw brokenCode(position, 'a loop runs over something else than range(...)')
  const count = followValue(argument.value, frame)
  if (count.kind === 'int') return known(count.value)
  throw cannotFollow(position, `a loop turns ${quoted(count.kind)} times`)
}

function followWhile(statement: Statement & { kind: 'while' }, frame: Frame): Bound | undefined {
  const position = positionIn(frame, statement)
  for (let turn = 0; ; turn += 1) {
    frame.program.limits.turn(turn, position)
    const condition = followExpression(statement.condition, frame)
    if (condition.kind === 'undecided') throw new OpenSize(condition.size, undefined)
    if (condition.kind === 'tensor') throw cannotFollow(position, 'only the run tells how often a loop turns')
    if (condition.kind !== 'bool') throw brokenCode(position, `a condition is ${condition.kind}`)
    if (!condition.value) return undefined
    const result = followBlock(statement.body, frame)
    if (result !== undefined) return result
  }
}

/** Contexts such as `torch.no_grad()`, which are objects of the file. */
function followWith(statement: Statement & { kind: 'with' }, frame: Frame): Bound | undefined {
  const context = followValue(statement.value, frame)
  const position = positionIn(frame, statement)
  const entered = callMethodOf(context, '__enter__', [], position, frame)
  if (statement.name !== undefined) frame.scope.set(statement.name, entered)
  const result = followBlock(statement.body, frame)
  const nothing = { kind: 'none' } as const
  callMethodOf(context, '__exit__', [nothing, nothing, nothing], position, frame)
  return result
}
