/**
 * Arithmetic that takes several nodes of ONNX: guarded divisions, remainders, angles.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops
 */
import { int } from '../../../src/graph/attributes.js'
import type { Value } from '../../emission/value.js'
import { align, inOrder } from '../broadcast.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import type { Conversion, ConversionTable } from '../operation.js'
import { scalar } from '../scalar.js'

type Steps = (left: Value, right: Value, emitter: FlowEmitter) => Value

/** Operators on two tensors, element by element. */
export const arithmetic: ConversionTable = {
  DivNoNan: pair((x, y, emitter) => zeroWhere(y, emitter.emit('Div', [x, y]), emitter)),
  MulNoNan: pair((x, y, emitter) => zeroWhere(y, emitter.emit('Mul', [x, y]), emitter)),
  Xdivy: pair((x, y, emitter) => zeroWhere(x, emitter.emit('Div', [x, y]), emitter)),
  Xlogy: pair((x, y, emitter) => zeroWhere(x, emitter.emit('Mul', [x, emitter.emit('Log', [y])]), emitter)),
  Xlog1py: pair((x, y, emitter) => zeroWhere(x, emitter.emit('Mul', [x, logOfNext(y, emitter)]), emitter)),
  TruncateDiv: pair((x, y, emitter) => emitter.emit('Div', [x, y])),
  TruncateMod: pair((x, y, emitter) => emitter.emit('Mod', [x, y], { fmod: int(1) })),
  Mod: pair((x, y, emitter) => emitter.emit('Mod', [x, y], { fmod: int(1) })),
  Atan2: pair(angleOf),
  BitwiseAnd: pair((x, y, emitter) => emitter.emit('BitwiseAnd', [x, y])),
  BitwiseOr: pair((x, y, emitter) => emitter.emit('BitwiseOr', [x, y])),
  BitwiseXor: pair((x, y, emitter) => emitter.emit('BitwiseXor', [x, y])),
}

function pair(write: Steps): Conversion {
  return (operation, emitter): Flow | readonly Flow[] => {
    const { values, isChannelsFirst } = align(operation.inputs, emitter)
    const [left, right] = values
    if (left === undefined || right === undefined) return []
    return inOrder(write(left, right, emitter), isChannelsFirst, operation.inputs, operation.operator)
  }
}

function zeroWhere(condition: Value, otherwise: Value, emitter: FlowEmitter): Value {
  const zero = scalar(0, condition, emitter)
  return emitter.emit('Where', [emitter.emit('Equal', [condition, zero]), zero, otherwise])
}

const logOfNext = (x: Value, emitter: FlowEmitter): Value =>
  emitter.emit('Log', [emitter.emit('Add', [x, scalar(1, x, emitter)])])

/** The arc tangent has no quadrant: left of the y axis half a turn is missing. */
function angleOf(y: Value, x: Value, emitter: FlowEmitter): Value {
  const zero = scalar(0, x, emitter)
  const slope = emitter.emit('Atan', [emitter.emit('Div', [y, x])])
  const halfTurn = emitter.emit('Where', [
    emitter.emit('Less', [y, zero]),
    scalar(-Math.PI, x, emitter),
    scalar(Math.PI, x, emitter),
  ])
  const missing = emitter.emit('Where', [emitter.emit('Less', [x, zero]), halfTurn, zero])
  const angle = emitter.emit('Add', [slope, missing])
  const isOrigin = emitter.emit('And', [emitter.emit('Equal', [x, zero]), emitter.emit('Equal', [y, zero])])
  return emitter.emit('Where', [isOrigin, zero, angle])
}
