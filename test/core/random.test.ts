import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mixedSeed, seededRandom, shuffled } from '../../src/core/random.js'

const draw = (seed: number, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('the same seed gives the same numbers', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(draw(seed, 20)).toEqual(draw(seed, 20))
    }),
  )
})

test('numbers lie in [0, 1) and fill it evenly', () => {
  const numbers = draw(1, 10_000)
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...numbers)).toBeLessThan(1)
  expect(numbers.filter((number) => number < 0.25).length / numbers.length).toBeCloseTo(0.25, 1)
})

test('another seed gives other numbers', () => {
  expect(draw(1, 5)).not.toEqual(draw(2, 5))
})

test('a mixed seed depends on each of its parts and on their order', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (seed, epoch, index) => {
      const mixed = mixedSeed(seed, epoch, index)
      expect(mixed).toBe(mixedSeed(seed, epoch, index))
      expect(mixedSeed(seed, epoch, index + 1)).not.toBe(mixed)
      expect(mixedSeed(seed, epoch + 1, index)).not.toBe(mixed)
    }),
  )
  expect(mixedSeed(1, 2)).not.toBe(mixedSeed(2, 1))
})

test('shuffling keeps every item, and the seed decides the order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(), (items, seed) => {
      const order = shuffled(items, seededRandom(seed))
      expect(order.toSorted()).toEqual(items.toSorted())
      expect(shuffled(items, seededRandom(seed))).toEqual(order)
    }),
  )
})

test('each order of three items is about as likely as any other', () => {
  const counts = new Map<string, number>()
  const random = seededRandom(3)
  for (let turn = 0; turn < 6000; turn++) {
    const order = shuffled(['a', 'b', 'c'], random).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect([...counts.values()].every((count) => Math.abs(count - 1000) < 150)).toBe(true)
  expect(counts.size).toBe(6)
})
