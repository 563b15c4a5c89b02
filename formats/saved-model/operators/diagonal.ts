/** Triangles and diagonals of the last two axes. */
import { int } from '../../../src/graph/attributes.js'
import { numberInitializer, range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, numbersAt, type Operation, rankAt } from '../operation.js'

/** MatrixBandPart, MatrixDiag and MatrixDiagPart. */
export const diagonal: ConversionTable = {
  MatrixBandPart: band,
  MatrixDiag: (operation, emitter) => spread(operation, emitter.numbers(0, 'float32'), emitter),
  MatrixDiagV3: (operation, emitter) => spread(operation, emitter.plain(inputAt(operation, 4)), emitter),
  MatrixDiagPart: taken,
  MatrixDiagPartV3: taken,
}

/** Larger squares of flags no graph needs. */
const MAX_SIDE = 4096

/** How many diagonals below and above the main one stay; negative numbers keep all. */
function band(operation: Operation, emitter: FlowEmitter): Flow {
  const [below = -1] = numbersAt(operation, 1, 'number of diagonals below')
  const [above = -1] = numbersAt(operation, 2, 'number of diagonals above')
  const x = emitter.plain(inputAt(operation, 0))
  const lower = below < 0 ? x : emitter.emit('Trilu', [x, emitter.numbers(-below)], { upper: int(1) })
  return emitter.flow(above < 0 ? lower : emitter.emit('Trilu', [lower, emitter.numbers(above)], { upper: int(0) }))
}

function spread(operation: Operation, padding: Value, emitter: FlowEmitter): Flow {
  requireMainDiagonal(operation)
  const [rows = -1, columns = -1] = [2, 3].map((index) => operation.inputs[index]?.numbers?.[0] ?? -1)
  const side = sideOf(operation, -1)
  if ([rows, columns].some((size) => size !== -1 && size !== side))
    throw cannotConvert(operation, 'the result is no square')
  const cells = range(side * side).map((cell) => (cell % (side + 1) === 0 ? 1 : 0))
  const mask = emitter.constant(numberInitializer('diagonal', cells, [side, side], 'bool'))
  const row = emitter.emit('Unsqueeze', [emitter.plain(inputAt(operation, 0)), emitter.numbers([-1])])
  return emitter.flow(emitter.emit('Where', [mask, row, padding]))
}

/** Rows one after the other: every `side + 1`-th element lies on the diagonal. */
function taken(operation: Operation, emitter: FlowEmitter): Flow {
  requireMainDiagonal(operation)
  const rank = rankAt(operation, 0)
  const side = sideOf(operation, -1)
  if (sideOf(operation, -2) !== side) throw cannotConvert(operation, 'its input is no square')
  const rows = emitter.numbers([...range(rank - 2).map(() => 0), -1])
  const flat = emitter.emit('Reshape', [emitter.plain(inputAt(operation, 0)), rows])
  const places = emitter.numbers(range(side).map((row) => row * (side + 1)))
  return emitter.flow(emitter.emit('Gather', [flat, places], { axis: int(rank - 2) }))
}

function requireMainDiagonal(operation: Operation): void {
  const offsets = operation.inputs[1]?.numbers ?? [0]
  if (offsets.some((offset) => offset !== 0))
    throw cannotConvert(operation, 'it is about other diagonals than the main one')
}

function sideOf(operation: Operation, axis: number): number {
  const side = inputAt(operation, 0).shape?.at(axis)
  if (typeof side === 'number' && side <= MAX_SIDE) return side
  throw cannotConvert(operation, 'the size of the square is not known before the run')
}
