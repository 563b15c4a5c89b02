import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BYTES,
  COUNT,
  formatExact,
  formatFigure,
  formatPlain,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  SECONDS,
} from '../../src/results/quantity.js'

describe('formatFigure', () => {
  test.each([
    ['two digits of the interval', { value: 0.612_34, low: 0.6, high: 0.6246 }, JOULES, '612 ± 13 mJ'],
    [
      'as many digits of the value as the interval has',
      { value: 42.35, low: 42.25, high: 42.46 },
      IMAGES_PER_SECOND,
      '42.35 ± 0.11 images/s',
    ],
    ['both ends where the sides differ', { value: 0.612, low: 0.31, high: 1.4 }, JOULES, '610 (310 to 1,400) mJ'],
    [
      'no more than five digits',
      { value: 0.023_61, low: 0.023_609_99, high: 0.023_610_01 },
      SECONDS,
      '23.610 ± 0.001 ms',
    ],
    ['four digits without an interval', { value: 0.023_412 }, SECONDS, '23.41 ms'],
    ['the prefix of the rounded value', { value: 0.999_996 }, JOULES, '1.0000 J'],
    ['an interval that holds zero', { value: 5, low: -40, high: 50 }, JOULES, '5 ± 45 J'],
    ['a figure below zero', { value: -0.2, low: -0.5, high: 0.1 }, JOULES, '-200 ± 300 mJ'],
    ['a zero by the size of its interval', { value: 0, low: -0.0024, high: 0.0024 }, JOULES, '0.0 ± 2.4 mJ'],
    ['zero', { value: 0, low: 0, high: 0 }, JOULES, '0 J'],
    ['tonnes for large masses', { value: 3.2e6 }, GRAMS_CO2E, '3.200 t CO2e'],
    ['micrograms for small ones', { value: 8.16e-5, low: 7e-5, high: 9.32e-5 }, GRAMS_CO2E, '82 ± 12 µg CO2e'],
    [
      'the least number there is with an exponent',
      { value: 5e-324, low: 0, high: 1e-323 },
      JOULES,
      '5e-324 (0 to 1e-323) J',
    ],
    [
      'the largest ones with an exponent',
      { value: 1e308, low: 9e307, high: 1.1e308 },
      JOULES,
      '1e+308 (9e+307 to 1.1e+308) J',
    ],
    ['an extreme figure alone', { value: 1.234_567e300 }, SECONDS, '1.235e+300 s'],
    ['an interval without width to speak of', { value: 0, low: 0, high: 1e-300 }, JOULES, '0 (0 to 1e-300) J'],
    ['small counts as they are', { value: 12 }, COUNT, '12'],
    ['large counts by prefix', { value: 11_689_512 }, COUNT, '11.69 M'],
    ['bytes by powers of ten', { value: 46_796_448 }, BYTES, '46.80 MB'],
    [
      'what no prefix fits',
      { value: 123_456, low: 123_000, high: 123_912 },
      IMAGES_PER_SECOND,
      '123,460 ± 460 images/s',
    ],
  ] as const)('shows %s', (_claim, figure, unit, text) => {
    expect(formatFigure(figure, unit)).toBe(text)
  })

  test('never shows an interval narrower than it is', () => {
    const amount = fc.double({ min: 1e-9, max: 1e9, noNaN: true })
    const half = fc.double({ min: 1e-6, max: 0.9, noNaN: true })
    fc.assert(
      fc.property(amount, half, (value, relative) => {
        const text = formatFigure({ value, low: value * (1 - relative), high: value * (1 + relative) }, COUNT)
        const [, center = '', side = ''] = /^(\S+) ± (\S+)/.exec(text) ?? []
        const [shown, spread] = [center, side].map((digits) => Number(digits.replaceAll(',', '')))
        if (shown === undefined || spread === undefined || shown === 0) return true
        // Rounding to the last digit shown moves the centre by up to a twentieth of the interval.
        return spread / shown >= relative * 0.89
      }),
    )
  })
})

test('formatPlain shows a value whose interval stands elsewhere', () => {
  expect(formatPlain(0.0281, SECONDS)).toBe('28.10 ms')
})

test('formatExact shows every digit', () => {
  expect(formatExact(11_689_512)).toBe('11,689,512')
})
