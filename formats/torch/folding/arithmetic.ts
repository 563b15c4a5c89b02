/** Operators element by element, on constants. Only what every machine rounds alike: no roots, exponentials and sines. */
import type { DataType } from '../../../src/graph/data-type.js'
import { type ConstantTensor, conversion, countOf, zeros } from './constant-tensor.js'
import { broadcastSizes, spread } from './places.js'

type Step = (left: number, right: number) => number

const floorRest: Step = (left, right) => left - right * Math.floor(left / right)

/** Results of the operands' own type. */
const STEPS: Readonly<Record<string, Step>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right) => left / right,
  Mod: floorRest,
  Min: Math.min,
  Max: Math.max,
  And: (left, right) => left * right,
  Or: Math.max,
  Xor: (left, right) => Number(left !== right),
}

const COMPARISONS: Readonly<Record<string, Step>> = {
  Equal: (left, right) => Number(left === right),
  Less: (left, right) => Number(left < right),
  Greater: (left, right) => Number(left > right),
  LessOrEqual: (left, right) => Number(left <= right),
  GreaterOrEqual: (left, right) => Number(left >= right),
}

const ALONE: Readonly<Record<string, (value: number) => number>> = {
  Neg: (value) => 0 - value,
  Abs: Math.abs,
  Not: (value) => 1 - value,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sign: Math.sign,
}

/** @returns what the operator gives; `undefined` where it is none of these, or what it gives is no number */
export function foldedElements(operator: string, inputs: readonly ConstantTensor[]): ConstantTensor | undefined {
  const [first, second] = inputs
  if (first === undefined) return undefined
  const alone = inputs.length === 1 ? own(ALONE, operator) : undefined
  if (alone !== undefined) return { ...first, elements: mapped(first, alone) }
  if (second === undefined || inputs.length !== 2 || first.dtype !== second.dtype) return undefined
  const comparison = own(COMPARISONS, operator)
  if (comparison !== undefined) return combined(first, second, comparison, 'bool')
  const step = own(STEPS, operator)
  return step && combined(first, second, step, first.dtype)
}

/** @returns the condition's choice between two tensors */
export function foldedChoice(
  condition: ConstantTensor,
  left: ConstantTensor,
  right: ConstantTensor,
): ConstantTensor | undefined {
  const shape = broadcastSizes(condition.shape, left.shape, right.shape)
  if (shape === undefined) return undefined
  const [isLeft, lefts, rights] = [condition, left, right].map((tensor) => spread(tensor, shape).elements)
  const elements = zeros(left.dtype, countOf(shape))
  for (let at = 0; at < elements.length; at += 1) elements[at] = (isLeft?.[at] ? lefts?.[at] : rights?.[at]) ?? 0
  return { dtype: left.dtype, shape, elements }
}

function combined(
  left: ConstantTensor,
  right: ConstantTensor,
  step: Step,
  dtype: DataType,
): ConstantTensor | undefined {
  const shape = broadcastSizes(left.shape, right.shape)
  if (shape === undefined) return undefined
  const [lefts, rights] = [spread(left, shape).elements, spread(right, shape).elements]
  const elements = zeros(dtype, countOf(shape))
  const [convert, isWhole] = [conversion(dtype), !dtype.startsWith('float')]
  for (let at = 0; at < elements.length; at += 1) {
    const value = convert(step(lefts[at] ?? 0, rights[at] ?? 0))
    // Whole numbers that are divided by 0, or grow beyond what is exact.
    if (isWhole && !Number.isSafeInteger(value)) return undefined
    elements[at] = value
  }
  return { dtype, shape, elements }
}

function mapped({ dtype, elements }: ConstantTensor, step: (value: number) => number): ArrayLike<number> {
  const results = zeros(dtype, elements.length)
  for (let at = 0; at < results.length; at += 1) results[at] = step(elements[at] ?? 0)
  return results
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
