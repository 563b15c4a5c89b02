/** Arithmetic of symbolic dimensions: it commutes with putting numbers in, and equal expressions print alike. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  ceilDivide,
  type Dimension,
  equalDimensions,
  evaluate,
  floorDivide,
  formatDimension,
  formatShape,
  freeNames,
  isNonNegative,
  max,
  min,
  modulo,
  multiply,
  product,
  substitute,
  subtract,
  symbol,
} from '../../src/graph/dimension.js'

const N = symbol('N')
const H = symbol('H')
const W = symbol('W')
const text = formatDimension

const leaf = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map((value): Dimension => value),
  fc.constantFrom<Dimension>(N, H, W),
)
const OPERATIONS = {
  add: [add, (a: number, b: number) => a + b],
  subtract: [subtract, (a: number, b: number) => a - b],
  multiply: [multiply, (a: number, b: number) => a * b],
  min: [min, Math.min],
  max: [max, Math.max],
} as const
const operation = fc.constantFrom(...Object.values(OPERATIONS))
const divisor = fc.integer({ min: 1, max: 9 })

/** An expression beside the function that computes it from numbers. */
interface Pair {
  readonly symbolic: Dimension
  readonly numeric: (sizes: ReadonlyMap<string, number>) => number
}

const pairOfLeaf = leaf.map(
  (symbolic): Pair => ({ symbolic, numeric: (sizes) => evaluate(symbolic, sizes) ?? Number.NaN }),
)
const pair: fc.Arbitrary<Pair> = fc.letrec<{ pair: Pair }>((tie) => ({
  pair: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    pairOfLeaf,
    fc.tuple(operation, tie('pair'), tie('pair')).map(
      ([[symbolically, numerically], a, b]): Pair => ({
        symbolic: symbolically(a.symbolic, b.symbolic),
        numeric: (sizes) => numerically(a.numeric(sizes), b.numeric(sizes)),
      }),
    ),
    fc.tuple(tie('pair'), divisor, fc.constantFrom('floor', 'ceil', 'modulo')).map(
      ([a, by, kind]): Pair => ({
        symbolic: { floor: floorDivide, ceil: ceilDivide, modulo }[kind as 'floor'](a.symbolic, by),
        numeric: (sizes) => {
          const value = a.numeric(sizes)
          if (kind === 'ceil') return Math.ceil(value / by)
          return kind === 'floor' ? Math.floor(value / by) : value - by * Math.floor(value / by)
        },
      }),
    ),
  ),
})).pair
const sizes = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .map(
    ([n, h, w]) =>
      new Map([
        ['N', n],
        ['H', h],
        ['W', w],
      ]),
  )

describe('properties', () => {
  test('putting numbers in after the arithmetic gives what arithmetic on the numbers gives', () => {
    fc.assert(
      fc.property(pair, sizes, ({ symbolic, numeric }, bindings) => {
        expect(evaluate(symbolic, bindings)).toBe(numeric(bindings) + 0)
      }),
      { numRuns: 500 },
    )
  })

  test('expressions with equal text are equal for all sizes', () => {
    fc.assert(
      fc.property(pair, pair, sizes, (a, b, bindings) => {
        fc.pre(text(a.symbolic) === text(b.symbolic))
        expect(evaluate(a.symbolic, bindings)).toBe(evaluate(b.symbolic, bindings))
      }),
      { numRuns: 300, maxSkipsPerRun: 1000 },
    )
  })

  test('the order in which polynomials are written does not change their text', () => {
    fc.assert(
      fc.property(leaf, leaf, leaf, (a, b, c) => {
        expect(text(multiply(a, add(b, c)))).toBe(text(add(multiply(c, a), multiply(b, a))))
        expect(text(subtract(add(a, b), b))).toBe(text(a))
        expect(text(add(a, add(b, c)))).toBe(text(add(add(c, b), a)))
      }),
    )
  })

  test('a product divided by one of its factors is the other factor', () => {
    fc.assert(
      fc.property(leaf, leaf, leaf, (a, b, c) => {
        const factor = add(add(multiply(a, a), b), symbol('K'))
        expect(text(floorDivide(multiply(factor, c), factor))).toBe(text(c))
      }),
    )
  })

  test('what is called non-negative is never negative', () => {
    fc.assert(
      fc.property(pair, sizes, ({ symbolic }, bindings) => {
        fc.pre(isNonNegative(symbolic))
        expect(evaluate(symbolic, bindings)).toBeGreaterThanOrEqual(0)
      }),
      { maxSkipsPerRun: 1000 },
    )
  })

  test('putting sizes in one by one or all at once gives the same', () => {
    fc.assert(
      fc.property(pair, sizes, ({ symbolic }, bindings) => {
        const single = [...bindings].reduce<Dimension>((size, entry) => substitute(size, new Map([entry])), symbolic)
        expect(single).toBe(evaluate(symbolic, bindings))
      }),
    )
  })
})

