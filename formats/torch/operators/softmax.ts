/** Softmax and its logarithm. @see https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html */
import { int } from '../../../src/graph/attributes.js'
import type { OperatorRule, OperatorRules } from '../operator-call.js'
import { dataTypeOfScalarType } from '../scalar-type.js'
import { tensor } from '../script-value.js'
import { cast } from './operands.js'
import { floatingType } from './type-promotion.js'

/** Along one axis, which is given as `dim`. */
export const softmax: OperatorRules = {
  softmax: alongAxis('Softmax'),
  special_softmax: alongAxis('Softmax'),
  log_softmax: alongAxis('LogSoftmax'),
  special_log_softmax: alongAxis('LogSoftmax'),
  _softmax: alongAxisInside('Softmax'),
  _log_softmax: alongAxisInside('LogSoftmax'),
}

/** `dtype`, where given, is what the input becomes first. */
function alongAxis(operator: string): OperatorRule {
  return (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    const asked = call.has(2, 'dtype') ? dataTypeOfScalarType(call.int(2, 'dtype')) : floatingType(dtype)
    return emitter.tensor(operator, [cast(value, asked, emitter)], { axis: int(call.int(1, 'dim')) })
  }
}

/** The form within PyTorch: its last argument makes float16 float32. */
function alongAxisInside(operator: string): OperatorRule {
  return (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    const found = emitter.emit(operator, [value], { axis: int(call.int(1, 'dim')) })
    return tensor(cast(found, call.bool(2, 'half_to_float', false) ? 'float32' : dtype, emitter))
  }
}
