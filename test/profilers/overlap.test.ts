import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countedDomains, overlaps, unclearPairs } from '../../profilers/overlap.js'
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

test('a package holds its dies', () => {
  const die = domain('package', 'package-0-die-1')
  expect([overlaps(domain('package', 'package-0'), die), overlaps(domain('package', 'package-1'), die)]).toEqual([
    true,
    false,
  ])
})

describe('within one profiler', () => {
  test('what contains the others counts, wherever it stands', () => {
    expect(countedDomains([[domain('package'), domain('system'), domain('dram')]])).toEqual([[false, true, false]])
  })

  test('of two that show the same part one counts, and the pair is told', () => {
    const meters = [domain('system'), domain('system')]
    const [counted = []] = countedDomains([meters])
    expect([counted, unclearPairs(meters, counted)]).toEqual([[true, false], [[meters[1], meters[0]]]])
  })

  test('shares of one part are added up, and count for all of it beside others', () => {
    const rails = ['cpu', 'gpu'].map((device) => ({ ...domain('system', device), isShare: true }))
    const estimate = [domain('package'), domain('dram')]
    expect([countedDomains([rails, estimate]), countedDomains([estimate, rails])]).toEqual([
      [
        [true, true],
        [false, false],
      ],
      [
        [true, true],
        [false, false],
      ],
    ])
  })
})

test('however many profilers tell of the same machine, no part of it is counted twice', () => {
  const parts = fc.constantFrom<EnergyDomain['part']>('system', 'package', 'core', 'uncore', 'dram', 'gpu')
  const devices = fc.constantFrom(undefined, 'package-0', 'package-0-die-0', 'package-1')
  const domains = fc.array(fc.record({ part: parts, device: devices }), { maxLength: 5 })
  fc.assert(
    fc.property(fc.array(domains, { maxLength: 3 }), (shapes) => {
      const profilers = shapes.map((list) => list.map(({ part, device }) => domain(part, device)))
      const counted = countedDomains(profilers)
      const kept = profilers.flatMap((list, profiler) => list.filter((_, index) => counted[profiler]?.[index]))
      for (const [index, one] of kept.entries())
        expect(kept.slice(index + 1).some((other) => overlaps(one, other))).toBe(false)
    }),
  )
})

test('the profiler named first counts, and the other counts only what is left', () => {
  const rapl = [domain('package', 'package-0'), domain('core', 'package-0', false)]
  const estimate = [domain('package'), domain('dram')]
  expect(countedDomains([rapl, estimate])).toEqual([
    [true, false],
    [false, true],
  ])
})
