/**
 * Operators that keep shape and order: casts, identity, dropout.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Cast.html
 */
import { DATA_TYPES, type DataType, dataTypeOfCode, isFloat } from '../graph/data-type.js'
import type { Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { KnownElement, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { perOutput } from './shape/cost.js'
import { sameAsInput } from './shape/same.js'

/** Cast, CastLike, BitCast, Identity, Dropout, Trilu. */
export const cast: OperatorFamily = {
  Cast: { shape: (context) => [castTo(context, targetOf(context))], cost: perOutput(), passesWeights: [0] },
  CastLike: {
    shape: (context) => [castTo(context, context.dtype(1))],
    cost: perOutput(),
    passesWeights: [0],
    settingInputs: [1],
  },
  BitCast: { shape: (context) => [bitCast(context)], cost: 'free', isView: true, passesWeights: [0] },
  Identity: { shape: (context) => [context.inputs[0]], cost: 'free', isView: true, passesWeights: [0] },
  Dropout: {
    shape: dropout,
    cost: (context) => ({ macs: 0, other: isTraining(context) ? 2 * context.outputElements(0) : 0 }),
    isView: true,
    settingInputs: [1, 2],
  },
  Trilu: { shape: sameAsInput(), cost: 'free', settingInputs: [1] },
}

/** Before opset 6 `to` is a name such as `FLOAT`. */
function targetOf(context: NodeContext): DataType | undefined {
  const to = context.attribute('to')
  if (to?.kind !== 'string') return dataTypeOfCode(context.int('to', 0))
  const name = to.value.toLowerCase()
  const old: Partial<Record<string, DataType>> = { float: 'float32', double: 'float64' }
  return old[name] ?? (Object.hasOwn(DATA_TYPES, name) ? (name as DataType) : undefined)
}

function castTo(context: NodeContext, dtype: DataType | undefined): KnownValue | undefined {
  const converted = dtype && context.elements(0)?.map((element) => convert(element, dtype))
  const known = converted?.filter((element) => element !== undefined)
  return tensor(dtype, context.shape(0), known?.length === converted?.length ? known : undefined)
}

function convert(element: KnownElement, dtype: DataType): KnownElement | undefined {
  if (typeof element === 'string') return dtype === 'string' ? element : undefined
  if (dtype === 'string') return undefined
  if (typeof element !== 'number') return dtype === 'bool' ? undefined : element
  if (dtype === 'bool') return Number(element !== 0)
  if (dtype === 'float32') return Math.fround(element)
  if (isFloat(dtype)) return element
  // What is no number has no defined integer.
  return Number.isFinite(element) ? Math.trunc(element) + 0 : undefined
}

/** The last axis shrinks or grows with the size of the elements; of equal size the shape stays. */
function bitCast(context: NodeContext): KnownValue | undefined {
  const dtype = targetOf(context)
  const from = context.dtype(0)
  const isSameSize = dtype !== undefined && from !== undefined && DATA_TYPES[dtype].bits === DATA_TYPES[from].bits
  return tensor(dtype, isSameSize ? context.shape(0) : undefined)
}

/** From opset 12 on training is input 2, before opset 7 `is_test` turned it off; between, inference is what files hold. */
function isTraining(context: NodeContext): boolean {
  if (context.opset >= 12) return context.numbers(2)?.[0] === 1
  return context.opset < 7 && context.int('is_test', 0) === 0 && context.attribute('is_test') !== undefined
}

/** The mask is boolean from opset 10 on; before it has the type of the data. */
function dropout(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape: Shape | undefined = context.shape(0)
  const maskType = context.opset >= 10 ? 'bool' : context.dtype(0)
  return [isTraining(context) ? tensor(context.dtype(0), shape) : context.inputs[0], tensor(maskType, shape)]
}
