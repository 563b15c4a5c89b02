/** Built-in functions on numbers, lists, texts and dicts: what Python gives. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BuiltInCall } from '../../../../formats/torch/script/built-in/built-in.js'
import { callBuiltIn } from '../../../../formats/torch/script/built-in/table.js'
import { solveSize } from '../../../../formats/torch/script/solve-size.js'
import { bool, float, int, list, type ScriptValue, text } from '../../../../formats/torch/script-value.js'
import { add, evaluate, floorDivide, multiply, subtract, symbol } from '../../../../src/graph/dimension.js'

const call = (name: string, ...args: ScriptValue[]) =>
  callBuiltIn(new BuiltInCall(name, args, new Map(), { file: 'a.py', line: 1 }))

const N = symbol('N')

test.each([
  ['add', [int(2), int(3)], int(5)],
  ['add', [int(2), float(0.5)], float(2.5)],
  ['add', [text('a'), text('b')], text('ab')],
  ['add', [list([int(1)]), list([int(2)])], list([int(1), int(2)])],
  ['sub', [int(N), int(1)], int(subtract(N, 1))],
  ['floordiv', [int(-7), int(2)], int(-4)],
  ['remainder', [int(-7), int(3)], int(2)],
  ['remainder', [float(-7.5), int(2)], float(0.5)],
  ['fmod', [int(-7), int(3)], int(-1)],
  ['div', [int(7), int(2)], float(3.5)],
  ['pow', [int(2), int(10)], int(1024)],
  ['pow', [int(4), float(-0.5)], float(0.5)],
  ['neg', [float(2)], float(-2)],
  ['ceil', [float(1.2)], int(2)],
  ['round', [float(2.5)], float(2)],
  ['round', [float(3.5)], float(4)],
  ['max', [list([int(3), int(9)])], int(9)],
  ['sum', [list([int(3), int(N)])], int(add(3, N))],
  ['sqrt', [int(16)], float(4)],
  ['eq', [list([int(1), int(N)]), list([int(2), int(N)])], bool(false)],
  ['eq', [int(N), int(N)], bool(true)],
  ['eq', [int(multiply(N, floorDivide(N, 2))), int(0)], bool(false)],
  ['ne', [text('a'), text('b')], bool(true)],
  ['lt', [int(0), int(N)], bool(true)],
  ['ge', [int(N), int(add(N, 1))], bool(false)],
  ['gt', [float(0.5), int(0)], bool(true)],
  ['__is__', [{ kind: 'none' }, int(3)], bool(false)],
  ['__not__', [bool(true)], bool(false)],
  ['any', [list([bool(false), bool(true)])], bool(true)],
  ['all', [list([bool(false), bool(true)])], bool(false)],
  ['len', [list([int(1), int(2)])], int(2)],
  ['__contains__', [list([text('a')]), text('a')], bool(true)],
  ['index', [list([int(4), int(5)]), int(5)], int(1)],
  ['slice', [list([int(1), int(2), int(3)]), int(-2)], list([int(2), int(3)])],
  ['slice', [list([int(1), int(2), int(3)]), { kind: 'none' }, int(-1)], list([int(1), int(2)])],
  ['slice', [list([int(1), int(2), int(3)]), int(0), int(9), int(2)], list([int(1), int(3)])],
  ['sorted', [list([int(3), int(1)])], list([int(1), int(3)])],
  ['mul', [list([int(1)]), int(2)], list([int(1), int(1)])],
  ['__range_length', [int(1), int(8), int(3)], int(3)],
  ['__derive_index', [int(2), int(1), int(3)], int(7)],
  ['format', [text('{} of {}'), int(1), list([int(2)])], text('1 of [2]')],
  ['percentFormat', [text('%d px'), int(3)], text('3 px')],
  ['split', [text('a,b'), text(',')], list([text('a'), text('b')])],
  ['join', [text('-'), list([text('a'), text('b')])], text('a-b')],
  ['replace', [text('a-b-c'), text('-'), text('$&')], text('a$&b$&c')],
  ['replace', [text('ab'), text(''), text('-')], text('-a-b-')],
  ['startswith', [text('abc'), text('ab')], bool(true)],
  ['prim.NumToTensor', [int(N)], int(N)],
] as const)('%s of %j is %j', (name, args, result) => {
  expect(call(name, ...(args as unknown as ScriptValue[]))).toEqual(result)
})

test('what free sizes leave open is told with the size and the number that it is compared with', () => {
  expect(call('eq', int(N), int(224))).toEqual({ kind: 'undecided', size: N, expected: 224, truth: 'equal' })
})

test('a dict gives back what was put into it', () => {
  const dict: ScriptValue = { kind: 'dict', entries: new Map() }
  call('_set_item', dict, text('a'), int(1))
  call('setdefault', dict, text('b'), int(2))
  expect([call('values', dict), call('__contains__', dict, text('b'))]).toEqual([list([int(1), int(2)]), bool(true)])
})

test('a dict is made from pairs', () => {
  const pair = (name: string, value: number): ScriptValue => ({ kind: 'tuple', items: [text(name), int(value)] })
  expect(call('dict', list([pair('a', 1), pair('b', 2)]))).toEqual({
    kind: 'dict',
    entries: new Map([
      ['a', int(1)],
      ['b', int(2)],
    ]),
  })
})

test('a list shows what was appended, inserted, replaced and taken', () => {
  const items = list([int(1), int(2)])
  call('append', items, int(3))
  call('insert', items, int(0), int(0))
  call('_set_item', items, int(-1), int(9))
  expect([call('pop', items, int(1)), items]).toEqual([int(1), list([int(0), int(2), int(9)])])
})

test('texts are made no longer than they are kept', () => {
  const long = 'a'.repeat(9_999)
  const kept = text('a'.repeat(10_000))
  const parts = call('split', text(long), text('a'))
  expect(call('replace', text(long), text(''), text(long))).toEqual(kept)
  expect(call('join', text(long), parts as ScriptValue)).toEqual(kept)
  expect(call('format', text('{}'.repeat(4_900)), ...Array(4_900).fill(text(long)))).toEqual(kept)
})

test('quotient and remainder make up the number', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer().filter((by) => by !== 0),
      (number, by) => {
        const [quotient, rest] = [call('floordiv', int(number), int(by)), call('remainder', int(number), int(by))]
        if (quotient?.kind !== 'int' || rest?.kind !== 'int') return false
        return evaluate(add(multiply(quotient.value, by), rest.value)) === number
      },
    ),
  )
})

test('a side that fits a flattened map is found, and fits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 600 }), fc.integer({ min: 1, max: 512 }), (side, channels) => {
      const [rows, columns] = [floorDivide(symbol('H'), 4), floorDivide(symbol('W'), 4)]
      const size = multiply(channels, multiply(rows, columns))
      const expected = channels * Math.floor(side / 4) ** 2
      const found = solveSize(size, expected)
      return found !== undefined && evaluate(size, found) === expected && found.get('H') === found.get('W')
    }),
  )
})

test('the sides that models are mostly made for come first', () => {
  expect(solveSize(floorDivide(symbol('H'), 32), 7)).toEqual(new Map([['H', 224]]))
})

test('of sides that fit alike, none of them usual, the one in whole steps is taken', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 40 }), (step, count) => {
      const found = solveSize(floorDivide(symbol('H'), step), count)?.get('H')
      const fitting = Array.from({ length: step }, (_, at) => step * count + at)
      const usual = [224, 32, 28, 96, 64, 128, 256, 299, 160, 192, 240, 288, 320, 384, 512]
      return found === (usual.find((side) => fitting.includes(side)) ?? step * count)
    }),
  )
})

test.each([
  [16, 'a side of 15 or 16, halved and rounded up', floorDivide(add(symbol('H'), 1), 2), 8],
  [48, 'a side of 45 to 48, halved twice and rounded up', floorDivide(add(symbol('H'), 3), 4), 12],
  [518, 'a side of 518 to 531, in steps of 14', floorDivide(symbol('H'), 14), 37],
])('%i is taken for %s', (side, _, size, expected) => {
  expect(solveSize(size, expected)).toEqual(new Map([['H', side]]))
})
