/**
 * Arithmetic, comparison, logic and bit operators: one result per element of the broadcast inputs.
 *
 * Before opset 7 the second input was aligned by `broadcast` and `axis`; the result then has the first one's shape.
 *
 * @see https://onnx.ai/onnx/operators/
 */
import { roundHalfToEven } from '../core/round-half-to-even.js'
import type { DataType } from '../graph/data-type.js'
import type { Dimension, Shape } from '../graph/dimension.js'
import type { KnownElement, NodeContext, OperatorFamily, OperatorRule, ShapeRule } from './rule.js'
import { compareEqual, isLess, remainder, rounded, STEPS, type Step } from './shape/arithmetic.js'
import { perOutput } from './shape/cost.js'
import { type Fold, foldBroadcast } from './shape/fold.js'
import { broadcastInputs } from './shape/same.js'

/** Operators of the families arithmetic, comparison, logic, bits and rounding. */
export const elementwise: OperatorFamily = {
  Add: binary(step(STEPS.Add)),
  Sub: binary(step(STEPS.Sub)),
  Mul: binary(step(STEPS.Mul)),
  Div: binary(step(STEPS.Div)),
  Pow: binary(step(STEPS.Pow)),
  Mod: binary(
    (context) => (left, right) => onSizes(left, right, (a, b) => remainder(a, b, context.int('fmod', 0) !== 0)),
  ),
  Max: variadic(step(STEPS.Max)),
  Min: variadic(step(STEPS.Min)),
  Sum: variadic(step(STEPS.Add)),
  Mean: {
    ...variadic(undefined),
    cost: (context) => ({ macs: 0, other: context.inputs.length * context.outputElements(0) }),
  },

  Equal: comparison(
    () => (left, right) => (left === undefined || right === undefined ? undefined : compareEqual(left, right)),
  ),
  Greater: comparison(() => (left, right) => onSizes(left, right, (a, b) => isLess(b, a))),
  Less: comparison(() => (left, right) => onSizes(left, right, isLess)),
  GreaterOrEqual: comparison(() => (left, right) => negated(onSizes(left, right, isLess))),
  LessOrEqual: comparison(() => (left, right) => negated(onSizes(left, right, (a, b) => isLess(b, a)))),
  And: comparison(() => (left, right) => onNumbers(left, right, (a, b) => Number(a !== 0 && b !== 0))),
  Or: comparison(() => (left, right) => onNumbers(left, right, (a, b) => Number(a !== 0 || b !== 0))),
  Xor: comparison(() => (left, right) => onNumbers(left, right, (a, b) => Number((a !== 0) !== (b !== 0)))),
  Not: unary((value) => Number(value === 0), 'bool'),
  IsNaN: unary((value) => Number(Number.isNaN(value)), 'bool'),
  IsInf: unary(undefined, 'bool'),
  BitwiseAnd: binary(onBits((a, b) => a & b)),
  BitwiseOr: binary(onBits((a, b) => a | b)),
  BitwiseXor: binary(onBits((a, b) => a ^ b)),
  BitwiseNot: unary(undefined),
  BitShift: binary(undefined),

  Abs: unary(Math.abs, undefined, (size) => size),
  Neg: {
    ...unary(undefined),
    shape: folded(() => (value) => onSizes(0, value, (zero, size) => STEPS.Sub(zero, size, undefined))),
  },
  Sign: unary(Math.sign),
  Floor: unary(Math.floor, undefined, (size) => size),
  Ceil: unary(Math.ceil, undefined, (size) => size),
  Round: unary(roundHalfToEven, undefined, (size) => size),
  Reciprocal: unary((value) => 1 / value),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Asin: unary(Math.asin),
  Acos: unary(Math.acos),
  Atan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Asinh: unary(Math.asinh),
  Acosh: unary(Math.acosh),
  Atanh: unary(Math.atanh),
  Erf: unary(undefined),

  Where: { shape: whereShape, cost: perOutput() },
}

type FoldOf = (context: NodeContext) => Fold

function binary(fold: FoldOf | undefined): OperatorRule {
  return { shape: folded(fold), cost: perOutput() }
}

/** Any number of inputs, folded from the left. */
function variadic(fold: FoldOf | undefined): OperatorRule {
  return {
    shape: folded(fold && ((context) => foldAll(fold(context)))),
    cost: (context) => ({ macs: 0, other: Math.max(context.inputs.length - 1, 0) * context.outputElements(0) }),
  }
}

function comparison(fold: FoldOf): OperatorRule {
  return { shape: folded(fold, 'bool'), cost: perOutput() }
}

/**
 * @param numeric - result for a number; left out where no model computes sizes with the operator
 * @param symbolic - result for a symbolic size, which is a whole number and not negative
 */
function unary(
  numeric: ((value: number) => number) | undefined,
  dtype?: DataType,
  symbolic?: (size: Dimension) => Dimension,
): OperatorRule {
  const fold: FoldOf = (context) => (value) => {
    if (typeof value === 'number') return numeric && rounded(numeric(value), dtype ?? context.dtype(0))
    return typeof value === 'string' ? undefined : symbolic?.(value)
  }
  return { shape: folded(numeric && fold, dtype), cost: perOutput() }
}

function folded(fold: FoldOf | undefined, dtype?: DataType): ShapeRule {
  return (context) => [foldBroadcast(context, dtype ?? context.dtype(0), resultShape(context), fold?.(context))]
}

function resultShape(context: NodeContext): Shape | undefined {
  const isAligned = context.opset < 7 && context.node.domain === '' && context.attribute('broadcast') !== undefined
  return isAligned ? context.shape(0) : broadcastInputs(context)
}

function step(arithmetic: Step): FoldOf {
  return (context) => {
    const dtype = context.dtype(0)
    return (left, right) => onSizes(left, right, (a, b) => arithmetic(a, b, dtype))
  }
}

function foldAll(fold: Fold): Fold {
  return (...operands) => {
    const [first, ...rest] = operands
    return rest.reduce<KnownElement | undefined>(
      (result, operand) => (result === undefined ? undefined : fold(result, operand)),
      first,
    )
  }
}

function onSizes(
  left: KnownElement | undefined,
  right: KnownElement | undefined,
  compute: (left: Dimension, right: Dimension) => Dimension | undefined,
): Dimension | undefined {
  if (left === undefined || right === undefined || typeof left === 'string' || typeof right === 'string')
    return undefined
  return compute(left, right)
}

function onNumbers(
  left: KnownElement | undefined,
  right: KnownElement | undefined,
  compute: (left: number, right: number) => number,
): number | undefined {
  return typeof left === 'number' && typeof right === 'number' ? compute(left, right) : undefined
}

function onBits(compute: (left: bigint, right: bigint) => bigint): FoldOf {
  return () => (left, right) => onNumbers(left, right, (a, b) => Number(compute(BigInt(a), BigInt(b))))
}

function negated(value: Dimension | undefined): number | undefined {
  return typeof value === 'number' ? 1 - value : undefined
}

function whereShape(context: NodeContext): ReturnType<ShapeRule> {
  const choose: Fold = (condition, whenTrue, whenFalse) => (condition === 0 ? whenFalse : whenTrue)
  return [foldBroadcast(context, context.dtype(1), broadcastInputs(context), choose)]
}
