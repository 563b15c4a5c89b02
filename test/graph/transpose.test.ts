import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { transposedInitializer } from '../../src/graph/transpose.js'

/** A shape with an order of its axes. */
const transpositions = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
  }),
)

test.each([
  ['float32', Float32Array],
  ['uint8', Uint8Array],
  ['float64', Float64Array],
] as const)('the element at each place comes from the place with its axes in order: %s', (_, Elements) => {
  fc.assert(
    fc.property(transpositions, ({ shape, order }) => {
      const count = shape.reduce((product, size) => product * size, 1)
      const source = new Elements(Array.from({ length: count }, (_value, index) => index % 251))
      const result = transposedInitializer(memoryInitializer('x', source, shape), order)
      const bytes = result.data.read()
      const found = new Elements(Uint8Array.from(bytes).buffer)
      const sizes = order.map((axis) => shape[axis] ?? 0)
      expect(result.shape).toEqual(sizes)
      for (let index = 0; index < count; index += 1) {
        const place = placeOf(index, sizes)
        const from = shape.map((_size, axis) => place[order.indexOf(axis)] ?? 0)
        expect(found[index]).toBe(source[from.reduce((offset, at, axis) => offset * (shape[axis] ?? 1) + at, 0)])
      }
    }),
  )
})

function placeOf(index: number, sizes: readonly number[]): number[] {
  const place: number[] = []
  let rest = index
  for (const size of sizes.toReversed()) {
    place.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return place
}
