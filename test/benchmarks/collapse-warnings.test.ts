import { expect, test } from 'vitest'
import { collapseWarnings } from '../../benchmarks/collapse-warnings.js'

const warning = (code: `W_${string}`, message: string) => ({ code, message, hint: 'do something' })

test('the same message is kept once, in the order it first came', () => {
  const all = [warning('W_B', 'two'), warning('W_A', 'one'), warning('W_B', 'two')]
  expect(collapseWarnings(all).map(({ message }) => message)).toEqual(['two', 'one'])
})

test('of many messages of one code three stay, with the number of the others', () => {
  const all = Array.from({ length: 60 }, (_, index) => warning('W_A', `window ${index}`))
  expect(collapseWarnings(all).map(({ message }) => message)).toEqual([
    'window 0',
    'window 1',
    'window 2 (and 57 more like it)',
  ])
})
