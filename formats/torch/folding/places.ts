/** Operators that move elements, on constants: which element of the source stands at each place of the result. */
import { type ConstantTensor, countOf, zeros } from './constant-tensor.js'

/** @returns how far a step along each axis goes in a row-major tensor */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis -= 1)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1)
  return strides
}

/** Gives the position in the source for each place of the result, in order. */
type Walk = (take: (position: number) => void) => void

/** @returns the source's elements along a walk whose axes have these lengths and steps */
export function along(lengths: readonly number[], steps: readonly number[], start = 0): Walk {
  return (take) => {
    const last = lengths.length - 1
    const visit = (axis: number, position: number): void => {
      const [length = 1, step = 0] = [lengths[axis], steps[axis]]
      if (axis >= last) for (let at = 0; at < length; at += 1) take(position + at * step)
      else for (let at = 0; at < length; at += 1) visit(axis + 1, position + at * step)
    }
    visit(0, start)
  }
}

/** @returns a tensor of that shape with the source's elements along the walk */
export function taken(from: ConstantTensor, shape: readonly number[], walk: Walk): ConstantTensor {
  const elements = zeros(from.dtype, countOf(shape))
  let place = 0
  walk((position) => {
    elements[place] = from.elements[position] ?? 0
    place += 1
  })
  return { dtype: from.dtype, shape, elements }
}

/** @returns the sizes that the shapes give together; `undefined` where they do not fit */
export function broadcastSizes(...shapes: readonly (readonly number[])[]): readonly number[] | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const sizes: number[] = []
  for (let axis = 0; axis < rank; axis += 1) {
    const found = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((size) => size !== 1)
    if (found.some((size) => size !== found[0])) return undefined
    sizes.push(found[0] ?? 1)
  }
  return sizes
}

/** @returns the tensor spread over sizes that it fits */
export function spread(from: ConstantTensor, shape: readonly number[]): ConstantTensor {
  if (countOf(shape) === from.elements.length) return { ...from, shape }
  const strides = stridesOf(from.shape)
  const offset = shape.length - from.shape.length
  const steps = shape.map((_, axis) => (from.shape[axis - offset] === 1 ? 0 : (strides[axis - offset] ?? 0)))
  return taken(from, shape, along(shape, steps))
}
