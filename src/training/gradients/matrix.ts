/**
 * Gradients of matrix products.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Gemm.html
 * @see https://onnx.ai/onnx/operators/onnx__MatMul.html
 */
import { float, int, text } from '../../graph/attributes.js'
import type { Sizes } from '../emitter.js'
import type { GradientFamily, GradientView } from '../gradient-rule.js'

/** Gemm, MatMul, Einsum. */
export const matrix: GradientFamily = {
  Gemm: { backward: gemm },
  MatMul: { backward: matMul },
  Einsum: { backward: einsum },
}

type Emit = GradientView['emit']

/** A product of two matrices, each read transposed or not, without moving an element before. */
function product(emit: Emit, a: string, transA: boolean, b: string, transB: boolean, alpha = 1): string {
  const attributes = { transA: int(Number(transA)), transB: int(Number(transB)), alpha: float(alpha) }
  return emit.op('Gemm', [a, b], attributes)
}

/** Y = alpha * A' B' + beta * C. */
function gemm(view: GradientView): readonly (string | undefined)[] {
  const { emit, gradient } = view
  const [a, b] = [view.input(0), view.input(1)]
  const [transA, transB] = [view.int('transA', 0) !== 0, view.int('transB', 0) !== 0]
  const [alpha, beta] = [view.float('alpha', 1), view.float('beta', 1)]
  const scaled = () => (beta === 1 ? gradient : emit.mul(gradient, view.scalar(beta)))
  return [
    view.ifNeeded(0, () =>
      transA ? product(emit, b, transB, gradient, true, alpha) : product(emit, gradient, false, b, !transB, alpha),
    ),
    view.ifNeeded(1, () =>
      transB ? product(emit, gradient, true, a, transA, alpha) : product(emit, a, !transA, gradient, false, alpha),
    ),
    view.ifNeeded(2, () => view.sumToInput(scaled(), 2)),
  ]
}

/** Vectors are matrices of one row or column; a single matrix meets all rows of a batch at once. */
function matMul(view: GradientView): readonly (string | undefined)[] {
  const { emit } = view
  const [shapeA, shapeB] = [view.sizes(0), view.sizes(1)]
  const a = { name: view.input(0), sizes: shapeA.length === 1 ? [1, ...shapeA] : shapeA }
  const b = { name: view.input(1), sizes: shapeB.length === 1 ? [...shapeB, 1] : shapeB }
  const [rows = 1, inner = 1] = a.sizes.slice(-2)
  const columns = b.sizes.at(-1) ?? 1
  const batch = batchOf(view.outputSizes(), shapeA, shapeB)
  const whole = [...batch, rows, columns]
  const back = (value: string, from: Sizes, index: number) =>
    emit.reshape(emit.sumTo(value, from, index === 0 ? a.sizes : b.sizes), view.sizes(index))
  if (b.sizes.length === 2) {
    const all = [...batch, rows].reduce((count, size) => count * size, 1)
    const gradient = emit.reshape(view.gradient, [all, columns])
    return [
      view.ifNeeded(0, () => emit.reshape(product(emit, gradient, false, matrixOf(view, 1, b.sizes), true), shapeA)),
      view.ifNeeded(1, () =>
        emit.reshape(product(emit, emit.reshape(a.name, [all, inner]), true, gradient, false), shapeB),
      ),
    ]
  }
  const gradient = emit.reshape(view.gradient, whole)
  return [
    view.ifNeeded(0, () => back(emit.op('MatMul', [gradient, turned(view, 1, b.sizes)]), [...batch, rows, inner], 0)),
    view.ifNeeded(1, () =>
      back(emit.op('MatMul', [turned(view, 0, a.sizes), gradient]), [...batch, inner, columns], 1),
    ),
  ]
}

/** Sizes of the output before the two of the matrix. */
function batchOf(output: Sizes, a: Sizes, b: Sizes): Sizes {
  const matrixAxes = Number(a.length > 1) + Number(b.length > 1)
  return output.slice(0, output.length - matrixAxes)
}

/** The input as matrices, with the row or column that a vector lacks. */
function matrixOf(view: GradientView, index: number, sizes: Sizes): string {
  return view.sizes(index).length === sizes.length ? view.input(index) : view.emit.reshape(view.input(index), sizes)
}

function turned(view: GradientView, index: number, sizes: Sizes): string {
  const rank = sizes.length
  const order = [...Array(rank - 2).keys(), rank - 1, rank - 2]
  return view.emit.transpose(matrixOf(view, index, sizes), order)
}

/** The gradient of one operand is an Einsum of the output's gradient and the other operands. */
function einsum(view: GradientView): readonly (string | undefined)[] {
  const { operands, output } = lettersOf(view)
  return operands.map((own, index) => view.ifNeeded(index, () => einsumShare(view, operands, output, own, index)))
}

function einsumShare(
  view: GradientView,
  operands: readonly string[],
  output: string,
  own: string,
  index: number,
): string {
  const { emit } = view
  const others = operands.filter((_, other) => other !== index)
  const seen = output + others.join('')
  const kept = [...own].filter((letter) => seen.includes(letter)).join('')
  const names = [view.gradient, ...view.node.inputs.filter((_, other) => other !== index)]
  const share = emit.op('Einsum', names, { equation: text(`${[output, ...others].join(',')}->${kept}`) })
  if (kept === own) return share
  // A letter that no one else has was summed over: each of its positions gets the same.
  const sizes = view.sizes(index)
  const open = emit.reshape(
    share,
    sizes.map((size, axis) => (kept.includes(own[axis] ?? '') ? size : 1)),
  )
  return emit.expand(open, sizes)
}

function lettersOf(view: GradientView): { operands: readonly string[]; output: string } {
  const equation = view.text('equation', '').replaceAll(' ', '')
  const [left = '', right] = equation.split('->')
  const operands = left.split(',')
  const repeated = operands.some((letters) => new Set(letters).size !== letters.length)
  if (equation.includes('.') || repeated) {
    throw view.refusal(`equation ${equation} has "..." or takes a diagonal, whose gradient is not known`)
  }
  return { operands, output: right ?? singleLetters(left) }
}

/** Without "->" the output has the letters that come once, in alphabetical order. */
function singleLetters(left: string): string {
  const letters = [...left.replaceAll(',', '')]
  return letters
    .filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter))
    .sort()
    .join('')
}
