import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { energyStep, powerStep } from '../../profilers/counter.js'
import type { EnergyDomain } from '../../profilers/profiler.js'

const domain: EnergyDomain = {
  name: 'package-0',
  part: 'package',
  counter: 'energy',
  wrapsAt: 1000,
  highestWatts: 100,
  isCounted: true,
  low: 1,
  high: 1,
}
const at = (time: number, value: number) => ({ at: time, value })

describe('between two points of an energy counter', () => {
  test('one wrap is corrected', () => {
    expect(energyStep(domain, at(0, 990), at(1, 10))).toEqual({ joules: 20, error: 0, hasWrapped: true })
  })

  test('the steps add up to the energy that flowed, however often the counter wraps', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.array(fc.nat(100), { maxLength: 200 }), (start, flows) => {
        let point = at(0, start)
        let sum = 0
        for (const flow of flows) {
          const next = at(point.at + 1, (point.value + flow) % 1000)
          const step = energyStep(domain, point, next)
          sum += 'joules' in step ? step.joules : Number.NaN
          point = next
        }
        expect(sum).toBe(flows.reduce((total, flow) => total + flow, 0))
      }),
    )
  })

  test('readings further apart than the shortest wrap are ambiguous', () => {
    expect(energyStep(domain, at(0, 0), at(10.1, 500))).toEqual({ doubt: 'ambiguous' })
  })

  test('a fall that no wrap explains is a counter going backwards', () => {
    expect(energyStep(domain, at(0, 500), at(1, 400))).toEqual({ doubt: 'backwards' })
  })

  test('a fall of a counter whose range is not known is not guessed', () => {
    const { wrapsAt: _, ...unbounded } = domain
    expect(energyStep(unbounded, at(0, 500), at(1, 400))).toEqual({ doubt: 'backwards' })
  })

  test('more than the part can use is implausible', () => {
    expect(energyStep(domain, at(0, 0), at(1, 400))).toEqual({ doubt: 'implausible' })
  })

  test('joules are never negative', () => {
    const moment = fc.double({ min: 0, max: 20, noNaN: true })
    const value = fc.double({ min: 0, max: 1000, noNaN: true })
    fc.assert(
      fc.property(moment, value, value, (seconds, before, after) => {
        const step = energyStep(domain, at(0, before), at(seconds, after))
        return 'doubt' in step || step.joules >= 0
      }),
    )
  })
})

describe('between two points of a power sensor', () => {
  test('the trapezoid is exact for power that changes evenly', () => {
    expect(powerStep(at(0, 10), at(2, 30), 5)).toMatchObject({ joules: 40 })
  })

  test('the true energy of any power between the two values lies within the error', () => {
    const watts = fc.double({ min: 0, max: 500, noNaN: true })
    fc.assert(
      fc.property(watts, watts, fc.double({ min: 0, max: 1, noNaN: true }), (before, after, share) => {
        const step = powerStep(at(0, before), at(1, after), 5)
        if ('doubt' in step) return false
        const truth = before * share + after * (1 - share)
        return Math.abs(truth - step.joules) <= step.error + 1e-9
      }),
    )
  })

  test('nothing is integrated over a gap', () => {
    expect(powerStep(at(0, 10), at(6, 30), 5)).toEqual({ doubt: 'gap' })
  })
})
