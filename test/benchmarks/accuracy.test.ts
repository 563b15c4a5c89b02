import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AccuracyCounter, matchClasses } from '../../benchmarks/accuracy.js'
import { findScores, rankOf } from '../../benchmarks/class-scores.js'
import { parseLabels } from '../../benchmarks/labels.js'
import type { Tensor } from '../../src/graph/tensor.js'

const scores = (shape: readonly number[], values: readonly number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
})
const outputs = (tensor: Tensor) => new Map([['logits', tensor]])

describe('scores of a classifier', () => {
  test.each([
    ['[N, C]', [2, 3], 2, 3],
    ['[N, C, 1, 1]', [2, 3, 1, 1], 2, 3],
    ['[C] for one image', [3], 1, 3],
    ['[1, 1, 1, C]', [1, 1, 1, 3], 1, 3],
  ])('are found in an output of shape %s', (_name, shape, batch, classes) => {
    const count = shape.reduce((product, size) => product * size, 1)
    expect(findScores(outputs(scores(shape, Array(count).fill(0))), batch)).toEqual({ name: 'logits', classes })
  })

  test.each([
    ['boxes of a detector', [1, 4420, 2], 1],
    ['an image', [1, 3, 8, 8], 1],
    ['one number', [1, 1], 1],
    ['another batch', [5], 2],
  ])('are not found in %s', (_name, shape, batch) => {
    const count = shape.reduce((product, size) => product * size, 1)
    expect(findScores(outputs(scores(shape, Array(count).fill(0))), batch)).toBeUndefined()
  })
})

describe('rank of a class', () => {
  test('is its place in the sorted scores', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (values, pick) => {
          const label = pick % values.length
          const order = values.map((_, index) => index).toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b)
          expect(rankOf(scores([1, values.length], values), 0, values.length, label)).toBe(order.indexOf(label))
        },
      ),
    )
  })

  test('of the same half floats is the same', () => {
    // Bits of 1, -2, 0.5, -0.25, 65504 and not-a-number.
    const halves: Tensor = {
      dtype: 'float16',
      shape: [1, 6],
      data: Uint16Array.of(0x3c00, 0xc000, 0x3800, 0xb400, 0x7bff, 0x7e00),
    }
    expect([0, 1, 2, 3, 4].map((label) => rankOf(halves, 0, 6, label))).toEqual([1, 4, 2, 3, 0])
  })

  test('is the last one where the score is not a number', () => {
    expect(rankOf(scores([1, 3], [Number.NaN, 1, 2]), 0, 3, 0)).toBe(3)
  })
})

describe('accuracy', () => {
  const classes = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox']
  const row = (best: number, second: number) =>
    classes.map((_, index) => (index === best ? 9 : index === second ? 8 : index / 10))

  test('counts first and first five places by sorted folders', () => {
    const counter = new AccuracyCounter(['fox', ...classes.slice(0, 5)], undefined)
    counter.add(outputs(scores([3, 6], [...row(0, 1), ...row(1, 0), ...row(2, 3)])), 3, ['ant', 'ant', 'ant'])
    expect(counter.result()).toEqual({
      accuracy: { top1: 1 / 3, top5: 2 / 3, count: 3 },
      unmatched: [],
      isOrderAssumed: true,
    })
  })

  test('ignores rows that only fill the batch', () => {
    const counter = new AccuracyCounter(classes, undefined)
    counter.add(outputs(scores([2, 6], [...row(0, 1), ...row(0, 1)])), 2, ['ant'])
    expect(counter.result()).toMatchObject({ accuracy: { top1: 1, count: 1 } })
  })

  test('takes the labels file where there is one, and names folders that it lacks', () => {
    const counter = new AccuracyCounter(['bee', 'gnu'], parseLabels(classes.join('\n')))
    counter.add(outputs(scores([2, 6], [...row(1, 0), ...row(1, 0)])), 2, ['bee', 'gnu'])
    expect(counter.result()).toEqual({
      accuracy: { top1: 1, top5: 1, count: 1 },
      unmatched: ['gnu'],
      isOrderAssumed: false,
    })
  })

  test('has no top 5 for five classes or fewer', () => {
    const counter = new AccuracyCounter(['ant', 'bee'], undefined)
    counter.add(outputs(scores([1, 2], [1, 0])), 1, ['ant'])
    expect(counter.result()).toMatchObject({ accuracy: { top1: 1, count: 1 }, unmatched: [] })
  })

  test.each([
    ['no class folders', [] as string[], undefined, 6, /no class folders/],
    [
      'folders that do not fit the outputs',
      ['ant', 'bee'],
      undefined,
      1000,
      /2 class folders for 1000 outputs.*--labels/,
    ],
    ['labels of something else', ['ant'], parseLabels('car\nbus'), 2, /names none of the class folders/],
    ['labels beyond the outputs', ['bus'], parseLabels('car\nbus'), 1, /names none/],
  ])('is absent with a reason for %s', (_name, folders, labels, count, reason) => {
    expect(matchClasses(folders, labels, count)).toMatch(reason)
  })

  test('is absent with a reason for a model that is no classifier', () => {
    const counter = new AccuracyCounter(classes, undefined)
    counter.add(outputs(scores([1, 2, 3], [1, 2, 3, 4, 5, 6])), 1, ['ant'])
    expect(counter.result()).toEqual({ reason: 'no output of the model is one score per class' })
  })

  test('is absent with a reason when no image has a known class', () => {
    const counter = new AccuracyCounter(classes, undefined)
    counter.add(outputs(scores([1, 6], row(0, 1))), 1, [undefined])
    expect(counter.result()).toHaveProperty('reason')
  })
})
