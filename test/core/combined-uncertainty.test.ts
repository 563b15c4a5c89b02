import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combinedHalfWidth, stated, studentT95 } from '../../src/core/combined-uncertainty.js'
import { criticalT } from '../../src/core/student-t.js'

describe("Student's t at 95%", () => {
  // Tables of the Guide to the expression of uncertainty in measurement, JCGM 100:2008, table G.2.
  test.each([
    [1, 12.71],
    [2, 4.3],
    [5, 2.57],
    [10, 2.23],
    [11, 2.2],
    [17, 2.11],
    [50, 2.01],
    [Number.POSITIVE_INFINITY, 1.96],
  ])('with %d degrees of freedom is %d', (degrees, t) => {
    expect(studentT95(degrees)).toBeCloseTo(t, 2)
  })

  test('agrees with the incomplete beta function to four decimals for every whole number', () => {
    const off = Array.from({ length: 300 }, (_, index) => Math.abs(studentT95(index + 1) - criticalT(0.05, index + 1)))
    expect(Math.max(...off)).toBeLessThan(5e-5)
  })

  test('falls with the degrees of freedom, between whole numbers, too', () => {
    const degrees = fc.double({ min: 1, max: 200, noNaN: true })
    fc.assert(
      fc.property(degrees, degrees, (one, other) => {
        expect(studentT95(Math.min(one, other))).toBeGreaterThanOrEqual(studentT95(Math.max(one, other)))
      }),
    )
  })
})

describe('a combined interval', () => {
  // JCGM 100:2008, example H.1: u = 32 nm with 16 degrees of freedom.
  test('agrees with the end gauge of the Guide', () => {
    const parts = [
      { standard: 25, degrees: 18 },
      { standard: 9.7, degrees: 25.6 },
      { standard: 2.9, degrees: 50 },
      { standard: 16.6, degrees: 2 },
    ]
    expect(combinedHalfWidth(parts)).toBeCloseTo(32 * studentT95(16), -1)
  })

  test('of one part is that part', () => {
    expect(combinedHalfWidth([stated(3)])).toBeCloseTo(3)
  })

  test('of nothing has no width', () => {
    expect(combinedHalfWidth([])).toBe(0)
  })
})
