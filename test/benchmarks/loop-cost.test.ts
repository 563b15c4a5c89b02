import { expect, test } from 'vitest'
import { loopCost } from '../../benchmarks/loop-cost.js'
import { seconds } from '../../src/core/units.js'

/** Each look takes a microsecond by the clock, and so much of a processor. */
async function costOf(cpuPerLook: number): Promise<number> {
  let looks = 0
  const now = () => seconds(looks++ * 1e-6)
  return loopCost({ now, cpu: () => seconds(looks * cpuPerLook) })
}

test('one turn of the loop costs two looks at the clock, when nothing else takes time', async () => {
  expect(await costOf(1e-6)).toBeCloseTo(2e-6, 8)
})

test('time that other programs had is no cost', async () => {
  expect(await costOf(0.25e-6)).toBeCloseTo(0.5e-6, 8)
})

test('engine threads that still spin are no cost', async () => {
  expect(await costOf(3e-6)).toBeCloseTo(2e-6, 8)
})
