import { expect, test } from 'vitest'
import { explanationText } from '../../src/results/explanation.js'
import { sampleInference } from '../helpers/sample-records.js'

const plain = (_name: unknown, text: string): string => text
const linesOf = (record: ReturnType<typeof sampleInference>): string[] =>
  explanationText(record, 160, plain)
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, '  ').trim())

test('each figure is followed by the parts that its interval has beside those before', () => {
  const record = sampleInference()
  if (record.energy === undefined) throw new Error('the sample has energy')
  record.energy.budget = [
    { source: 'carbon factor', of: 'carbon', relative: 0.14 },
    { source: 'idle baseline', of: 'net', relative: 0.031 },
    { source: 'sensor', relative: 0.05 },
  ]
  expect(
    linesOf(record)
      .slice(2, 8)
      .map((line) => line.split('  ').slice(0, 2).join(' ')),
  ).toEqual([
    'energy per inference ± 2.0%',
    'sensor ± 5.0%',
    'net of idle ± 4.3%',
    'idle baseline ± 3.1%',
    'CO2 per inference ± 14%',
    'carbon factor ± 14%',
  ])
})

test('a part that is many times the figure is told in times of it, and any name is a name', () => {
  const record = sampleInference()
  if (record.energy === undefined) throw new Error('the sample has energy')
  record.energy.budget = ['constructor', '__proto__'].map((source) => ({ source, of: 'net', relative: 113.28 }))
  const lines = linesOf(record)
  expect(lines).toContain('constructor  ± 113 times')
  expect(lines).toContain('__proto__  ± 113 times')
})

test.each([
  [1.4712, '+147%'],
  [0.0004, '+0.040%'],
])('an interval that reaches %d up is shown as %s', (up, shown) => {
  const record = sampleInference()
  if (record.energy === undefined) throw new Error('the sample has energy')
  record.energy.perInference = { joules: 1, low: 0.34, high: 1 + up }
  expect(linesOf(record)[2]).toContain(`-66% ${shown}`)
})

test('says how the sensors were read, and who caused the energy', () => {
  const record = sampleInference()
  if (record.energy === undefined) throw new Error('the sample has energy')
  const late = { meanDelay: 0.0001, worstDelay: 0.02, longestStep: 0.12 }
  record.energy.sampling = [{ profiler: 'rapl', interval: 0.1, readings: 300, failed: 1, missed: 2, lost: 1, ...late }]
  record.energy.attribution = { cpuShare: 0.9, joules: { idle: 300, process: 390, others: 45, unattributed: 0 } }
  const text = linesOf(record).join('\n')
  expect(text).toContain('readings of rapl  300  every 100.0 ms; 1 failed, 3 missing;')
  expect(text).toContain(
    'energy of this run  390 J  above idle, by 90.0% of the busy CPU time, child processes included',
  )
  expect(text).not.toContain('not attributed')
})

test('gives the energy of this run with its interval, below nothing too', () => {
  const record = sampleInference()
  if (record.energy === undefined) throw new Error('the sample has energy')
  const ends = { low: -1, high: 0.5 }
  record.energy.attribution = {
    cpuShare: 1,
    joules: { idle: 300, process: -0.25, others: 0, unattributed: 0 },
    intervals: { process: ends, others: { low: 0, high: 0 }, unattributed: { low: 0, high: 0 } },
  }
  record.own = { cpuSeconds: 0.1, share: 0.01 }
  const text = linesOf(record).join('\n')
  expect(text).toMatch(/energy of this run {2}-0?\.?250? ± 0?\.?750? m?J/)
  expect(text).toMatch(/greenbench itself .* of CPU time: its loop and its readings$/m)
})

test('says that there is nothing to explain where there is no energy', () => {
  const { energy: _, ...record } = sampleInference()
  expect(explanationText(record, 80, plain)).toBe('batch 1 has no energy to explain\n')
})
