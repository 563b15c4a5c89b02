import { expect, test } from 'vitest'
import { refuseEndlessWork } from '../../benchmarks/endless-work.js'
import type { Counts } from '../../src/core/record.js'

const counts = (figures: Partial<Counts>): Counts => ({
  parameters: { total: 0, trainable: 0, nonTrainable: 0, bytes: 0 },
  unknownOperators: [],
  assumptions: [],
  ...figures,
})

test('a loop of 2^63 additions is refused before it begins', () => {
  expect(() => refuseEndlessWork(counts({ flops: 0, otherOperations: 2 ** 63 }))).toThrow(
    expect.objectContaining({ code: 'E_ENDLESS_WORK', hint: expect.stringContaining('--batch') }),
  )
})

test('a language model of 10^12 parameters on 1,000 tokens is not', () => {
  expect(() => refuseEndlessWork(counts({ flops: 2e15, otherOperations: 1e12 }))).not.toThrow()
})

test('what could not be counted is not refused', () => {
  expect(() => refuseEndlessWork(counts({}))).not.toThrow()
})
