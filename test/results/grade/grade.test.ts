import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { linearRegression } from 'simple-statistics'
import { describe, expect, test } from 'vitest'
import { EDITION_2026 } from '../../../src/results/grade/edition-2026.js'
import { type Graded, gradeOf, gradeText, LETTERS, referenceJoules } from '../../../src/results/grade/grade.js'
import { wilsonInterval } from '../../../src/results/grade/wilson-interval.js'

const [line] = EDITION_2026.lines

/** ResNet-50 where it was measured for the line, with a narrow interval. */
const resnet50: Graded = {
  hardware: 'cpu',
  joules: { value: 2.58, low: 2.57, high: 2.59 },
  kind: 'measured',
  measuredShare: 1,
  accuracy: { top1: 0.7613, count: 50_000 },
  imageClasses: 1000,
  outputs: [{ shape: ['N', 1000] }],
}

const exact = (value: number) => ({ value, low: value, high: value })

describe('reference line of edition 2026', () => {
  test('rises with accuracy as the multiply-accumulates of published models do', () => {
    const path = new URL('../../golden/reference-models.json', import.meta.url)
    const models: { top1: number; gigamacs: number }[] = JSON.parse(readFileSync(path, 'utf8'))
    const { m } = linearRegression(
      models.map(({ top1, gigamacs }) => [Math.log(top1 / (1 - top1)), Math.log(gigamacs)]),
    )
    expect(models).toHaveLength(78)
    expect(Math.round(m)).toBe(line.exponent)
  })

  test('runs through the measured ResNet-50', () => {
    expect(referenceJoules(line, 0.7613)).toBe(2.58)
  })
})

describe('gradeOf', () => {
  // Odds 4 against 3.1894 to the power of 3: 1.9728; 0.5 J / (2.58 J x 1.9728) = 0.0982.
  test('sets joules against the line at the accuracy reached', () => {
    const grade = gradeOf({ ...resnet50, joules: exact(0.5), accuracy: { top1: 0.8, count: 1e9 } })
    expect(grade).toMatchObject({ edition: '2026', line: 'cpu', letter: 'C', best: 'C', worst: 'C' })
    expect('index' in grade && grade.index.value).toBeCloseTo(0.0982, 4)
  })

  test.each([
    [0.0257, 'A'],
    [0.026, 'B'],
    [0.2, 'C'],
    [0.5, 'D'],
    [2.5, 'E'],
    [8, 'F'],
    [9, 'G'],
    [1e9, 'G'],
  ])('gives %f J at the accuracy of ResNet-50 the letter %s', (joules, letter) => {
    expect(gradeText(gradeOf({ ...resnet50, joules: exact(joules), accuracy: { top1: 0.7613, count: 1e9 } }))).toBe(
      letter,
    )
  })

  test('tells both letters where the interval crosses a boundary', () => {
    const grade = gradeOf({ ...resnet50, joules: { value: 2.5, low: 2.3, high: 2.8 } })
    expect(grade).toMatchObject({ letter: 'E', best: 'E', worst: 'F' })
    expect(gradeText(grade)).toBe('E-F')
  })

  test('counts the uncertainty of accuracy, too', () => {
    const grade = gradeOf({ ...resnet50, joules: exact(2.5), accuracy: { top1: 0.7613, count: 1000 } })
    expect(gradeText(grade)).toBe('E-F')
  })

  test('never gives a better letter for more joules', () => {
    const joules = fc.double({ min: 1e-4, max: 1e3, noNaN: true })
    fc.assert(
      fc.property(joules, joules, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((value) =>
          gradeOf({ ...resnet50, joules: exact(value), accuracy: { top1: 0.7, count: 1e9 } }),
        )
        if (less === undefined || more === undefined || !('letter' in less) || !('letter' in more)) return
        expect(LETTERS.indexOf(less.letter)).toBeLessThanOrEqual(LETTERS.indexOf(more.letter))
      }),
    )
  })

  test.each<[string, Partial<Graded>, string]>([
    ['a GPU', { hardware: 'gpu' }, 'edition 2026 has reference lines for CPUs only, none for a GPU'],
    ['unknown hardware', { hardware: undefined }, 'the record does not tell the hardware'],
    ['unknown energy', { joules: undefined }, 'energy is not known'],
    ['modelled energy', { kind: 'modelled', measuredShare: 0 }, 'energy is modelled, not measured'],
    ['half measured energy', { kind: 'mixed', measuredShare: 0.5 }, '50% of the energy is measured, less than 80%'],
    [
      'another task',
      { outputs: [{ shape: ['N', 10] }] },
      'the model is no classifier of the 1000 classes that the lines hold for',
    ],
    ['unknown accuracy', { accuracy: undefined }, 'accuracy is not known'],
    ['images of few classes', { imageClasses: 10 }, 'accuracy is of images of 10 of the 1000 classes'],
    [
      'an accuracy off the line',
      { accuracy: { top1: 0.3, count: 50_000 } },
      'the line holds for an accuracy of 50% to 90%',
    ],
    [
      'a wide interval',
      { joules: { value: 1, low: 0.2, high: 9 } },
      'the interval reaches from C to G: measure longer, or on more images',
    ],
  ])('gives no grade to %s, and says why', (_what, change, reason) => {
    expect(gradeOf({ ...resnet50, ...change })).toEqual({ edition: '2026', notGraded: reason })
  })
})

// Wilson (1927) by statsmodels 0.14, proportion_confint(count, nobs, method='wilson').
test.each([
  [15 / 20, 20, 0.531_299, 0.888_138],
  [0, 10, 0, 0.277_533],
  [1, 10, 0.722_467, 1],
])('wilsonInterval of %f of %i', (share, count, low, high) => {
  const interval = wilsonInterval(share, count)
  expect(interval.low).toBeCloseTo(low, 5)
  expect(interval.high).toBeCloseTo(high, 5)
})
