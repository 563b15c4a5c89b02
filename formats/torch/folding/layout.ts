/** Operators that give elements another place, on constants. */
import type { Attributes } from '../../../src/graph/builder.js'
import { type ConstantTensor, countOf, zeros } from './constant-tensor.js'
import { along, broadcastSizes, spread, stridesOf, taken } from './places.js'

/** Gives what the operator gives of these inputs; `undefined` where it is left to the engine. */
type Fold = (
  inputs: readonly (ConstantTensor | undefined)[],
  from: ConstantTensor,
  attributes: Attributes,
) => ConstantTensor | undefined

/** By name of the operator; `from` is the first input. */
export const LAYOUT: Readonly<Record<string, Fold>> = {
  Identity: (_, from) => from,
  Reshape: ([, sizes], from) => sizes && relabelled(from, reshaped(from, numbers(sizes))),
  Squeeze: ([, axes], from) => relabelled(from, squeezed(from.shape, axes && numbers(axes))),
  Unsqueeze: ([, axes], from) => axes && relabelled(from, unsqueezed(from.shape, numbers(axes))),
  Transpose: (_, from, attributes) => {
    const order = listOf(attributes, 'perm') ?? from.shape.map((__, axis) => axis).reverse()
    return moved(from, order)
  },
  Expand: ([, sizes], from) => {
    const shape = sizes && broadcastSizes(from.shape, numbers(sizes))
    return shape && spread(from, shape)
  },
  Concat: (inputs, from, attributes) => joined(inputs, from, numberOf(attributes, 'axis')),
  Slice: sliced,
  Gather: gathered,
}

const numbers = ({ elements }: ConstantTensor): readonly number[] => Array.from(elements)

function numberOf(attributes: Attributes, name: string): number {
  const attribute = attributes[name]
  return attribute?.kind === 'int' ? attribute.value : 0
}

function listOf(attributes: Attributes, name: string): readonly number[] | undefined {
  const attribute = attributes[name]
  return attribute?.kind === 'ints' ? attribute.value : undefined
}

const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

function relabelled(from: ConstantTensor, shape: readonly number[] | undefined): ConstantTensor | undefined {
  return shape !== undefined && countOf(shape) === countOf(from.shape) ? { ...from, shape } : undefined
}

function reshaped(from: ConstantTensor, given: readonly number[]): readonly number[] {
  const sizes = given.map((size, axis) => (size === 0 ? (from.shape[axis] ?? 0) : size))
  const rest = countOf(from.shape) / sizes.filter((size) => size !== -1).reduce((product, size) => product * size, 1)
  return sizes.map((size) => (size === -1 ? rest : size))
}

function squeezed(shape: readonly number[], axes: readonly number[] | undefined): readonly number[] {
  const gone = axes?.map((axis) => fromFront(axis, shape.length))
  return shape.filter((size, axis) => (gone === undefined ? size !== 1 : !gone.includes(axis)))
}

function unsqueezed(shape: readonly number[], axes: readonly number[]): readonly number[] {
  const places = axes.map((axis) => fromFront(axis, shape.length + axes.length)).sort((left, right) => left - right)
  return places.reduce((sizes, place) => sizes.toSpliced(place, 0, 1), [...shape])
}

function moved(from: ConstantTensor, order: readonly number[]): ConstantTensor {
  const strides = stridesOf(from.shape)
  const shape = order.map((axis) => from.shape[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 0)
  return taken(from, shape, along(shape, steps))
}

function joined(
  inputs: readonly (ConstantTensor | undefined)[],
  from: ConstantTensor,
  given: number,
): ConstantTensor | undefined {
  const parts = inputs.filter((part) => part !== undefined)
  const axis = fromFront(given, from.shape.length)
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0)
  const shape = from.shape.with(axis, total)
  const inner = countOf(from.shape.slice(axis + 1))
  const elements = zeros(from.dtype, countOf(shape))
  let start = 0
  for (const part of parts) {
    const width = (part.shape[axis] ?? 0) * inner
    if (part.shape.length !== shape.length || part.elements.length * total * inner !== elements.length * width)
      return undefined
    for (let at = 0; at < part.elements.length; at += 1) {
      const row = Math.floor(at / width)
      elements[row * total * inner + start + (at - row * width)] = part.elements[at] ?? 0
    }
    start += width
  }
  return { dtype: from.dtype, shape, elements }
}

function sliced(inputs: readonly (ConstantTensor | undefined)[], from: ConstantTensor): ConstantTensor | undefined {
  const [starts, ends, axes, steps] = inputs.slice(1).map((input) => input && numbers(input))
  const [strides, shape] = [stridesOf(from.shape), [...from.shape]]
  const walk = [...strides]
  let start = 0
  for (const [at, given] of (starts ?? []).entries()) {
    const axis = fromFront(axes?.[at] ?? at, shape.length)
    const [size = 0, step = 1] = [shape[axis], steps?.[at]]
    if (step < 1) return undefined
    const bound = (place: number) => Math.min(Math.max(fromFront(place, size), 0), size)
    const [first, last] = [bound(given), bound(ends?.[at] ?? size)]
    shape[axis] = Math.max(Math.ceil((last - first) / step), 0)
    start += first * (strides[axis] ?? 0)
    walk[axis] = (strides[axis] ?? 0) * step
  }
  return taken(from, shape, along(shape, walk, start))
}

/** @returns the sizes of what a Gather gives: those of the indices in place of the axis */
export function gatheredShape(
  from: ConstantTensor | undefined,
  indices: ConstantTensor | undefined,
  attributes: Attributes,
): readonly number[] {
  const sizes = from?.shape ?? []
  return sizes.toSpliced(fromFront(numberOf(attributes, 'axis'), sizes.length), 1, ...(indices?.shape ?? []))
}

function gathered(
  [, indices]: readonly (ConstantTensor | undefined)[],
  from: ConstantTensor,
  attributes: Attributes,
): ConstantTensor | undefined {
  const axis = fromFront(numberOf(attributes, 'axis'), from.shape.length)
  const size = from.shape[axis] ?? 0
  const places = indices && numbers(indices).map((place) => fromFront(place, size))
  if (places === undefined || places.some((place) => place < 0 || place >= size)) return undefined
  const [outer, inner] = [countOf(from.shape.slice(0, axis)), countOf(from.shape.slice(axis + 1))]
  return taken(from, gatheredShape(from, indices, attributes), (take) => {
    for (let row = 0; row < outer; row += 1)
      for (const place of places) for (let at = 0; at < inner; at += 1) take((row * size + place) * inner + at)
  })
}
