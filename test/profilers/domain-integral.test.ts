import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainIntegral } from '../../profilers/domain-integral.js'
import type { EnergyDomain } from '../../profilers/profiler.js'

const counter: EnergyDomain = {
  name: 'package-0',
  part: 'package',
  counter: 'energy',
  wrapsAt: 1000,
  highestWatts: 100,
  isCounted: true,
  low: 1,
  high: 1,
}
const power: EnergyDomain = { name: 'board', part: 'gpu', counter: 'power', isCounted: true, low: 1, high: 1 }

function sumOf(
  domain: EnergyDomain,
  points: readonly (readonly [number, number | undefined])[],
  [start, end] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0],
) {
  const integral = new DomainIntegral(domain, start, 1)
  for (const [at, value] of points) integral.add(at, value)
  return integral.close(end)
}

describe('an energy counter', () => {
  test('gives the same energy however it is cut into readings', () => {
    const flows = fc.array(fc.tuple(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.nat(90)), { minLength: 1 })
    fc.assert(
      fc.property(fc.nat(999), flows, (start, steps) => {
        const points: [number, number][] = [[0, start]]
        let [time, flowed] = [0, 0]
        for (const [duration, watts] of steps) {
          time += duration
          flowed += duration * watts
          points.push([time, (start + flowed) % 1000])
        }
        expect(sumOf(counter, points).joules).toBeCloseTo(flowed, 6)
      }),
    )
  })

  test('a failed read between two good ones loses nothing', () => {
    const sum = sumOf(counter, [
      [0, 100],
      [1, undefined],
      [2, 140],
    ])
    expect(sum).toMatchObject({ joules: 40, knownSeconds: 2, unknownSeconds: 0 })
  })

  test('a failed read at an edge leaves its time unknown and counts as no energy', () => {
    const sum = sumOf(counter, [
      [0, undefined],
      [1, 100],
      [3, 140],
    ])
    expect(sum).toMatchObject({ joules: 40, knownSeconds: 2, unknownSeconds: 1 })
  })

  test('a sensor that vanishes leaves the rest of the window unknown', () => {
    const sum = sumOf(counter, [
      [0, 100],
      [1, 150],
      [2, undefined],
      [3, undefined],
    ])
    expect(sum).toMatchObject({ joules: 50, knownSeconds: 1, unknownSeconds: 2 })
  })

  test('a counter set back is told, and only that step is unknown', () => {
    const sum = sumOf(counter, [
      [0, 500],
      [1, 550],
      [2, 10],
      [3, 60],
    ])
    expect(sum).toMatchObject({ joules: 100, knownSeconds: 2, unknownSeconds: 1 })
    expect(sum.doubts).toEqual(new Map([['backwards', 1]]))
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1000.1])('a value of %s is a failed read', (value) => {
    expect(sumOf(counter, [[0, 1], [1, value], [2, 3]]).doubts).toEqual(new Map([['failed', 1]])) // biome-ignore format: one line
  })

  test('readings that come late or twice change nothing', () => {
    const sum = sumOf(counter, [[0, 100], [2, 140], [1, 120], [2, 140]], [0, 2]) // biome-ignore format: one line
    expect(sum).toMatchObject({ joules: 40, knownSeconds: 2 })
  })
})

describe('a power sensor', () => {
  test('is integrated by trapezoids', () => {
    const sum = sumOf(power, [[0, 0], [1, 100], [2, 100]]) // biome-ignore format: one line
    expect(sum).toMatchObject({ joules: 150, integrationError: 50 })
  })

  test('a gap is unknown time, not energy', () => {
    const sum = sumOf(power, [[0, 100], [1, 100], [5, 100], [6, 100]]) // biome-ignore format: one line
    expect(sum).toMatchObject({ joules: 200, knownSeconds: 2, unknownSeconds: 4 })
  })
})

test('known and unknown time always make up the window', () => {
  const points = fc.array(
    fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.option(fc.nat(1100), { nil: undefined })),
  )
  fc.assert(
    fc.property(points, fc.constantFrom(counter, power), (unsorted, domain) => {
      const sum = sumOf(domain, unsorted, [0, 20])
      expect(sum.knownSeconds + sum.unknownSeconds).toBeCloseTo(20, 6)
    }),
  )
})
