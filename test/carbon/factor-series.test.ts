import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDailyTable } from '../../src/carbon/daily-table.js'
import { dailySeries, meanIntensity, pointSeries } from '../../src/carbon/factor-series.js'
import { gramsPerKwh } from '../../src/core/units.js'

const at = (hours: number, minutes = 0) => new Date(2026, 5, 10, hours, minutes)
const point = (from: Date, grams: number) => ({ from, gramsPerKwh: gramsPerKwh(grams) })

describe('readings during a run', () => {
  const series = pointSeries([point(at(10), 100), point(at(11), 300)])

  test('hold from their time on, the first before it, too', () => {
    expect(series.between(at(9), at(12))).toEqual([
      { start: at(9), end: at(11), value: 100 },
      { start: at(11), end: at(12), value: 300 },
    ])
  })

  // 1 J at 100 and, of 4 J from 10:45 to 11:15, half at each: (1 x 100 + 2 x 100 + 2 x 300) / 5 = 180.
  test('meet the energy of their time', () => {
    const energies = [
      { start: at(10), end: at(10, 30), joules: 1 },
      { start: at(10, 45), end: at(11, 15), joules: 4 },
    ]
    expect(meanIntensity(series, energies)).toEqual({ gramsPerKwh: 180, lowest: 100, highest: 300 })
  })

  test('without energy are weighted by time', () => {
    const energies = [{ start: at(10, 30), end: at(11, 10), joules: 0 }]
    expect(meanIntensity(series, energies)?.gramsPerKwh).toBeCloseTo(150, 9)
  })

  test('that meet no time have no mean', () => {
    expect(meanIntensity(series, [])).toBeUndefined()
  })

  test('cover any stretch without gap', () => {
    const time = fc.integer({ min: 0, max: 1_000_000 })
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 8 }), time, time, (times, one, other) => {
        const points = times.toSorted((first, second) => first - second).map((from) => point(new Date(from), from))
        const [start, end] = [new Date(Math.min(one, other)), new Date(Math.max(one, other))]
        const parts = pointSeries(points).between(start, end)
        expect(parts.reduce((sum, part) => sum + +part.end - +part.start, 0)).toBe(+end - +start)
      }),
    )
  })
})

// 6:00 to 10:00 evenly: two hours at 50, two at 150.
test('a table by hour meets the energy of its hours', () => {
  const table = readDailyTable('{"8:00-20:00": 150, "20:00-8:00": 50}', () => true)
  const mean = meanIntensity(dailySeries(table), [{ start: at(6), end: at(10), joules: 8 }])
  expect(mean).toEqual({ gramsPerKwh: 100, lowest: 50, highest: 150 })
})

test('a mean over a hundred thousand stretches is told', () => {
  const hour = (index: number) => new Date(index * 3_600_000)
  const points = Array.from({ length: 200_000 }, (_, index) => point(hour(index), index % 2 === 0 ? 40 : 90))
  const mean = meanIntensity(pointSeries(points), [{ start: hour(0), end: hour(200_000), joules: 1 }])
  expect(mean).toMatchObject({ gramsPerKwh: expect.closeTo(65, 6), lowest: 40, highest: 90 })
})
