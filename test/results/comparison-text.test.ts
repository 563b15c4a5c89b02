import { expect, test } from 'vitest'
import { parseRecord } from '../../src/core/validate-record.js'
import { comparisonText } from '../../src/results/comparison-text.js'
import { roundsText } from '../../src/results/rounds-text.js'
import { plainStyle } from '../../src/results/text-style.js'
import { sampleComparison } from '../helpers/sample-comparison.js'

const comparison = sampleComparison()
const text = comparisonText([comparison], { width: 120, style: plainStyle, isUnicode: true })

test('the record that is drawn fits the schema', () => {
  expect(() => parseRecord(JSON.parse(JSON.stringify(comparison)))).not.toThrow()
})

test('rows stand in the order of their ranks', () => {
  expect([...text.matchAll(/^ +(\d) {2}([abc]) /gm)].map(([, rank, name]) => `${rank}${name}`)).toEqual([
    '1b',
    '1c',
    '3a',
  ])
})

test('what needs less is said with its share, in digits that tell its ends apart, and what ties is called a tie', () => {
  expect(text).toContain('b needs less than a by 40% (39 to 41%)')
  expect(text).toContain('c needs less than a by 99.70% (99.69 to 99.71%)')
  expect(text).toContain('tie: c and b, +1.2% (-2.0 to +4.5%)')
  expect(text).toContain("corrected for 3 pairs by Holm's method")
})

test('bars show the energy of each', () => {
  expect(text).toMatch(/^a +█+ +\d/m)
})

test('what took no part is named with the reason', () => {
  expect(text).toContain('left out: d.onnx, batch 1: d.onnx does not exist')
})

test('what holds for all is said once, what holds for some with their names', () => {
  expect(text.match(/water: both/g)).toHaveLength(1)
  expect(text).toContain('warning: a: other processes used 23% of the CPU')
  expect(text).not.toContain('c: other processes')
})

test('MACs are those of one inference, as the energy beside them', () => {
  const batched = sampleComparison()
  for (const { counts } of batched.records) if (counts !== undefined) Object.assign(counts, { macs: 8e6, batchSize: 8 })
  const table = comparisonText([batched], { width: 120, style: plainStyle, isUnicode: true })
  expect(table).toMatch(/MACs \/ inference/)
  expect(table).toContain('1.000 M')
  expect(table).not.toContain('8.000 M')
})

test('a round that was broken off is not among those that are told', () => {
  const turns = ['a', 'b', 'c', 'c', 'b', 'a']
  const broken = { ...sampleComparison(), order: [turns, turns, turns.slice(0, 4)], complete: false }
  const unmeasured = broken.competitors.map(({ energyRatio: _ratio, ...competitor }) => competitor)
  expect(roundsText({ ...broken, competitors: unmeasured })).toBe('2 whole rounds of 3')
  const measured = unmeasured.map((one) => ({
    ...one,
    timeRatio: { ratio: 1, low: 1, high: 1, median: 1, pairs: 1 },
  }))
  expect(roundsText({ ...broken, competitors: measured })).toBe('1 whole round of 3')
  expect(roundsText({ ...broken, order: [turns] })).toBe('1 round')
})
