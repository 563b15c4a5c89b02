/**
 * Reductions and running sums.
 *
 * Costs count one operation for each element of the input and each step applied to it.
 *
 * @see https://onnx.ai/onnx/operators/onnx__ReduceSum.html
 */
import { add, type Dimension, max, min, multiply, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { KnownElement, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { axesOf, ofUnknownAxes } from './shape/axes-input.js'
import { normalizeAxes, normalizeAxis, range } from './shape/axis.js'
import { perInput, perOutput } from './shape/cost.js'
import { knownTensor } from './shape/rows.js'
import { sameAsInput } from './shape/same.js'

type Join = (left: Dimension, right: Dimension) => Dimension

/** Reduce*, ArgMax, ArgMin, CumSum, CumProd. */
export const reduction: OperatorFamily = {
  ReduceSum: reduce(1, 13, add),
  ReduceMean: reduce(1, 18),
  ReduceMax: reduce(1, 18, max),
  ReduceMin: reduce(1, 18, min),
  ReduceProd: reduce(1, 18, multiply),
  ReduceL1: reduce(2, 18),
  ReduceL2: reduce(2, 18),
  ReduceLogSum: reduce(1, 18),
  ReduceLogSumExp: reduce(2, 18),
  ReduceSumSquare: reduce(2, 18),
  ArgMax: { shape: (context) => [bestIndex(context)], cost: perInput() },
  ArgMin: { shape: (context) => [bestIndex(context)], cost: perInput() },
  CumSum: { shape: sameAsInput(), cost: perOutput(), settingInputs: [1] },
  CumProd: { shape: sameAsInput(), cost: perOutput(), settingInputs: [1] },
}

/**
 * @param stepsPerElement - operations for each element of the input
 * @param axesInputSince - opset from which on the axes are an input
 * @param join - computes small known contents; left out where no model computes sizes with the operator
 */
function reduce(stepsPerElement: number, axesInputSince: number, join?: Join): OperatorRule {
  return {
    shape: (context) => [reduced(context, axesInputSince, join)],
    cost: (context) => ({
      macs: 0,
      other: isNoop(context, axesInputSince) ? 0 : stepsPerElement * context.inputElements(0),
    }),
    settingInputs: [1],
  }
}

function isNoop(context: NodeContext, axesInputSince: number): boolean {
  const axes = axesOf(context, axesInputSince)
  return axes !== 'unknown' && (axes ?? []).length === 0 && context.int('noop_with_empty_axes', 0) !== 0
}

/** Without axes all are reduced, unless `noop_with_empty_axes` says that none is. */
function reduced(context: NodeContext, axesInputSince: number, join: Join | undefined): KnownValue | undefined {
  const dtype = context.dtype(0)
  const shape = context.shape(0)
  if (isNoop(context, axesInputSince)) return tensor(dtype, shape, context.elements(0))
  const axes = axesOf(context, axesInputSince)
  const keeps = context.int('keepdims', 1) !== 0
  if (!keeps && axes === undefined) return tensor(dtype, [], totalOf(context, join))
  if (shape === undefined) return tensor(dtype, undefined)
  if (axes === 'unknown') return ofUnknownAxes(context, keeps ? 0 : -1)
  const all = axes === undefined || axes.length === 0
  const chosen = all ? range(shape.length) : normalizeAxes(axes, shape.length)
  const result = withoutAxes(shape, chosen, keeps)
  return tensor(dtype, result, chosen.length === shape.length ? totalOf(context, join) : undefined)
}

function withoutAxes(shape: Shape, axes: readonly number[], keeps: boolean): Shape {
  if (keeps) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return shape.filter((_, axis) => !axes.includes(axis))
}

/** The one element of a reduction over everything. */
function totalOf(context: NodeContext, join: Join | undefined): readonly KnownElement[] | undefined {
  const elements = knownTensor(context, 0)?.elements
  const numbers = elements?.filter((element) => typeof element !== 'string')
  const isReal = numbers?.some((element) => typeof element === 'number' && !Number.isInteger(element))
  if (join === undefined || numbers === undefined || numbers.length === 0 || isReal) return undefined
  return numbers.length === elements?.length ? [numbers.reduce(join)] : undefined
}

/** Without an axis the first one is searched. */
function bestIndex(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return tensor('int64', undefined)
  const axis = normalizeAxis(context.int('axis', 0), Math.max(shape.length, 1))
  return tensor('int64', withoutAxes(shape, [axis], context.int('keepdims', 1) !== 0))
}
