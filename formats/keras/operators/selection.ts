/** Operators that choose, limit, fill and cast elements. */
import type { DataType } from '../../../src/graph/data-type.js'
import { spread } from './binary.js'
import type { OperatorConverter } from './operation.js'

const clip: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.operand(0, 'x', 't')
  const limits = [
    operation.number(Number.NEGATIVE_INFINITY, 1, 'x_min', 'clip_value_min', 'min_value'),
    operation.number(Number.POSITIVE_INFINITY, 2, 'x_max', 'clip_value_max', 'max_value'),
  ]
  const [low = '', high = ''] = limits.map((limit) => operation.constant([limit], [], input.dtype).name)
  return { ...input, name: graph.node('Clip', [input.name, low, high]) }
}

/** `where(condition, x, y)`. */
const where: OperatorConverter = (operation) => {
  const condition = operation.graph.cast(operation.tensor(0, 'condition'), 'bool')
  const first = operation.asTensor(operation.value(1, 'x1', 'x'))
  const second = operation.asTensor(operation.value(2, 'x2', 'y'), first?.dtype)
  const one = operation.asTensor(operation.value(1, 'x1', 'x'), second?.dtype)
  if (one === undefined || second === undefined) throw operation.call.refuse('it is called without two values')
  const [left = one, right = second] = operation
    .promoted([one, second])
    .map((tensor) => operation.graph.logical(tensor))
  const name = operation.node('Where', [condition.name, left.name, right.name])
  return operation.made(name, spread(condition.shape, spread(left.shape, right.shape)), left.dtype)
}

const filled =
  (value: number | undefined): OperatorConverter =>
  (operation) => {
    const input = operation.operand(0, 'x', 'input', 'tensor')
    const wanted = typeName(operation.value(-1, 'dtype')) ?? input.dtype
    const number = value ?? operation.number(0, 1, 'fill_value')
    const filler = operation.constant([number], [], wanted)
    const name = operation.graph.node('Expand', [filler.name, operation.shapeOf(input)])
    return { ...input, dtype: wanted, name }
  }

const TYPES: ReadonlySet<string> = new Set([
  'bool',
  'float32',
  'float64',
  ...['int8', 'int16', 'int32', 'int64'],
  ...['uint8', 'uint16'],
])

/** @returns a type that values may have; halves become float32, as all arithmetic is done in it */
export function typeName(value: unknown): DataType | undefined {
  if (value === 'float16' || value === 'bfloat16') return 'float32'
  return typeof value === 'string' && TYPES.has(value) ? (value as DataType) : undefined
}

const cast: OperatorConverter = (operation) => {
  const given = operation.value(1, 'dtype', 'DstT')
  const wanted = typeName(given)
  if (wanted === undefined) throw operation.call.refuse(`it casts to ${JSON.stringify(given)?.slice(0, 60)}`)
  return operation.graph.cast(operation.operand(0, 'x', 'tensor'), wanted)
}

/** Operators by their names in lower case, without underscores. */
export const SELECTIONS: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    clip,
    clipbyvalue: clip,
    where,
    wherev2: where,
    selectv2: where,
    oneslike: filled(1),
    zeroslike: filled(0),
    fulllike: filled(undefined),
    cast,
    saturatecast: cast,
  }),
)
