import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReadingRing } from '../../profilers/reading-ring.js'
import { seconds } from '../../src/core/units.js'

const reading = (at: number, ...values: (number | undefined)[]) => ({ at: seconds(at), values })

function taken(ring: ReadingRing): number[] {
  const times: number[] = []
  ring.take(({ at }) => times.push(at))
  return times
}

test('the other side sees what was written, gaps included', () => {
  const writer = ReadingRing.create(2, 8)
  const reader = new ReadingRing(writer.shared, 2)
  writer.push(1.5, [3, undefined])
  const seen: unknown[] = []
  reader.take((one) => seen.push(one))
  expect(seen).toEqual([reading(1.5, 3, undefined)])
})

test('each reading is handed out once, in order, and those overwritten are counted', () => {
  const moves = fc.array(fc.oneof(fc.constant('push' as const), fc.constant('take' as const)), { maxLength: 200 })
  fc.assert(
    fc.property(moves, (steps) => {
      const ring = ReadingRing.create(1, 5)
      let written = 0
      const times: number[] = []
      for (const step of steps) {
        if (step === 'push') ring.push(++written, [0])
        else times.push(...taken(ring))
      }
      times.push(...taken(ring))
      expect(times).toEqual([...new Set(times)].sort((one, other) => one - other))
      expect(times.length + ring.lost).toBe(written)
    }),
  )
})
