/** Operators that make rows and grids of numbers: arange, linspace, eye, triangles, meshgrid. */
import { int as intAttribute } from '../../../src/graph/attributes.js'
import { type DataType, isFloat } from '../../../src/graph/data-type.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { conversion, countOf, MAX_CONSTANT, zeros } from '../folding/constant-tensor.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { list, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { shapeOfValue, sizesValue } from './call-axes.js'
import { dtypeAt } from './conversion.js'
import { cast, operandOf } from './operands.js'

/** arange, linspace, eye, tril, triu, meshgrid. */
export const numberRows: OperatorRules = {
  arange,
  range: refuseRange,
  linspace,
  eye,
  tril: triangle(false),
  triu: triangle(true),
  tril_indices: triangleIndices((row, column, offset) => column - row <= offset),
  triu_indices: triangleIndices((row, column, offset) => column - row >= offset),
  meshgrid,
}

/** Its end belongs to it, and PyTorch itself warns of it. */
function refuseRange(call: OperatorCall): ScriptValue {
  return call.refuse('arange is what it should be')
}

/** The end alone, or start, end and step. */
function arange(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const given = ['start', 'end', 'step'].flatMap((name) => call.named.get(name) ?? [])
  const numbers = [...call.args.filter(({ kind }) => kind !== 'none'), ...given]
  const [start, end, step] =
    numbers.length === 1 ? [ZERO, numbers[0], ONE] : [numbers[0], numbers[1], numbers[2] ?? ONE]
  if (start === undefined || end === undefined || step === undefined) return call.refuse('it is not told where it ends')
  const isWhole = [start, end, step].every(({ kind }) => kind === 'int')
  const dtype = dtypeAt(call, -1) ?? (isWhole ? 'int64' : 'float32')
  const plain = [start, end, step].map(plainNumber)
  const [first, last, by] = plain
  if (first !== undefined && last !== undefined && by !== undefined)
    return tensor(counted(call, first, last, by, dtype, emitter))
  const bounds = [start, end, step].map((bound) => operandOf(bound, isWhole ? 'int64' : 'float32', call, emitter))
  return tensor(cast(emitter.emit('Range', bounds), dtype, emitter))
}

const ZERO: ScriptValue = { kind: 'int', value: 0 }
const ONE: ScriptValue = { kind: 'int', value: 1 }

function plainNumber(value: ScriptValue): number | undefined {
  if (value.kind === 'float') return value.value
  return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined
}

function counted(
  call: OperatorCall,
  first: number,
  last: number,
  by: number,
  dtype: DataType,
  emitter: TorchEmitter,
): Value {
  const count = Math.max(Math.ceil((last - first) / by), 0)
  if (!(count <= MAX_CONSTANT)) return call.refuse(`it makes ${count} numbers`)
  return table([count], (at) => first + at * by, dtype, emitter)
}

/** @param numberAt - gives the elements, row-major */
function table(
  shape: readonly number[],
  numberAt: (place: number) => number,
  dtype: DataType,
  emitter: TorchEmitter,
): Value {
  const isHeld = dtype !== 'float16' && dtype !== 'bfloat16'
  const held = isHeld ? dtype : 'float32'
  const [convert, elements] = [conversion(held), zeros(held, countOf(shape))]
  for (let at = 0; at < elements.length; at += 1) elements[at] = convert(numberAt(at))
  return cast(emitter.known({ dtype: held, shape, elements }), dtype, emitter)
}

/** From both ends to the middle, so that the last number is the end. */
function linspace(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [first, last, count] = [call.number(0, 'start'), call.number(1, 'end'), call.int(2, 'steps')]
  if (!(count <= MAX_CONSTANT)) return call.refuse(`it makes ${count} numbers`)
  const step = count > 1 ? (last - first) / (count - 1) : 0
  const numberAt = (at: number) => (at < count / 2 ? first + step * at : last - step * (count - at - 1))
  return tensor(table([count], numberAt, dtypeAt(call, -1) ?? 'float32', emitter))
}

function eye(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const rows = call.int(0, 'n')
  const columns = call.int(1, 'm', rows)
  if (!(rows * columns <= MAX_CONSTANT)) return call.refuse(`it has ${rows} x ${columns} elements`)
  const dtype = dtypeAt(call, -1) ?? 'float32'
  const elementAt = (at: number) => Number(Math.floor(at / columns) === at % columns)
  return tensor(table([rows, columns], elementAt, dtype, emitter))
}

/** Types of which the engine takes triangles. */
const TRIANGLES: ReadonlySet<DataType | undefined> = new Set<DataType>(['float32', 'float64', 'int64', 'bool'])

function triangle(isUpper: boolean): OperatorRule {
  return (call, emitter) => {
    const [value, offset] = [call.value(0, 'self'), call.int(1, 'diagonal', 0)]
    const { dtype } = call.tensor(0, 'self')
    const constant = emitter.contents(value)
    const [rows = 1, columns = 1] = constant?.shape.slice(-2) ?? []
    if (constant !== undefined) {
      const elements = zeros(constant.dtype, constant.elements.length)
      for (let at = 0; at < elements.length; at += 1) {
        const beyond = (at % columns) - (Math.floor(at / columns) % rows) - offset
        if (isUpper ? beyond >= 0 : beyond <= 0) elements[at] = constant.elements[at] ?? 0
      }
      return tensor(emitter.known({ ...constant, elements }))
    }
    const held: DataType | undefined = TRIANGLES.has(dtype) ? dtype : isFloat(dtype ?? 'float32') ? 'float32' : 'int64'
    const inputs = [cast(value, held, emitter), emitter.numbers(offset)]
    const kept = emitter.emit('Trilu', inputs, { upper: intAttribute(Number(isUpper)) })
    return tensor(cast(kept, dtype, emitter))
  }
}

function triangleIndices(isKept: (row: number, column: number, offset: number) => boolean): OperatorRule {
  return (call, emitter) => {
    const [rows, columns, offset] = [call.int(0, 'row'), call.int(1, 'col'), call.int(2, 'offset', 0)]
    if (!(rows * columns <= MAX_CONSTANT)) return call.refuse(`it has ${rows} x ${columns} elements`)
    const places = range(rows * columns).filter((at) => isKept(Math.floor(at / columns), at % columns, offset))
    const elements = [...places.map((at) => Math.floor(at / columns)), ...places.map((at) => at % columns)]
    const dtype = dtypeAt(call, -1) ?? 'int64'
    return tensor(emitter.known({ dtype, shape: [2, places.length], elements }))
  }
}

/** Each vector along an axis of its own; `xy` exchanges the first two. */
function meshgrid(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const tensors = call.tensors(0, 'tensors')
  const isExchanged = call.text(1, 'indexing', 'ij') === 'xy' && tensors.length > 1
  const axes = range(tensors.length).map((at) => (isExchanged && at < 2 ? 1 - at : at))
  const sizes: Dimension[] = axes.map(() => 1)
  for (const [at, { value }] of tensors.entries()) sizes[axes[at] ?? at] = shapeOfValue(value, { rank: 1 })[0] ?? 1
  return list(
    tensors.map(({ value }, at) => {
      const others = range(tensors.length).filter((axis) => axis !== axes[at])
      const vector = shapeOfValue(value).length === 0 ? emitter.emit('Unsqueeze', [value, emitter.numbers([0])]) : value
      const grown = others.length === 0 ? vector : emitter.emit('Unsqueeze', [vector, emitter.numbers(others)])
      return tensor(emitter.emit('Expand', [grown, sizesValue(sizes, emitter)]))
    }),
  )
}
