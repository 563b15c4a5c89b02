import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainIntegral } from '../../profilers/domain-integral.js'
import type { EnergyDomain } from '../../profilers/profiler.js'
import type { ReadingLimits } from '../../profilers/reading-limits.js'

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
  limits: Partial<ReadingLimits> = {},
) {
  const integral = new DomainIntegral(domain, start, { longestGap: 1, updatePeriod: 0.001, ...limits })
  for (const [at, value] of points) integral.add(at, value)
  return integral.close(end)
}

describe('an energy counter', () => {
  test('gives the same energy however it is cut into readings', () => {
    const flows = fc.array(fc.tuple(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.integer({ min: 35, max: 90 })), {
      minLength: 1,
    })
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

  describe('that stands still', () => {
    const limits = { longestStill: 0.5, longestStillAtEdge: 0.2 }

    test('for longer than it does while it works leaves that time unknown, and the step in which it stopped', () => {
      const sum = sumOf(counter, [[0, 0], [1, 50], [2, 100], [3, 120], [4, 120], [5, 120]], [0, 5], limits) // biome-ignore format: one line
      expect(sum).toMatchObject({ joules: 100, knownSeconds: 2, unknownSeconds: 3 })
      expect(sum.doubts).toEqual(new Map([['still', 1]]))
    })

    test('and goes on: what it shows then may be the energy of another time', () => {
      const sum = sumOf(counter, [[0, 0], [0.4, 20], [1, 20], [1.4, 40], [1.8, 60]], [0, 1.8], limits) // biome-ignore format: one line
      expect(sum.joules).toBeCloseTo(40)
      expect([sum.knownSeconds, sum.unknownSeconds]).toEqual([expect.closeTo(0.8), expect.closeTo(1)])
    })

    test('within a window for a few updates loses nothing', () => {
      const sum = sumOf(counter, [[0, 0], [0.1, 5], [0.5, 5], [0.6, 15]], [0, 0.6], limits) // biome-ignore format: one line
      expect(sum).toMatchObject({ joules: 15, unknownSeconds: 0 })
    })

    test.each([
      [
        'end',
        [
          [0, 0],
          [0.5, 25],
          [1, 50],
          [1.3, 50],
        ],
      ],
      [
        'start',
        [
          [0, 0],
          [0.3, 0],
          [0.4, 20],
          [0.9, 45],
          [1.3, 65],
        ],
      ],
    ] as const)('at the %s of a window for more than two updates leaves that time unknown', (_, points) => {
      const sum = sumOf(counter, points, [0, 1.3], limits)
      expect(sum.joules / sum.knownSeconds).toBeCloseTo(50)
      expect([sum.doubts.size, sum.unknownSeconds]).toEqual([0, expect.closeTo(_ === 'end' ? 0.3 : 0.4)])
    })

    test('while its part may rest is at rest', () => {
      expect(sumOf(counter, [[0, 0], [1, 5], [9, 5]])).toMatchObject({ joules: 5, knownSeconds: 9 }) // biome-ignore format: one line
    })
  })

  test('set back shortly before its range is no wrap, since the power would be another', () => {
    const sum = sumOf(counter, [[0, 960], [1, 965], [2, 2], [3, 7]]) // biome-ignore format: one line
    expect(sum).toMatchObject({ joules: 10, knownSeconds: 2, unknownSeconds: 1 })
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
