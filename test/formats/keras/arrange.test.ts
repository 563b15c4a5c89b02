import fc from 'fast-check'
import { expect, test } from 'vitest'
import { permute } from '../../../formats/keras/arrange.js'

/** Element by element, from the definition. */
function permutedElement(source: Float32Array, shape: readonly number[], order: readonly number[], at: number): number {
  const index = new Array<number>(shape.length).fill(0)
  let rest = at
  for (const axis of [...order].reverse()) {
    const size = shape[axis] ?? 1
    index[axis] = rest % size
    rest = Math.floor(rest / size)
  }
  return source[index.reduce((sum, value, axis) => sum * (shape[axis] ?? 1) + value, 0)] ?? Number.NaN
}

test('a permuted kernel holds the elements that the definition puts there', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 })
  const cases = shapes.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
  )
  fc.assert(
    fc.property(cases, ([shape, order]) => {
      const source = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, at) => at)
      const found = permute(source, shape, order)
      expect(found.every((value, at) => value === permutedElement(source, shape, order, at))).toBe(true)
    }),
    { numRuns: 50 },
  )
})
