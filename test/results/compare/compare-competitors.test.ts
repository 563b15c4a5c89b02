import { describe, expect, test } from 'vitest'
import type { ComparisonRecord } from '../../../src/core/record.js'
import { compareCompetitors } from '../../../src/results/compare/compare-competitors.js'
import { METRICS } from '../../../src/results/gate/metric.js'
import { sampleComparison } from '../../helpers/sample-comparison.js'

/** Seconds of a batch of the base, and the ratio of the other to it, round by round. */
type Rounds = readonly (readonly [seconds: number, ratio: number])[]

function inTurn(rounds: Rounds, changes: Partial<ComparisonRecord> = {}): ComparisonRecord {
  const sample = sampleComparison()
  const block = (secondsPerBatch: number) => ({ batches: 10, secondsPerBatch, joulesPerInference: secondsPerBatch })
  const [a, b] = sample.competitors
  if (a === undefined || b === undefined) throw new Error('no competitors')
  return {
    ...sample,
    failed: [],
    competitors: [
      { ...a, blocks: rounds.map(([seconds]) => block(seconds)) },
      { ...b, blocks: rounds.map(([seconds, ratio]) => block(seconds * ratio)) },
    ],
    order: rounds.map(() => ['a', 'b', 'b', 'a']),
    ...changes,
  }
}

function compare(record: ComparisonRecord, name = 'latency.mean') {
  const metrics = METRICS.filter((metric) => metric.name === name)
  const { rows, notes } = compareCompetitors([record], { metrics, maxRegress: 0, seed: 1, allowed: [] })
  return { row: rows[0], notes }
}

const steady: Rounds = [
  [1, 0.5],
  [2, 0.51],
  [1, 0.49],
  [4, 0.5],
]
/** Cut off in the turn of one of them. */
const wild = [1, 40] as const

describe('competitors of one run', () => {
  test('have figures of which the change is made', () => {
    const { row } = compare(inTurn([...steady, [3, 3]]))
    expect(row?.base).toBeCloseTo(24 ** (1 / 5), 12)
    expect((row?.now ?? 0) / (row?.base ?? 1)).toBeCloseTo(row?.ratio ?? 0, 12)
  })

  test('are compared without the last round of a run that was broken off, which is told', () => {
    const whole = compare(inTurn(steady))
    const broken = compare(inTurn([...steady, wild], { complete: false }))
    expect(broken.row).toEqual(whole.row)
    expect(whole.notes).toEqual([])
    expect(broken.notes).toEqual([expect.stringContaining('did not come to its end')])
  })

  test('are compared without rounds in which one of them lacks a turn', () => {
    const turns = ['a', 'b', 'b', 'a']
    const order = [turns, turns, turns, turns, ['b', 'a', 'a']]
    expect(compare(inTurn([...steady, wild], { order })).row).toEqual(compare(inTurn(steady)).row)
  })

  test('of a single round are too few to tell', () => {
    expect(compare(inTurn([[1, 2]])).row).toMatchObject({ verdict: 'too few', samples: { now: 1, unit: 'rounds' } })
  })

  test('without a whole round are refused', () => {
    expect(() => compare(inTurn([[1, 2]], { complete: false }))).toThrow('no whole round has latency.mean')
  })

  /** Two windows a round; latencies of `a` are 1 s, of `b` what is given for each round. */
  const withWindows = (seconds: readonly number[]): ComparisonRecord => {
    const turns = inTurn(seconds.map((one) => [1, one] as const))
    const records = turns.records.map((record, competitor) => {
      const windows = seconds.flatMap(() =>
        [4, 6].map((inferences) => ({ startedAt: 0, seconds: 10, inferences, joules: 5, low: 5, high: 5 })),
      )
      const latencySeconds = seconds.flatMap((one) => Array.from({ length: 10 }, () => (competitor === 1 ? one : 1)))
      return { ...record, samples: { latencyEvery: 1, latencySeconds, windows } }
    })
    return { ...turns, records }
  }

  test('are compared by percentiles of each round, from the windows of their records', () => {
    const { row } = compare(withWindows([2, 2.2, 1.8, 2]), 'latency.p95')
    expect(row).toMatchObject({ test: 'paired', samples: { now: 4, unit: 'rounds' }, verdict: 'regression' })
    expect(row?.ratio).toBeCloseTo((2 * 2.2 * 1.8 * 2) ** (1 / 4), 12)
  })

  test('whose rounds have no such windows are compared by the others alone', () => {
    const whole = withWindows([2, 2.2, 1.8, 2])
    const records = whole.records.map((record) => {
      const windows = record.samples.windows.map((window, index) => {
        const { joules: _joules, ...bare } = window
        return index === 3 ? bare : window
      })
      return { ...record, samples: { ...record.samples, windows } }
    })
    expect(compare({ ...whole, records }, 'power').row).toMatchObject({ samples: { now: 3 }, ratio: 1 })
  })

  test('are compared by what is counted as it is', () => {
    const { row } = compare(inTurn(steady), 'parameters')
    expect(row).toMatchObject({ test: 'exact', ratio: 1, verdict: 'tie' })
  })

  test('of an older schema, whose records lie beside them, are refused what rounds do not keep', () => {
    for (const name of ['latency.p50', 'parameters']) {
      expect(() => compare(inTurn(steady, { records: [] }), name)).toThrow(`keeps no ${name} of its rounds`)
    }
  })

  test('with rounds of no energy are refused, none is left out', () => {
    const rounds: Rounds = [...steady, [0, 1]]
    expect(() => compare(inTurn(rounds), 'energyPerInference')).toThrow('of which no ratio can be made')
  })
})
