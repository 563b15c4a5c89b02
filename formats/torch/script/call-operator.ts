/** Calls a built-in function, or an operator of tensors. */
import { FormatError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { OpenSize } from '../open-size.js'
import { OperatorCall } from '../operator-call.js'
import { findOperator } from '../operators/table.js'
import { ScriptTensor, type ScriptValue } from '../script-value.js'
import { type Bound, scriptValue } from './bound.js'
import type { BuiltInCall } from './built-in/built-in.js'
import { callBuiltIn } from './built-in/table.js'
import { formatValue } from './built-in/texts.js'
import type { Program } from './program.js'
import { EXPORT_HINT, formatPosition, raisedByModel } from './script-errors.js'

/** Operators that make a tensor from numbers; all others read their first argument as a tensor. */
const CREATING =
  /^(arange|range|linspace|logspace|full|zeros|ones|empty|eye|tensor|as_tensor|scalar_tensor|rand|randn|randint|randperm|\w+_window)$/

/** @throws {UnsupportedError} `E_TORCH_OPERATOR` for one that is not known, `E_TORCH_RAISED` for an error of the model */
export function callOperator(call: BuiltInCall, program: Program): Bound {
  if (call.name === 'prim.RaiseException') throw raisedByModel(call.position, formatValue(call.args[0]))
  program.limits.spend(
    call.args.reduce((sum, value) => sum + extentOf(value), 0),
    call.position,
  )
  const answer = callBuiltIn(call)
  if (answer !== undefined) {
    if (!call.args.includes(answer)) program.limits.spend(extentOf(answer), call.position)
    return answer
  }
  program.limits.spend(STEPS_OF_OPERATOR, call.position)
  program.nameNodes(call.name)
  const rule = findOperator(call.name)
  if (rule === undefined) throw placed(unknownOperator(call), call, program)
  const args = call.args.map((value) => scriptValue(value, call.position))
  const named = new Map([...call.named].map(([name, value]) => [name, scriptValue(value, call.position)]))
  try {
    const written = named.get('out')
    named.delete('out')
    const operator = new OperatorCall(call.name, asTensors(args, call, program), named)
    const result = rule(operator, program.emitter)
    program.limits.spend(extentOf(result), call.position)
    return written === undefined || written.kind === 'none' ? result : writtenInto(written, result, operator, program)
  } catch (cause) {
    throw placed(cause, call, program)
  }
}

/** `torch.add(x, 1, out=y)`: the tensor takes what the operator gives. */
function writtenInto(out: ScriptValue, result: ScriptValue, call: OperatorCall, { emitter }: Program): ScriptValue {
  if (out.kind !== 'tensor' || result.kind !== 'tensor')
    return call.refuse('it writes into something else than a tensor')
  return out.assign(out.dtype === undefined ? result.value : emitter.cast(result.value, out.dtype))
}

/** How much there is to go through. */
function extentOf(value: Bound): number {
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.length
  if (value.kind === 'dict') return value.entries.size
  return value.kind === 'string' ? value.value.length / CHARACTERS_PER_STEP : 0
}

/** Writing nodes takes longer than following a line. */
const STEPS_OF_OPERATOR = 20
const CHARACTERS_PER_STEP = 50

function unknownOperator({ name }: BuiltInCall): UnsupportedError {
  const full = name.includes('.') ? name.replace('.', '::') : `aten::${name}`
  return new UnsupportedError('E_TORCH_OPERATOR', `no rule converts the operator ${quoted(full)}`, {
    hint: EXPORT_HINT,
  })
}

/** Traced code keeps sizes as tensors, which are numbers here: an operator that reads tensors gets them as such. */
function asTensors(args: readonly ScriptValue[], { name }: BuiltInCall, program: Program): readonly ScriptValue[] {
  const [first, ...others] = args
  if (first === undefined || CREATING.test(name)) return args
  if (first.kind === 'list' && (name === 'stack' || name === 'cat')) {
    return [{ kind: 'list', items: first.items.map((item) => asTensor(item, program)) }, ...others]
  }
  return [asTensor(first, program), ...others]
}

function asTensor(value: ScriptValue, { emitter }: Program): ScriptValue {
  if (value.kind === 'float') return new ScriptTensor(emitter.scalar(value.value, 'float32'))
  if (value.kind === 'wide') return new ScriptTensor(emitter.wideScalar(value.value, 'int64'))
  if (value.kind === 'bool') return new ScriptTensor(emitter.scalar(Number(value.value), 'bool'))
  if (value.kind !== 'int') return value
  const scalar = emitter.sizeScalar(value.value)
  if (scalar === undefined) throw new OpenSize(value.value, undefined)
  return new ScriptTensor(scalar)
}

/** Errors of operators say where in the model they stand. */
function placed(cause: unknown, { position }: BuiltInCall, { emitter }: Program): unknown {
  if (!(cause instanceof UnsupportedError || cause instanceof FormatError)) return cause
  const where = emitter.current === '' ? formatPosition(position) : `${emitter.current}, ${formatPosition(position)}`
  const Kind = cause instanceof FormatError ? FormatError : UnsupportedError
  return new Kind(cause.code, `${cause.message} (${where})`, { hint: cause.hint, cause })
}
