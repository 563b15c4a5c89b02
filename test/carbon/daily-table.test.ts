import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meanBetween, readDailyTable, valueAt, valuesBetween } from '../../src/carbon/daily-table.js'

const any = () => true
const at = (hours: number, minutes = 0, seconds = 0) => new Date(2026, 5, 10, hours, minutes, seconds)
const dayAndNight = readDailyTable('{"8:30-19:00": 0.3, "19:00-8:30": 0.2}', any)

describe('a table by hour', () => {
  test.each([
    [at(8, 29, 59), 0.2],
    [at(8, 30), 0.3],
    [at(18, 59), 0.3],
    [at(19), 0.2],
    [at(0), 0.2],
  ])('at %s', (time, value) => {
    expect(valueAt(dayAndNight, time)).toBe(value)
  })

  test.each([
    ['{"0:00-24:00": 1}', 1],
    ['{"12:00-12:00": 1}', 1],
    ['{"00:00-06:00": 1, "06:00-24:00": 2}', 1],
  ])('%s covers the day', (text, value) => {
    expect(valueAt(readDailyTable(text, any), at(3))).toBe(value)
  })

  test.each([
    ['{"8:00-19:00": 1}', 'nothing covers 19:00 to 8:00'],
    ['{"8:00-19:00": 1, "18:00-8:00": 2}', '8:00-19:00 and 18:00-8:00 overlap'],
    ['{"0:00-12:00": 1, "13:00-24:00": 2}', 'nothing covers 12:00 to 13:00'],
    ['{"0:00-24:00": 1, "0:00-0:00": 2}', '48 hours'],
    ['{"25:00-3:00": 1}', 'no time span'],
    ['{"0:00-24:00": "1"}', 'out of range'],
    ['{}', '0 parts'],
    ['[1]', 'no JSON object'],
    ['8:00', 'no JSON'],
    ['null', 'no JSON object'],
  ])('%s is refused', (text, reason) => {
    expect(() => readDailyTable(text, any)).toThrow(reason)
  })
})

describe('a stretch of time', () => {
  test('is cut where the figure changes', () => {
    expect(valuesBetween(dayAndNight, at(8, 0, 30), at(20))).toEqual([
      { start: at(8, 0, 30), end: at(8, 30), value: 0.2 },
      { start: at(8, 30), end: at(19), value: 0.3 },
      { start: at(19), end: at(20), value: 0.2 },
    ])
  })

  // 8:00 to 9:00: half an hour at 0.2 and half an hour at 0.3.
  test('has the mean by time', () => {
    expect(meanBetween(dayAndNight, at(8), at(9))).toBeCloseTo(0.25, 12)
    expect(meanBetween(dayAndNight, at(8), at(8))).toBe(0.2)
  })

  test('is covered without gap, whatever the table', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 1439 }), { minLength: 1, maxLength: 12 })
    const time = fc.integer({ min: 0, max: 3 * 86_400_000 })
    fc.assert(
      fc.property(bounds, time, time, (minutes, one, other) => {
        const clock = (minute: number) => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
        const sorted = minutes.toSorted((first, second) => first - second)
        const spans = sorted.map((from, index) => [
          `${clock(from)}-${clock(sorted[(index + 1) % sorted.length] ?? 0)}`,
          index,
        ])
        const table = readDailyTable(JSON.stringify(Object.fromEntries(spans)), any)
        const origin = at(0).getTime()
        const [start, end] = [new Date(origin + Math.min(one, other)), new Date(origin + Math.max(one, other))]
        const parts = valuesBetween(table, start, end)
        expect(parts.reduce((sum, part) => sum + part.end.getTime() - part.start.getTime(), 0)).toBe(+end - +start)
        for (const part of parts) expect(valueAt(table, part.start)).toBe(part.value)
      }),
    )
  })
})
