/**
 * Matrix products.
 *
 * @see https://onnx.ai/onnx/operators/onnx__MatMul.html
 * @see https://onnx.ai/onnx/operators/onnx__Gemm.html
 */
import { type Dimension, formatDimension, formatShape, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { CostContext, NodeContext, OperatorFamily } from './rule.js'
import { broadcastShapes } from './shape/broadcast.js'
import { countOf } from './shape/cost.js'
import { mismatch } from './shape/mismatch.js'

/** MatMul, Gemm, Det. */
export const matrix: OperatorFamily = {
  MatMul: {
    shape: (context) => [tensor(context.dtype(0), matMulOutput(context.shape(0), context.shape(1)))],
    cost: (context) => ({ macs: matMulMacs(context, 0), other: 0 }),
    weightInputs: [0, 1],
  },
  Gemm: {
    shape: (context) => [tensor(context.dtype(0), gemmOutput(context))],
    cost: gemmCost,
    weightInputs: [0, 1, 2],
  },
  Det: { shape: (context) => [tensor(context.dtype(0), context.shape(0)?.slice(0, -2))], cost: detCost },
}

/**
 * Shape of a product as numpy's `matmul` gives it: one-dimensional operands are a row on the left, a column on the right.
 *
 * @throws {FormatError} `E_NODE_SHAPE` when the inner sizes differ
 */
export function matMulOutput(left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (left === undefined || right === undefined) return undefined
  if (left.length === 0 || right.length === 0) {
    throw mismatch(`cannot multiply ${formatShape(left)} by ${formatShape(right)}: a scalar is no matrix`)
  }
  const inner = right.length === 1 ? right[0] : right.at(-2)
  checkInner(left.at(-1), inner, left, right)
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2)) ?? []
  const rows = left.length === 1 ? [] : left.slice(-2, -1)
  const columns = right.length === 1 ? [] : right.slice(-1)
  return [...batch, ...rows, ...columns]
}

/** Multiply-accumulates of a product whose left operand is input `left`: each output sums over its last axis. */
export function matMulMacs(context: CostContext, left: number): number {
  return context.outputElements(0) * (context.inputSizes(left).at(-1) ?? 1)
}

/** Before opset 11 `C` was required; `alpha` and `beta` other than 1 scale the product and `C`. */
function gemmCost(context: CostContext): { macs: number; other: number } {
  const count = context.outputElements(0)
  const [rows = 1, columns = 1] = context.inputSizes(0)
  const inner = context.int('transA', 0) === 0 ? columns : rows
  const scalings = Number(context.float('alpha', 1) !== 1)
  const bias = context.inputs[2] === undefined ? 0 : 1 + Number(context.float('beta', 1) !== 1)
  return { macs: count * inner, other: count * (scalings + bias) }
}

function gemmOutput(context: NodeContext): Shape | undefined {
  const left = context.shape(0)
  const right = context.shape(1)
  if (left === undefined || right === undefined) return undefined
  if (left.length !== 2 || right.length !== 2) {
    throw mismatch(`A is ${formatShape(left)} and B ${formatShape(right)}, expected 2 dimensions each`)
  }
  const [rows = 1, inner] = turned(left, context.int('transA', 0))
  const [expected, columns = 1] = turned(right, context.int('transB', 0))
  checkInner(inner, expected, left, right)
  return [rows, columns]
}

function turned(shape: Shape, isTransposed: number): Shape {
  return isTransposed === 0 ? shape : [...shape].reverse()
}

/** Elimination of an n x n matrix takes about 2/3 n^3 operations. */
function detCost(context: CostContext): { macs: number; other: number } {
  const sizes = context.inputSizes(0)
  const n = sizes.at(-1) ?? 1
  return { macs: 0, other: Math.round((countOf(sizes.slice(0, -2)) * 2 * n ** 3) / 3) }
}

function checkInner(found: Dimension | undefined, expected: Dimension | undefined, left: Shape, right: Shape): void {
  if (typeof found !== 'number' || typeof expected !== 'number' || found === expected) return
  const sizes = `${formatDimension(found)} and ${formatDimension(expected)}`
  throw mismatch(`cannot multiply ${formatShape(left)} by ${formatShape(right)}: inner sizes ${sizes} differ`)
}
