import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { syntheticInputs } from '../../benchmarks/synthetic-inputs.js'
import { UnsupportedError, UsageError } from '../../src/core/errors.js'
import { DATA_TYPES, type DataType } from '../../src/graph/data-type.js'
import { symbol } from '../../src/graph/dimension.js'
import type { ValueInfo } from '../../src/graph/graph.js'
import { numbersOf } from '../helpers/model-files.js'

const input = (name: string, dtype: DataType, ...shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', dtype, shape: shape.map((size) => (typeof size === 'string' ? symbol(size) : size)) },
})
const make = (inputs: readonly ValueInfo[], batchSize = 1, seed = 1, inputShapes?: ReadonlyMap<string, number[]>) =>
  syntheticInputs(inputs, { batchSize, ...(inputShapes === undefined ? {} : { inputShapes }) }, seed)

/** Value of a half float, by its definition. */
function halfValue(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
}

describe('shape of a made-up input', () => {
  test('takes the batch for a free first dimension', () => {
    expect(make([input('x', 'float32', 'N', 3, 4)], 8).get('x')?.shape).toEqual([8, 3, 4])
  })

  test('carries a named size over to the other inputs', () => {
    const made = make([input('ids', 'int64', 'batch', 7), input('past', 'float32', 2, 'batch', 5)], 3)
    expect(made.get('past')?.shape).toEqual([2, 3, 5])
  })

  test('takes given sizes before the batch', () => {
    const made = make([input('x', 'float32', 'N', 3, 'H', 'W')], 1, 1, new Map([['x', [2, 3, 64, 48]]]))
    expect(made.get('x')).toMatchObject({ shape: [2, 3, 64, 48], data: { length: 2 * 3 * 64 * 48 } })
  })

  test('that stays free is an error that names it and the option', () => {
    const call = () => make([input('x', 'float32', 'N', 3, 'H', 'W')])
    expect(call).toThrow(UsageError)
    expect(call).toThrow(expect.objectContaining({ message: expect.stringContaining('H, W') }))
    expect(call).toThrow(expect.objectContaining({ hint: expect.stringContaining('--input x=1x3x<size>x<size>') }))
  })

  test('of unknown rank is an error', () => {
    const ranked: ValueInfo = { name: 'x', type: { kind: 'tensor', dtype: 'float32', shape: undefined } }
    expect(() => make([ranked])).toThrow(/rank/)
  })

  test('beyond memory is refused before it is made', () => {
    expect(() => make([input('x', 'float32', 1e6, 1e6)])).toThrow(/1000000000000 elements/)
  })
})

describe('values of a made-up input', () => {
  const passable: readonly DataType[] = [
    ...(['float32', 'float64', 'float16', 'uint8', 'int8', 'uint16', 'int16'] as const),
    ...(['int32', 'uint32', 'int64', 'uint64', 'bool', 'string'] as const),
  ]

  test.each(passable)('of %s come from the seed alone', (dtype) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(make([input('x', dtype, 9)], 1, seed)).toEqual(make([input('x', dtype, 9)], 1, seed))
      }),
      { numRuns: 10 },
    )
  })

  test.each(['int16', 'int32', 'int64', 'uint16', 'uint32', 'uint64', 'bool'] as const)(
    'of %s are 0 or 1, inside every vocabulary',
    (dtype) => {
      expect([...new Set(numbersOf(make([input('x', dtype, 200)]).get('x')))].toSorted()).toEqual([0, 1])
    },
  )

  test('of bytes cover their range', () => {
    const bytes = numbersOf(make([input('x', 'int8', 5000)]).get('x'))
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([-128, 127])
  })

  test('of half floats lie in [0, 1) and fill it evenly', () => {
    const halves = numbersOf(make([input('x', 'float16', 4000)]).get('x')).map(halfValue)
    expect(Math.max(...halves)).toBeLessThan(1)
    expect(halves.filter((value) => value < 0.5).length / halves.length).toBeCloseTo(0.5, 1)
  })

  test.each((Object.keys(DATA_TYPES) as DataType[]).filter((dtype) => !passable.includes(dtype)))(
    'of %s cannot be made',
    (dtype) => {
      expect(() => make([input('x', dtype, 1)])).toThrow(UnsupportedError)
    },
  )

  test('of a sequence cannot be made', () => {
    expect(() => make([{ name: 'x', type: { kind: 'sequence', element: undefined } }])).toThrow(/a sequence/)
  })
})
