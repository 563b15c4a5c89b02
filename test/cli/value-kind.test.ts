import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INSPECT_OPTIONS } from '../../src/cli/options/inspect-options.js'
import { MEASURE_OPTIONS } from '../../src/cli/options/measure-options.js'
import { REPLAY_OPTIONS } from '../../src/cli/options/replay-options.js'
import {
  choice,
  decimal,
  degrees,
  duration,
  flag,
  inputSizes,
  share,
  type ValueKind,
  wholeNumber,
  wholeNumbers,
  wordList,
} from '../../src/cli/value-kind.js'

const batch = wholeNumbers(1, 65_536, '1,8,32')
const watts = decimal('watts', '65', 0.1, 1000)

describe('values that fit', () => {
  test.each<[string, ValueKind<unknown>, string, unknown]>([
    ['a flag in words', flag, 'Yes', true],
    ['a flag in digits', flag, '0', false],
    ['a whole number', wholeNumber(0, '1'), ' 42 ', 42],
    ['a decimal with exponent', watts, '6.5e1', 65],
    ['seconds without unit', duration('1s'), '1.5', 1.5],
    ['milliseconds', duration('1s'), '500ms', 0.5],
    ['minutes', duration('1s'), '2 m', 120],
    ['hours', duration('1s'), '1h', 3600],
    ['a share in percent', share('2%', 0, 1), '2%', 0.02],
    ['more than all', share('5%', 0, 10), '150 %', 1.5],
    ['all as a fraction', share('2%', 0, 1), '1', 1],
    ['a share that no fraction of two is', share('2%', 0, 1), '28.3%', 0.283],
    ['a share as fraction', share('2%', 0, 1), '.02', 0.02],
    ['a list, each number once', batch, '8,1, 8', [8, 1]],
    ['words between commas', wordList('names', 'a'), 'rapl, estimate', ['rapl', 'estimate']],
    ['a choice in any case', choice(['NCHW', 'NHWC']), 'nhwc', 'NHWC'],
    ['sizes of a named input', inputSizes, 'data=1x3x224x224', { name: 'data', sizes: [1, 3, 224, 224] }],
    ['sizes of the only input', inputSizes, '1x10', { name: '', sizes: [1, 10] }],
    ['a name that holds =', inputSizes, 'a=b:0=2x2', { name: 'a=b:0', sizes: [2, 2] }],
  ])('reads %s', (_what, kind, text, value) => {
    expect(kind.read(text)).toEqual(value)
  })
})

describe('values that do not fit', () => {
  test.each<[string, ValueKind<unknown>, string]>([
    ['a flag that is neither', flag, 'maybe'],
    ['a fraction of a thread', wholeNumber(0, '1'), '1.5'],
    ['a negative count', wholeNumber(0, '1'), '-1'],
    ['a number that loses digits', wholeNumber(0, '1'), '99999999999999999'],
    ['a number below the bound', watts, '0'],
    ['infinity', watts, 'Infinity'],
    ['not a number', watts, 'NaN'],
    ['a number and a half', watts, '1.2.3'],
    ['hexadecimal', watts, '0x10'],
    ['a time of another unit', duration('1s'), '3 days'],
    ['a time without number', duration('1s'), 's'],
    ['a share above all', share('2%', 0, 1), '200%'],
    ['percent that do not say so', share('5%', 0, 10), '5'],
    ['a share that may be 1% as well as 100%', share('5%', 0, 10), '1'],
    ['an empty element', batch, '1,,8'],
    ['a batch of nothing', batch, '0'],
    ['an empty name', wordList('names', 'a'), 'rapl,'],
    ['a choice that is none', choice(['NCHW', 'NHWC']), 'HWC'],
    ['a size that is no number', inputSizes, 'data=1xNx3'],
    ['a size of nothing', inputSizes, 'data=0x3'],
    ['no sizes', inputSizes, 'data='],
  ])('refuses %s', (_what, kind, text) => {
    expect(kind.read(text)).toBeUndefined()
  })

  test('refuses any text by giving nothing, never by throwing', () => {
    const kinds: ValueKind<unknown>[] = Object.values({
      ...MEASURE_OPTIONS,
      ...INSPECT_OPTIONS,
      ...REPLAY_OPTIONS,
    }).map(({ kind }) => kind)
    fc.assert(fc.property(fc.constantFrom(...kinds), fc.string(), (kind, text) => void kind.read(text)))
  })
})

test.each<[string, ValueKind<unknown>, string, string | undefined]>([
  ['percent', share('5%', 0, 10), '5', '5%'],
  ['percent with a comma', share('5%', 0, 10), '2,5%', '2.5%'],
  ['a decimal with a comma', watts, '6,5', '6.5'],
  ['a time with a comma', duration('1s'), '1,5s', '1.5s'],
  ['south with a comma', degrees('48.85', 90), '-48,85', '-48.85'],
  ['a decimal that is too large', watts, '9999', undefined],
])('what stood for %s is told', (_what, kind, text, meant) => {
  expect(kind.suggest?.(text)).toBe(meant)
})

test('a mistyped choice is recognised', () => {
  expect(choice(['shortest-crop', 'stretch', 'letterbox']).suggest?.('strech')).toBe('stretch')
})

test.each(Object.entries({ ...MEASURE_OPTIONS, ...INSPECT_OPTIONS, ...REPLAY_OPTIONS }))(
  'the example of --%s fits',
  (_name, { kind }) => {
    expect(kind.read(kind.example)).toBeDefined()
  },
)
