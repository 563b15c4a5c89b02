import { describe, expect, test } from 'vitest'
import type { InferenceRecord } from '../../src/core/record.js'
import { contradictionIn } from '../../src/results/contradiction.js'
import { recordsIn } from '../../src/results/read-record.js'
import { sampleInference } from '../helpers/sample-records.js'
import { sampleTraining } from '../helpers/sample-training.js'

type Energy = NonNullable<InferenceRecord['energy']>

function changed(change: (record: InferenceRecord, energy: Energy) => void): InferenceRecord {
  const record = sampleInference()
  if (record.energy === undefined) throw new Error('the sample has energy')
  change(record, record.energy)
  return record
}

const modelledDomains = (energy: Energy) => energy.domains.map((domain) => ({ ...domain, kind: 'modelled' }))

describe('contradictionIn', () => {
  test('finds nothing in whole records', () => {
    expect(contradictionIn(sampleInference())).toBeUndefined()
    expect(contradictionIn(sampleTraining())).toBeUndefined()
  })

  test.each<[string, (record: InferenceRecord, energy: Energy) => void, string]>([
    [
      'an accuracy in percent',
      (record) => Object.assign(record, { accuracy: { top1: 99.2, count: 100 } }),
      'accuracy.top1 must be <= 1',
    ],
    [
      'ends that are swapped',
      (_record, energy) => Object.assign(energy, { perInference: { joules: 1, low: 2, high: 0.5 } }),
      'energy.perInference.low is above energy.perInference.high',
    ],
    [
      'joules of an inference that are not those of the run',
      (_record, energy) => Object.assign(energy, { perInference: { joules: 0.05, low: 0.04, high: 0.06 } }),
      'energy.perInference.joules is 0.05, but energy.gross.joules is 735 for 1200 inferences',
    ],
    [
      'joules outside of their interval',
      (_record, energy) => Object.assign(energy, { gross: { joules: 735, low: 740, high: 749 } }),
      'energy.gross.joules is 735, outside of its own interval from 740 to 749',
    ],
    [
      'a mean latency outside of its interval',
      ({ latency }) => Object.assign(latency ?? {}, { mean: 0.01 }),
      'latency.mean is 0.01, outside of its own interval',
    ],
    [
      'grams outside of their interval',
      ({ carbon }) => Object.assign(carbon?.total ?? {}, { grams: 5 }),
      'carbon.total.grams is 5, outside of its own interval',
    ],
    [
      'ends of a domain that are swapped',
      (_record, energy) => Object.assign(energy.domains[1] ?? {}, { low: 3, high: 1 }),
      'energy.domains.1.low is above',
    ],
    [
      'a measurement by models alone',
      (_record, energy) => Object.assign(energy, { domains: modelledDomains(energy) }),
      'energy.kind is measured, but all domains that are counted are modelled',
    ],
    [
      'a measurement that is half modelled',
      (_record, energy) => Object.assign(energy, { measuredShare: 0.5 }),
      'energy.measuredShare is 0.5',
    ],
  ])('finds %s, and such a file is not read', (_what, change, problem) => {
    const record = changed(change)
    expect(contradictionIn(record)).toContain(problem)
    expect(() => recordsIn('r.json', record)).toThrow(`r.json: the record contradicts itself: `)
  })

  test('lets a modelled record be', () => {
    const record = changed((_record, energy) =>
      Object.assign(energy, { kind: 'modelled', measuredShare: 0, domains: modelledDomains(energy) }),
    )
    expect(contradictionIn(record)).toBeUndefined()
  })
})
