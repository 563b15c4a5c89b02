import { expect, test } from 'vitest'
import { countedDomains, overlaps } from '../../profilers/overlap.js'
import type { EnergyDomain } from '../../profilers/profiler.js'

const domain = (part: EnergyDomain['part'], device?: string, isCounted = true): EnergyDomain => ({
  name: part,
  part,
  ...(device === undefined ? {} : { device }),
  counter: 'energy',
  isCounted,
  low: 1,
  high: 1,
})

test.each([
  ['system', 'dram', true],
  ['package', 'core', true],
  ['package', 'package', true],
  ['package', 'dram', false],
  ['package', 'gpu', false],
  ['other', 'other', false],
] as const)('%s and %s overlap: %s', (one, other, expected) => {
  expect([overlaps(domain(one), domain(other)), overlaps(domain(other), domain(one))]).toEqual([expected, expected])
})

test('two boards do not overlap, a board and all boards do', () => {
  const board = domain('gpu', 'GPU-1')
  expect([overlaps(board, domain('gpu', 'GPU-2')), overlaps(board, domain('gpu'))]).toEqual([false, true])
})

test('the profiler named first counts, and the other counts only what is left', () => {
  const rapl = [domain('package', 'package-0'), domain('core', 'package-0', false)]
  const estimate = [domain('package'), domain('dram')]
  expect(countedDomains([rapl, estimate])).toEqual([
    [true, false],
    [false, true],
  ])
})
