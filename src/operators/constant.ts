/**
 * Values that come from the file or from shapes alone.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Constant.html
 */
import type { DataType } from '../graph/data-type.js'
import { ceilDivide, type Dimension, max, product, type Shape, subtract } from '../graph/dimension.js'
import { constantValue, tensor } from './known-value.js'
import {
  type KnownElement,
  type KnownValue,
  MAX_KNOWN_ELEMENTS,
  type NodeContext,
  type OperatorFamily,
} from './rule.js'
import { countOf } from './shape/cost.js'
import { smallSizes } from './shape/fold.js'
import { dimensionsIn, dtypeAttribute } from './shape/inputs.js'
import { readElements } from './small-constant.js'

/** Constant, ConstantOfShape, Range, EyeLike, Shape, Size. */
export const constant: OperatorFamily = {
  Constant: { shape: (context) => [constantOf(context)], cost: 'free' },
  ConstantOfShape: { shape: (context) => [filled(context)], cost: 'free', settingInputs: 'all' },
  Range: { shape: (context) => [rangeOf(context)], cost: 'free', settingInputs: 'all' },
  EyeLike: {
    shape: (context) => [tensor(dtypeAttribute(context, 'dtype', context.dtype(0)), context.shape(0))],
    cost: 'free',
    settingInputs: 'all',
  },
  Shape: { shape: (context) => [shapeValue(context)], cost: 'free', settingInputs: 'all' },
  Size: { shape: (context) => [sizeValue(context)], cost: 'free', settingInputs: 'all' },
}

/** The attribute that is set tells element type and rank. */
function constantOf(context: NodeContext): KnownValue | undefined {
  const attribute = context.attribute('value') ?? context.attribute('sparse_value')
  if (attribute?.kind === 'tensor') return constantValue(attribute.value)
  const forms: readonly (readonly [string, DataType])[] = [
    ['value_float', 'float32'],
    ['value_floats', 'float32'],
    ['value_int', 'int64'],
    ['value_ints', 'int64'],
    ['value_string', 'string'],
    ['value_strings', 'string'],
  ]
  for (const [name, dtype] of forms) {
    const elements = listOf(context, name)
    if (elements !== undefined) {
      const value = tensor(dtype, name.endsWith('s') ? [elements.length] : [], elements)
      return value && { ...value, isConstant: true }
    }
  }
  return undefined
}

function listOf(context: NodeContext, name: string): readonly KnownElement[] | undefined {
  const attribute = context.attribute(name)
  if (attribute === undefined) return undefined
  if (attribute.kind === 'string') return [attribute.value]
  return attribute.kind === 'strings' ? attribute.value : context.floats(name)
}

/** Input 0 is the shape; `value` holds the one element that fills it, float32 0 when absent. */
function filled(context: NodeContext): KnownValue | undefined {
  const value = context.attribute('value')
  const fill = value?.kind === 'tensor' ? value.value : undefined
  const dtype = fill?.dtype ?? 'float32'
  const shape = dimensionsIn(context, 0) ?? unknownSizes(context)
  const sizes = shape && smallSizes(shape)
  const element = fill === undefined ? 0 : readElements(fill)?.[0]
  if (sizes === undefined || element === undefined) return tensor(dtype, shape)
  return tensor(
    dtype,
    shape,
    Array.from({ length: countOf(sizes) }, () => element),
  )
}

function unknownSizes(context: NodeContext): Shape | undefined {
  const rank = context.shape(0)?.[0]
  if (typeof rank !== 'number' || rank > MAX_KNOWN_ELEMENTS) return undefined
  return Array.from({ length: rank }, () => context.unknownDimension('ConstantOfShape'))
}

/** `max(ceil((limit - start) / delta), 0)` elements. */
function rangeOf(context: NodeContext): KnownValue | undefined {
  const dtype = context.dtype(0) ?? context.dtype(1)
  const [start, limit, delta] = [0, 1, 2].map((index) => dimensionsIn(context, index)?.[0])
  if (start === undefined || limit === undefined || typeof delta !== 'number' || delta === 0) {
    return tensor(dtype, [context.unknownDimension('Range')])
  }
  const count = rangeCount(start, limit, delta)
  if (typeof count !== 'number' || typeof start !== 'number' || count > MAX_KNOWN_ELEMENTS) {
    return tensor(dtype, [count])
  }
  return tensor(
    dtype,
    [count],
    Array.from({ length: count }, (_, index) => start + index * delta),
  )
}

function rangeCount(start: Dimension, limit: Dimension, delta: number): Dimension {
  if (typeof start === 'number' && typeof limit === 'number') return Math.max(Math.ceil((limit - start) / delta), 0)
  const span = delta > 0 ? subtract(limit, start) : subtract(start, limit)
  return max(ceilDivide(span, Math.abs(delta)), 0)
}

/** From opset 15 on `start` and `end` choose a part; they are clamped to the rank. */
function shapeValue(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return tensor('int64', [context.unknownDimension('Shape')])
  const end = context.attribute('end') === undefined ? shape.length : context.int('end', 0)
  const part = shape.slice(context.int('start', 0), end)
  return tensor('int64', [part.length], part)
}

function sizeValue(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  return tensor('int64', [], shape && [product(shape)])
}