describe('canonical text', () => {
  test.each<[string, Dimension]>([
    ['N', add(N, 0)],
    ['2*N', add(N, N)],
    ['0', subtract(N, N)],
    ['-N + 3', subtract(3, N)],
    ['N*N - 1', multiply(add(N, 1), add(N, -1))],
    ['3*H*N*W', product([N, 3, H, W])],
    ['3*N', floorDivide(multiply(N, 12), 4)],
    ['H*W', floorDivide(product([N, H, W, 8]), multiply(N, 8))],
    ['floor(N / 2)', floorDivide(N, 2)],
    ['floor((N + 1) / 4)', floorDivide(floorDivide(add(N, 1), 2), 2)],
    ['2*N + floor((N + 1) / 2) + 1', floorDivide(add(multiply(5, N), 3), 2)],
    ['H + floor(H / 2)', floorDivide(multiply(6, multiply(N, H)), multiply(4, N))],
    ['floor(N / H)', floorDivide(N, H)],
    ['floor((N + 3) / 4)', ceilDivide(N, 4)],
    ['0', modulo(multiply(N, 4), 2)],
    ['N', min(N, add(N, 1))],
    ['max(H, N)', max(H, N)],
    ['max(H, N)', max(N, H)],
    ['N', max(N, 0)],
    ['N - 1', max(subtract(N, 1), 0)],
    ['max(H, N, W)', max(max(W, N), max(H, N))],
    ['min(512, N)', min(512, min(9999, N))],
    ['N', max(N, min(512, N))],
    ['N', min(max(7, N), N)],
    ['"batch size"', symbol('batch size')],
    ['"N + 1"', symbol('N + 1')],
  ])('prints %s', (expected, size) => {
    expect(text(size)).toBe(expected)
  })

  test('five halvings of a padded size nest into one floor', () => {
    let size: Dimension = H
    for (let step = 0; step < 5; step += 1) size = add(floorDivide(subtract(size, 1), 2), 1)
    expect(text(size)).toBe('floor((H + 31) / 32)')
  })

  test('a shape prints with names and numbers', () => {
    expect(formatShape([N, 3, add(H, 1)])).toBe('[N, 3, H + 1]')
  })
})

test('a free name that looks like an expression is not that expression', () => {
  expect(equalDimensions(symbol('N + 1'), add(N, 1))).toBe(false)
  expect(evaluate(symbol('N + 1'), new Map([['N + 1', 7]]))).toBe(7)
})

test('the names under an expression are found through floors', () => {
  expect([...freeNames(floorDivide(add(N, H), 3))].sort()).toEqual(['H', 'N'])
})

test('division by zero is refused', () => {
  expect(() => floorDivide(N, 0)).toThrow(expect.objectContaining({ code: 'E_DIMENSION_ZERO' }))
})

test('an expression that grows without end is refused', () => {
  let size: Dimension = add(add(N, H), W)
  expect(() => {
    for (let step = 0; step < 20; step += 1) size = multiply(size, size)
  }).toThrow(expect.objectContaining({ code: 'E_DIMENSION_TOO_LONG' }))
})
