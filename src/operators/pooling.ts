/**
 * Pooling over windows or over all positions, and its reverse. Pooling of regions lies in `image.ts`.
 *
 * @see https://onnx.ai/onnx/operators/onnx__MaxPool.html
 */
import type { Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { CostRule, NodeContext, OperatorFamily, ShapeRule } from './rule.js'
import { countOf, perInput } from './shape/cost.js'
import { mismatch } from './shape/mismatch.js'
import { slideBack, slideWindow, windowOf } from './shape/window.js'

/** All poolings of the standard but those of regions. */
export const pooling: OperatorFamily = {
  MaxPool: { shape: pooledWithIndices, cost: perWindow(1) },
  AveragePool: { shape: pooled, cost: perWindow(1) },
  LpPool: { shape: pooled, cost: perWindow(2) },
  GlobalAveragePool: { shape: pooledToOne, cost: perInput() },
  GlobalMaxPool: { shape: pooledToOne, cost: perInput() },
  GlobalLpPool: { shape: pooledToOne, cost: perInput(2) },
  MaxUnpool: { shape: unpooled, cost: 'free', settingInputs: [2] },
}

/** @returns `[N, C, ...]` of a pooling of this shape, input 0 when left out; `undefined` when the rank is not known */
export function poolOutput(context: NodeContext, shape = context.shape(0)): Shape | undefined {
  if (shape === undefined) return undefined
  const [batch, channels, ...spatial] = shape
  if (batch === undefined || channels === undefined || spatial.length === 0) {
    throw mismatch(`input has ${shape.length} dimensions, expected 3 or more`)
  }
  return [batch, channels, ...slideWindow(spatial, windowOf(context, spatial.length))]
}

/** `steps` operations for every element under every window. */
export function perWindow(steps: number): CostRule {
  return (context) => ({
    macs: 0,
    other: steps * context.outputElements(0) * countOf(context.ints('kernel_shape') ?? []),
  })
}

function pooled(context: NodeContext): ReturnType<ShapeRule> {
  return [tensor(context.dtype(0), poolOutput(context))]
}

function pooledWithIndices(context: NodeContext): ReturnType<ShapeRule> {
  const shape = poolOutput(context)
  return [tensor(context.dtype(0), shape), tensor('int64', shape)]
}

function pooledToOne(context: NodeContext): ReturnType<ShapeRule> {
  const shape = context.shape(0)?.map((size, axis) => (axis < 2 ? size : 1))
  return [tensor(context.dtype(0), shape)]
}

/** `output_shape`, where given, is the shape of the whole output. */
function unpooled(context: NodeContext): ReturnType<ShapeRule> {
  const shape = context.shape(0)
  const given = context.inputs[2] === undefined ? undefined : context.numbers(2)
  if (given !== undefined) return [tensor(context.dtype(0), given)]
  if (shape === undefined) return [tensor(context.dtype(0), undefined)]
  if (context.inputs[2] !== undefined) {
    return [
      tensor(
        context.dtype(0),
        shape.map((size, axis) => (axis < 2 ? size : context.unknownDimension('MaxUnpool'))),
      ),
    ]
  }
  const [batch = 1, channels = 1, ...spatial] = shape
  return [tensor(context.dtype(0), [batch, channels, ...slideBack(spatial, windowOf(context, spatial.length), [])])]
}
