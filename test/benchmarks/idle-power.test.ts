import { describe, expect, test } from 'vitest'
import { type IdleBaseline, measureIdle } from '../../benchmarks/idle-baseline.js'
import { idlePower } from '../../benchmarks/idle-power.js'
import { combinedHalfWidth } from '../../src/core/combined-uncertainty.js'
import { seconds } from '../../src/core/units.js'
import { FakeClock, FakeMeter, type FakeMeterOptions } from '../helpers/fake-measurement.js'

async function baseline(sensor: FakeMeterOptions, duration = 3): Promise<IdleBaseline> {
  const clock = new FakeClock()
  return measureIdle(seconds(duration), { clock, meter: new FakeMeter(clock, sensor) })
}

/** A machine whose idle power is `watts` in each twelfth of the baseline. */
function wandering(...watts: readonly number[]): FakeMeterOptions {
  let window = 0
  const mean = watts.reduce((sum, one) => sum + one, 0) / watts.length
  // The whole ends last.
  return { watts: () => watts[window++] ?? mean }
}

describe('an idle baseline', () => {
  test('is seen in twelve parts, in order', async () => {
    const watts = Array.from({ length: 12 }, (_, index) => index + 1)
    expect((await baseline(wandering(...watts))).partWatts).toEqual(watts.map((one) => expect.closeTo(one)))
  })

  test('is whole for a sensor that is too slow for parts', async () => {
    expect(await baseline({ updatePeriod: 0.1 })).not.toHaveProperty('partWatts')
  })

  test('is whole where a part has no energy', async () => {
    let window = 0
    expect(await baseline({ watts: () => (window++ === 2 ? undefined : 5) })).not.toHaveProperty('partWatts')
  })
})

describe('idle power', () => {
  const halfWidth = async (before: FakeMeterOptions, after: FakeMeterOptions) => {
    const idle = idlePower({ idleBefore: await baseline(before), idleAfter: await baseline(after) })
    return idle && combinedHalfWidth([idle.uncertainty])
  }

  test('is sure where it stands still', async () => {
    expect(await halfWidth({ watts: () => 10 }, { watts: () => 10 })).toBeCloseTo(0)
  })

  test('is as unsure as it wanders, although both baselines have the same mean', async () => {
    const uneven = [9, 11, 11, 9, 9, 11, 11, 9, 9, 11, 11, 9]
    // Standard deviation 1.04 of 24 parts, t 2.07: at least 0.44 W.
    expect(await halfWidth(wandering(...uneven), wandering(...uneven))).toBeGreaterThan(0.44)
  })

  test('is unsure by half of the drift, where that is more', async () => {
    expect(await halfWidth({ watts: () => 10 }, { watts: () => 14 })).toBeCloseTo(2)
  })
})
