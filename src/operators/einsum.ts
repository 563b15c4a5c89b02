/**
 * Einsum: sums of products named by letters.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Einsum.html
 */
import type { Dimension, Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, NodeContext, OperatorFamily, ShapeRule } from './rule.js'
import { broadcastDimension } from './shape/broadcast.js'
import { mismatch } from './shape/mismatch.js'

/** Einsum alone. */
export const einsum: OperatorFamily = {
  Einsum: { shape: einsumShape, cost: einsumCost, weightInputs: [0, 1, 2, 3] },
}

/** Labels of every axis: letters, and `...0`, `...1` for the axes that an ellipsis stands for, counted from the last. */
interface Equation {
  readonly operands: readonly (readonly string[])[]
  readonly output: readonly string[]
}

function einsumShape(context: NodeContext): ReturnType<ShapeRule> {
  const shapes = context.inputs.map((_, index) => context.shape(index))
  if (!shapes.every((shape): shape is Shape => shape !== undefined)) return [tensor(context.dtype(0), undefined)]
  const equation = parseEquation(context.text('equation', ''), shapes)
  const sizes = sizesOf(equation, shapes)
  return [
    tensor(
      context.dtype(0),
      equation.output.map((label) => sizes.get(label) ?? 1),
    ),
  ]
}

/**
 * Operands are multiplied from left to right. A step that sums over a label is a matrix product; one that does not
 * multiplies element by element, and a single operand only sums.
 */
function einsumCost(context: CostContext): Cost {
  const shapes = context.inputs.map((_, index) => context.inputSizes(index))
  const equation = parseEquation(context.text('equation', ''), shapes)
  const sizes = sizesOf(equation, shapes)
  const countOver = (labels: ReadonlySet<string>) =>
    [...labels].reduce((product, label) => product * Number(sizes.get(label) ?? 1), 1)
  const [first = [], ...rest] = equation.operands
  let left = new Set(first)
  if (rest.length === 0) {
    const isSum = [...left].some((label) => !equation.output.includes(label))
    return { macs: 0, other: isSum ? countOver(left) : 0 }
  }
  const cost = { macs: 0, other: 0 }
  for (const [index, operand] of rest.entries()) {
    const all = new Set([...left, ...operand])
    const needed = new Set([...equation.output, ...rest.slice(index + 1).flat()])
    const kept = new Set([...all].filter((label) => needed.has(label)))
    if (kept.size < all.size) cost.macs += countOver(all)
    else cost.other += countOver(all)
    left = kept
  }
  return cost
}

function parseEquation(equation: string, shapes: readonly Shape[]): Equation {
  const [left = '', right, ...more] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  if (more.length > 0 || terms.length !== shapes.length) {
    throw mismatch(`equation "${equation}" does not name ${shapes.length} operands`)
  }
  const operands = terms.map((term, index) => labelsOf(term, shapes[index]?.length ?? 0))
  const ellipsis = longest(operands.map((labels) => labels.filter((label) => label.startsWith('...'))))
  if (right === undefined) return { operands, output: [...ellipsis, ...singleLetters(operands)] }
  const [before = '', after] = right.split('...')
  return { operands, output: after === undefined ? [...before] : [...before, ...ellipsis, ...after] }
}

function labelsOf(term: string, rank: number): readonly string[] {
  const [before = '', after] = term.split('...')
  const covered = rank - before.length - (after?.length ?? 0)
  if (after === undefined ? covered !== 0 : covered < 0) {
    throw mismatch(`term "${term}" of the equation does not fit an operand of ${rank} dimensions`)
  }
  if (after === undefined) return [...before]
  return [...before, ...Array.from({ length: covered }, (_, index) => `...${covered - 1 - index}`), ...after]
}

/** Without an arrow the output has the letters that come once, in alphabetical order. */
function singleLetters(operands: readonly (readonly string[])[]): readonly string[] {
  const letters = operands.flat().filter((label) => !label.startsWith('...'))
  return letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort()
}

function longest(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.reduce((best, list) => (list.length > best.length ? list : best), [])
}

function sizesOf({ operands }: Equation, shapes: readonly Shape[]): ReadonlyMap<string, Dimension> {
  const sizes = new Map<string, Dimension>()
  for (const [index, labels] of operands.entries()) {
    for (const [axis, label] of labels.entries()) {
      const size = shapes[index]?.[axis] ?? 1
      sizes.set(label, broadcastDimension(sizes.get(label) ?? 1, size))
    }
  }
  return sizes
}
