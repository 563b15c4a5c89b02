import { expect, test } from 'vitest'
import { loopCost } from '../../benchmarks/loop-cost.js'
import { seconds } from '../../src/core/units.js'

test('one turn of the loop costs two looks at the clock, when nothing else takes time', async () => {
  let time = 0
  // Each look takes a microsecond of this clock.
  const now = () => {
    time += 1e-6
    return seconds(time)
  }
  const cost = await loopCost({ now })
  expect(cost).toBeCloseTo(2e-6, 8)
})
