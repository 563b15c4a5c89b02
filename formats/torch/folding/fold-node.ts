/** Nodes that read constants alone, computed before the run, so that no step of a mask's making stays in the graph. */
import type { Attributes } from '../../../src/graph/builder.js'
import { DATA_TYPES, dataTypeOfCode } from '../../../src/graph/data-type.js'
import { foldedChoice, foldedElements } from './arithmetic.js'
import { type ConstantTensor, conversion, isFolded, MAX_CONSTANT, zeros } from './constant-tensor.js'
import { LAYOUT } from './layout.js'

/** Operators whose nodes may be computed before the run. */
export const mayFold = (operator: string): boolean => FOLDED.has(operator)

const FOLDED = new Set([
  ...Object.keys(LAYOUT),
  ...['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Min', 'Max', 'And', 'Or', 'Xor', 'Neg', 'Abs', 'Not', 'Floor', 'Ceil'],
  ...['Sign', 'Equal', 'Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual', 'Where', 'Cast', 'Range'],
])

/** @returns what the node gives; `undefined` where it is left to the engine */
export function foldNode(
  operator: string,
  inputs: readonly (ConstantTensor | undefined)[],
  attributes: Attributes,
): ConstantTensor | undefined {
  const [first, second, third] = inputs
  if (first === undefined) return undefined
  if (operator === 'Cast') return cast(first, attributes)
  if (operator === 'Range') return second && third && counted(first, second, third)
  if (operator === 'Where') return second && third && foldedChoice(first, second, third)
  const layout = LAYOUT[operator]
  if (layout !== undefined) return layout(inputs, first, attributes)
  return foldedElements(
    operator,
    inputs.filter((input) => input !== undefined),
  )
}

function cast(from: ConstantTensor, attributes: Attributes): ConstantTensor | undefined {
  const { to } = attributes
  const dtype = to?.kind === 'int' ? dataTypeOfCode(to.value) : undefined
  if (dtype === undefined || !isFolded(dtype)) return undefined
  const elements = zeros(dtype, from.elements.length)
  const limit = 2 ** (DATA_TYPES[dtype].bits - (dtype.startsWith('u') ? 0 : 1))
  const [convert, isWhole] = [conversion(dtype), !dtype.startsWith('float') && dtype !== 'bool']
  for (let at = 0; at < elements.length; at += 1) {
    const value = convert(from.elements[at] ?? 0)
    // What does not fit is cut off as each machine does.
    if (isWhole && !(Math.abs(value) < limit)) return undefined
    elements[at] = value
  }
  return { ...from, dtype, elements }
}

function counted(start: ConstantTensor, limit: ConstantTensor, delta: ConstantTensor): ConstantTensor | undefined {
  const [first = 0, last = 0, step = 0] = [start.elements[0], limit.elements[0], delta.elements[0]]
  const count = Math.max(Math.ceil((last - first) / step), 0)
  // Sums of fractions round as each engine adds them up.
  if (![first, step].every(Number.isSafeInteger) || !(count <= MAX_CONSTANT)) return undefined
  const elements = zeros(start.dtype, count).map((_, at) => first + at * step)
  return { dtype: start.dtype, shape: [count], elements }
}
