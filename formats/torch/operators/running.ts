/** Running sums and products. @see https://docs.pytorch.org/docs/stable/generated/torch.cumsum.html */
import { int } from '../../../src/graph/attributes.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { zeros } from '../folding/constant-tensor.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { cast, like } from './operands.js'
import { dtypeAt } from './reduction.js'
import { isWhole } from './type-promotion.js'

/** A running product compares every place with every other, so it is refused beyond this. */
const MAX_PLACES = 512

/** Along one axis; whole numbers become int64. */
export const running: OperatorRules = {
  cumsum: (call, emitter) =>
    emitter.tensor('CumSum', [summable(call, emitter), emitter.scalar(call.int(1, 'dim'), 'int64')]),
  cumprod: (call, emitter) => tensor(runningProduct(call, emitter)),
}

function summable(call: OperatorCall, emitter: TorchEmitter): Value {
  const value = cast(call.value(0, 'self'), dtypeAt(call, 2), emitter)
  return call.has(2, 'dtype') || !isWhole(dtypeOf(value.known)) ? value : cast(value, 'int64', emitter)
}

/** ONNX has it from opset 26 on; here each place multiplies what lies before it, with ones in place of what lies behind. */
function runningProduct(call: OperatorCall, emitter: TorchEmitter): Value {
  const rank = call.shape(0, 'self').length
  const axis = (call.int(1, 'dim') + rank) % Math.max(rank, 1)
  const x = summable(call, emitter)
  const size = shapeOf(x.known)?.[axis] ?? 1
  if (typeof size !== 'number') throw new OpenSize(size, undefined)
  if (size > MAX_PLACES) return call.refuse(`its axis has ${size} places, expected at most ${MAX_PLACES}`)
  const cells = zeros('bool', size * size).map((_, cell) => Number(cell % size <= Math.floor(cell / size)))
  const behind = range(rank - axis - 1).map(() => 1)
  const mask = emitter.known({ dtype: 'bool', shape: [size, size, ...behind], elements: cells })
  const rows = emitter.emit('Unsqueeze', [x, emitter.numbers([axis])])
  const kept = emitter.emit('Where', [mask, rows, like(1, x, emitter)])
  return emitter.emit('ReduceProd', [kept, emitter.numbers([axis + 1])], { keepdims: int(0) })
}
