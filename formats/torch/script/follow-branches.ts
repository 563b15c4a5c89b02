/**
 * Follows both branches of a condition that only the run tells, as an If of ONNX.
 *
 * @see https://onnx.ai/onnx/operators/onnx__If.html
 */
import { quoted } from '../../../src/core/quoted.js'
import { graphAttribute } from '../../../src/graph/attributes.js'
import { equalDimensions, type Shape } from '../../../src/graph/dimension.js'
import type { Graph, ValueType } from '../../../src/graph/graph.js'
import { tensor } from '../../../src/operators/known-value.js'
import { ScriptTensor, type ScriptValue } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { type Bound, scriptValue } from './bound.js'
import { equals } from './built-in/comparisons.js'
import { contentsOf } from './contents.js'
import { followBlock, raises } from './follow-statement.js'
import { type Frame, positionIn } from './program.js'
import { cannotFollow, type Position } from './script-errors.js'
import type { IfStatement, Statement } from './syntax.js'

/** What a branch leaves behind: tensors as outputs of its graph, everything else as it is. */
interface Branch {
  readonly graph: Graph
  readonly values: readonly ScriptValue[]
}

/** @param condition - one truth */
export function followBranches(condition: ScriptTensor, statement: IfStatement, frame: Frame): Bound | undefined {
  const refuses = raises(statement.then)
  if (refuses !== raises(statement.otherwise)) {
    frame.program.assume('checks of the contents of tensors are left out')
    return followBlock(refuses ? statement.otherwise : statement.then, frame)
  }
  const { emitter } = frame.program
  const names = assignedInBoth(statement)
  const then = followBranch(statement.then, 'then', names, frame)
  const otherwise = followBranch(statement.otherwise, 'else', names, frame)
  const position = positionIn(frame, statement)
  const joined = names.map((name, at) => join(name, then.values[at], otherwise.values[at], position))
  const isTensor = joined.map((value) => value instanceof ScriptTensor)
  const types = names.flatMap((_, at) =>
    isTensor[at] ? joinedType(then.values[at], otherwise.values[at], emitter) : [],
  )
  const graphs = { then_branch: graphAttribute(then.graph), else_branch: graphAttribute(otherwise.graph) }
  const outputs =
    types.length === 0 ? [] : emitter.emitTyped('If', [emitter.cast(condition.value, 'bool')], graphs, types)
  for (const [at, name] of names.entries()) {
    const value = isTensor[at] ? outputs.shift() : undefined
    const kept = joined[at]
    if (kept !== undefined) frame.scope.set(name, value === undefined ? kept : new ScriptTensor(value))
  }
  return undefined
}

/** Names that a branch gives a value are known after it where the other one does so too. */
function assignedInBoth({ then, otherwise }: IfStatement): readonly string[] {
  const second = assigned(otherwise)
  return [...assigned(then)].filter((name) => second.has(name))
}

function assigned(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(
    statements.flatMap((statement) => (statement.kind === 'assign' ? statement.names : innerNames(statement))),
  )
}

function innerNames(statement: Statement): readonly string[] {
  return statement.kind === 'if' ? assignedInBoth(statement) : []
}

function followBranch(statements: readonly Statement[], hint: string, names: readonly string[], frame: Frame): Branch {
  const { emitter } = frame.program
  const inner = { ...frame, scope: frame.scope.copy() }
  const position = { file: frame.file, line: statements[0]?.line ?? 1 }
  const before = contentsOf(frame.scope)
  const values: ScriptValue[] = []
  const graph = emitter.subgraph(hint, () => {
    const returned = followBlock(statements, inner)
    if (returned !== undefined) throw cannotFollow(position, 'a branch that only the run decides on ends the function')
    for (const name of names) {
      const value = scriptValue(inner.scope.get(name) ?? { kind: 'none' }, position)
      if (value.kind === 'tensor') emitter.output(name, value.value)
      values.push(value)
    }
  })
  if (before !== contentsOf(frame.scope)) {
    throw cannotFollow(position, 'a branch that only the run decides on changes a tensor or a list in place')
  }
  return { graph, values }
}

function join(
  name: string,
  left: ScriptValue | undefined,
  right: ScriptValue | undefined,
  position: Position,
): ScriptValue {
  if (left?.kind === 'tensor' && right?.kind === 'tensor') return left
  const isSame = left !== undefined && right !== undefined && equals(left, right)
  if (left !== undefined && isSame && isSame.kind === 'bool' && isSame.value) return left
  const kinds = `${left?.kind ?? 'nothing'} or ${right?.kind ?? 'nothing'}`
  throw cannotFollow(position, `only the run tells whether ${quoted(name)} is one value or another (${kinds})`)
}

function joinedType(
  left: ScriptValue | undefined,
  right: ScriptValue | undefined,
  emitter: TorchEmitter,
): readonly (ValueType | undefined)[] {
  if (left?.kind !== 'tensor' || right?.kind !== 'tensor') return []
  const dtype = left.dtype === right.dtype ? left.dtype : undefined
  return [tensor(dtype, joinedShape(left.shape, right.shape, emitter))?.type]
}

function joinedShape(left: Shape | undefined, right: Shape | undefined, emitter: TorchEmitter): Shape | undefined {
  if (left === undefined || right === undefined || left.length !== right.length) return undefined
  return left.map((size, axis) => {
    const other = right[axis]
    return other !== undefined && equalDimensions(size, other) ? size : emitter.unknownDimension('branch')
  })
}
