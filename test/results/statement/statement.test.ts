import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SOCIAL_COST, socialCost } from '../../../src/carbon/social-cost.js'
import type { InferenceRecord } from '../../../src/core/record.js'
import { plainText } from '../../../src/results/document/plain-text.js'
import { collectRuns, type EnergyRun, type RecordFile } from '../../../src/results/statement/collect-runs.js'
import { type StatementParts, statementDocument } from '../../../src/results/statement/statement.js'
import { grouped, impactOf, totalsOf } from '../../../src/results/statement/totals.js'
import { plainStyle } from '../../../src/results/text-style.js'
import { sampleInference, sampleInspection } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

const file = (path: string, ...records: RecordFile['records'][number][]): RecordFile => ({ path, records })

/** A run of its own, changed as wanted. */
function runWith(id: string, change: (record: InferenceRecord) => void = () => {}): InferenceRecord {
  const record = { ...sampleInference(), id }
  change(record)
  return record
}

const runsOf = (...records: RecordFile['records'][number][]): readonly EnergyRun[] =>
  collectRuns([file('a.json', ...records)]).runs

function textOf(runs: readonly EnergyRun[], more: Partial<StatementParts> = {}): string {
  const impacts = runs.map((run) => impactOf(run, {}))
  const parts = { impacts, leftOut: [], socialCost: DEFAULT_SOCIAL_COST, isOtherPlace: false, ...more }
  return plainText(statementDocument(parts), { width: 100, style: plainStyle }).replace(/\n(?! *\n)/g, ' ')
}

describe('of a folder', () => {
  test('each run counts once, the original before its replay', () => {
    const replay = { ...runWith('r'), replay: { of: 'a', changed: ['country'] } }
    const { runs, leftOut } = collectRuns([
      file('1.json', replay),
      file('2.json', runWith('a')),
      file('3.json', runWith('a')),
    ])
    expect(runs.map(({ replay: of }) => of)).toEqual([undefined])
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      'the same measurement as a, replayed',
      'the same record as in 2.json',
    ])
  })

  test('different records that claim one run are both left out, whoever comes first', () => {
    const { runs, leftOut } = collectRuns([
      file('1.json', runWith('a')),
      file('2.json', { ...runWith('a'), batchSize: 7 }),
    ])
    expect(runs).toEqual([])
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      'another file holds a different record with this id',
      'another file holds a different record with this id',
    ])
  })

  test('what is in no sum is named with the reason', () => {
    const { energy: _energy, carbon: _carbon, ...rest } = runWith('b')
    const silent = { ...rest, missing: [{ field: 'energy', reason: 'rapl: permission denied' }] }
    const { runs, leftOut } = collectRuns([
      file('1.json', sampleInspection(), silent),
      { path: 'x.json', records: [], problem: 'not JSON' },
    ])
    expect(runs).toEqual([])
    expect(leftOut).toEqual([
      { what: 'inspection of resnet18 in 1.json', reason: 'nothing ran' },
      { what: 'run of resnet18 in 1.json', reason: 'its energy is not known: rapl: permission denied' },
      { what: 'x.json', reason: 'not JSON' },
    ])
  })
})

describe('sums', () => {
  test('are those of the records: 735 J and 210 J', () => {
    const { kilowattHours, grams, seconds } = totalsOf(
      runsOf(runWith('a'), sampleTraining()).map((run) => impactOf(run, {})),
    )
    expect(kilowattHours.value).toBeCloseTo(945 / 3.6e6, 12)
    expect(grams).toEqual({ value: 0.126, low: expect.closeTo(0.1064, 9), high: expect.closeTo(0.1456, 9) })
    expect(seconds).toBe(5 + 21)
  })

  test('take the place and the PUE of the user', () => {
    const [run] = runsOf(runWith('a'))
    if (run === undefined) throw new Error('no run')
    const factor = { gramsPerKwh: 100, low: 100, high: 100, zone: 'XX', source: 'x' }
    expect(impactOf(run, { factor, pue: 1.5 }).carbon?.grams).toBeCloseTo((735 / 3.6e6) * 150, 12)
    expect(impactOf(run, { pue: 1.5 }).carbon?.grams).toBeCloseTo(0.098 * 1.5, 12)
  })

  test('of groups are the sum of all, whatever the key', () => {
    const joules = fc.double({ min: 0, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(joules, fc.string({ maxLength: 1 })), { minLength: 1, maxLength: 20 }), (all) => {
        const impacts = all.flatMap(([value, name], index) =>
          runsOf(
            runWith(`${index}`, (record) => {
              record.model.name = name
              Object.assign(record.energy?.gross ?? {}, { joules: value, low: value, high: value })
            }),
          ).map((run) => impactOf(run, {})),
        )
        const sum = grouped(impacts, ({ run }) => run.model.name).reduce(
          (total, group) => total + group.totals.kilowattHours.value,
          0,
        )
        expect(sum).toBeCloseTo(totalsOf(impacts).kilowattHours.value, 6)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the sentences', () => {
  test('tell energy, CO2 with its place, equivalents and social cost', () => {
    const text = textOf(runsOf(runWith('a'), sampleTraining()))
    expect(text).toContain(
      '1 run of inference and 1 training of 1 model on a machine that is not named, used 262.5 ± 9.8 mWh',
    )
    expect(text).toMatch(/All of it was measured by sensors\./)
    expect(text).toMatch(
      /With the mean carbon intensity of the world in 2023, 480 ± 67 g CO2e\/kWh \[2\] and a power usage/,
    )
    expect(text).toMatch(/which compares to less than 0\.001 km by car \[3\]/)
    expect(text).toMatch(/190 \(120 to 340\) US dollars per tonne \[4\], it costs society less than 0\.01 US dollars/)
  })

  test('never mix up what was measured and what is modelled', () => {
    const modelled = runWith('b', ({ energy }) => Object.assign(energy ?? {}, { kind: 'modelled', measuredShare: 0 }))
    expect(textOf(runsOf(modelled))).toContain('None of it was measured by a sensor: all of it is modelled.')
    expect(textOf(runsOf(runWith('a'), modelled))).toMatch(
      /Sensors measured 204\.2 mWh \(50\.0%\) of it; 204\.2 mWh are modelled\./,
    )
  })

  test('tell of runs that broke off, and of a place that is a guess', () => {
    const text = textOf(runsOf({ ...runWith('a'), complete: false }))
    expect(text).toMatch(/1 run \(204\.2 mWh\) did not come to the end; what they used is in the sums\./)
    expect(text).toMatch(/The mean of the world stands in for the place of 1 run/)
  })

  test('tell of energy without a carbon intensity', () => {
    const { carbon: _carbon, ...dark } = runWith('b')
    expect(textOf(runsOf(dark))).toContain('is not known, since no run has a carbon intensity')
    expect(textOf(runsOf(runWith('a'), dark))).toContain(
      '204.2 mWh have no carbon intensity and are in no figure of CO2.',
    )
  })

  test('cite the source of each place where there are several', () => {
    const other = runWith('b', ({ carbon }) =>
      Object.assign(carbon?.factor ?? {}, { zone: 'FR', source: 'Electricity Maps' }),
    )
    const text = textOf(runsOf(runWith('a'), other))
    expect(text).toContain('With the carbon intensities of 2 places [2] [3] and a power usage effectiveness of 1')
  })

  test('cite no source for a social cost of the user', () => {
    expect(textOf(runsOf(runWith('a')), { socialCost: socialCost(51) })).not.toContain(
      'Social Cost of Greenhouse Gases',
    )
  })
})
