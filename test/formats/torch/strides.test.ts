/** Strides of views against the places of all their elements. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { contiguousStrides, layoutOf, type Strides, stridesUnder } from '../../../formats/torch/strides.js'
import { symbol } from '../../../src/graph/dimension.js'

/** Where each element lies, the first one first. */
function places(shape: readonly number[], strides: Strides): readonly number[] {
  return shape.reduce<readonly number[]>(
    (found, size, axis) =>
      found.flatMap((place) => Array.from({ length: size }, (_, at) => place + at * Number(strides[axis]))),
    [0],
  )
}

const factors = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })

/** Axes of a whole tensor in some order, and neighbours among them taken together. */
const arrangement = factors.chain((whole) =>
  fc.record({
    whole: fc.constant(whole),
    order: fc.shuffledSubarray([...whole.keys()], { minLength: whole.length, maxLength: whole.length }),
    joined: fc.array(fc.boolean(), { minLength: whole.length, maxLength: whole.length }),
  }),
)

test('another shape shows the same elements in the same order, or there is none', () => {
  fc.assert(
    fc.property(arrangement, ({ whole, order, joined }) => {
      const [shape, steps] = [whole, contiguousStrides(whole)].map((list) => order.map((axis) => Number(list[axis])))
      const target: number[] = []
      for (const [axis, size] of (shape ?? []).entries()) {
        if (joined[axis] === true && axis > 0) target.push((target.pop() ?? 1) * size)
        else target.push(size)
      }
      const found = stridesUnder(shape ?? [], steps ?? [], target)
      const isWhole = order.every((axis, place) => axis === place)
      if (found === undefined) expect(isWhole).toBe(false)
      else expect(places(target, found)).toEqual(places(shape ?? [], steps ?? []))
    }),
  )
})

test.each<[string, readonly number[], Strides, readonly number[], Strides | undefined]>([
  ['axes in another order are not joined', [4, 3], [1, 4], [12], undefined],
  ['axes behind a part are', [2, 2, 3], [12, 3, 1], [2, 6], [12, 1]],
  ['a part is not joined with what is before it', [2, 2, 3], [12, 3, 1], [4, 3], undefined],
  ['an axis is taken apart', [4, 3], [1, 4], [2, 2, 3], [2, 1, 4]],
  ['axes of one element join anything', [4, 1, 3], [3, 99, 1], [12], [1]],
])('%s', (_, shape, strides, target, expected) => {
  expect(stridesUnder(shape, strides, target)).toEqual(expected)
})

test('a free batch is compared by name', () => {
  const batch = symbol('N')
  expect(stridesUnder([batch, 3, 4], [12, 4, 1], [batch, 12])).toEqual([12, 1])
  expect(stridesUnder([3, batch, 4], [4, 12, 1], [3, batch, 2, 2])).toEqual([4, 12, 2, 1])
  expect(layoutOf([batch, 3], () => [3, 1])).toBe('contiguous')
  expect(layoutOf([3, batch], () => [1, 3])).toEqual([1, 3])
})
