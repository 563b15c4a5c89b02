import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResultRecord } from '../../../src/core/record.js'
import { runOf, trainingRunOf } from '../../../src/results/leaderboard/run.js'
import { parsedWithoutSamples, roomForFile } from '../../../src/results/leaderboard/sample-lists.js'
import { parsedRecord, recordsIn } from '../../../src/results/read-record.js'
import { recordsToJson } from '../../../src/results/record-file.js'
import { comparisonOf } from '../../helpers/sample-comparison.js'
import { sampleRecord } from '../../helpers/sample-runs.js'
import { sampleTraining } from '../../helpers/sample-training.js'

const RAW = { path: 'r.json', sha256: '0'.repeat(64), index: 0 }

/** What a leaderboard keeps of the records, or why it keeps none. */
function keptOf(parse: () => unknown): unknown {
  try {
    return recordsIn('r.json', parse())
      .flatMap((record) => (record.kind === 'comparison' ? record.records : record))
      .map(keptOfRun)
  } catch (cause) {
    return String(cause)
  }
}

function keptOfRun(record: ResultRecord): unknown {
  if (record.kind === 'inference') return runOf(record, RAW)
  return record.kind === 'training' ? trainingRunOf(record, RAW) : record.kind
}

const shortcut = (text: string) => keptOf(() => parsedWithoutSamples('r.json', Buffer.from(text)))
/** As files are read. */
const inRoom = (text: string) => keptOf(() => parsedWithoutSamples('r.json', placedInRoom(text)))
const wholly = (text: string) => keptOf(() => parsedRecord('r.json', Buffer.from(text).toString('utf8')))

function placedInRoom(text: string): Buffer {
  const room = roomForFile()
  return room.subarray(0, room.write(text))
}

/** Pieces of lists of numbers, and of what only looks like one. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }).map((value) => `${value}, `) },
  { weight: 8, arbitrary: fc.nat(999_999_999).map((value) => `${value / 1e9}, `) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('1e5, ', '2E+7,', '1e-12\n,\t', '0 , ', '12.50,', '1e308,', '1e400,', '1e-400,'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('-1, ', '-0,', '01, ', '1.,', '.5, ', '0.1.2, ', '1e, ', '0x1, ', '1e+,', '+1, '),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ',',
      '[',
      ']',
      '[], ',
      '{}, ',
      'null, ',
      '"0.1", ',
      '"]", ',
      '\u00a0',
      '\u00e9',
      '0.12345\u0130, ',
    ),
  },
)
/** Long enough to be passed over; mostly without what is wrong. */
const list = fc
  .tuple(fc.array(piece, { maxLength: 12 }), fc.nat(40), fc.constantFrom('0.5', '1e-7', '0', ' 7 ', ''))
  .map(([pieces, numbers, last]) => `[${'0.000080593, '.repeat(numbers)}${pieces.join('')}${last}]`)

const name = fc.constantFrom('latencySeconds', 'values', 'x"latencySeconds', 'late\\u006ecySeconds')

const TEXTS: Readonly<Record<string, string>> = {
  'a run': recordsToJson([sampleRecord()]),
  'a run in one line': JSON.stringify(sampleRecord()),
  'a list': recordsToJson([sampleRecord(), sampleRecord({ id: 'b' }), sampleTraining()]),
  'a comparison': recordsToJson([comparisonOf([sampleRecord(), sampleRecord({ id: 'b' })])]),
  'a training': recordsToJson([sampleTraining()]),
}

describe('parsedWithoutSamples', () => {
  test.each(Object.entries(TEXTS))('finds in %s with any lists what parsing all of it finds', (_of, text) => {
    const places = [...text.matchAll(/"(?:latencySeconds|values)":\s*\[[^\]]*\]/g)]
    expect(places.length).toBeGreaterThan(0)
    fc.assert(
      fc.property(fc.nat(places.length - 1), list, fc.boolean(), name, (place, samples, isReplaced, other) => {
        const [found = ''] = places[place] ?? []
        const kept = found.replace(/\[.*\]/s, () => samples)
        const added = `${JSON.stringify(other).replaceAll('\\\\', '\\')}: ${samples}, ${found}`
        const changed = text.replace(found, () => (isReplaced ? kept : added))
        const expected = wholly(changed)
        expect(shortcut(changed)).toEqual(expected)
        expect(inRoom(changed)).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  test.each([
    ['host', { samples: { latencySeconds: new Array(100).fill(0.1) } }],
    ['host', { latencySeconds: new Array(100).fill(0.1), note: '"latencySeconds": [0.1]' }],
    ['conditions', { values: new Array(100).fill(0.1) }],
  ])('keeps in %s what only has the name of samples', (field, value) => {
    const text = JSON.stringify({ ...sampleRecord(), [field]: value })
    expect(shortcut(text)).toMatchObject([{ [field]: value }])
  })

  test.each([
    ['before', (text: string) => text.replace('{', `{"samples": {"latencySeconds": [${'1,'.repeat(200)}1]},`)],
    ['after', (text: string) => text.replace(/\}$/, `,"samples": {"latencySeconds": [${'1,'.repeat(200)}1]}}`)],
    ['nested', (text: string) => '['.repeat(50_000) + text],
  ])('judges samples that stand there twice as the parser does: %s', (_where, change) => {
    const text = change(JSON.stringify(sampleRecord()))
    expect(shortcut(text)).toEqual(wholly(text))
  })

  test.each([
    ['that greenbench wrote', Buffer.from],
    ['in the room for files', placedInRoom],
  ])('passes over long lists %s', (_where, bytesOf: (text: string) => Buffer) => {
    const record = sampleRecord()
    record.samples.latencySeconds = new Array(100).fill(0.000_080_593)
    const parsed = parsedWithoutSamples('r.json', bytesOf(recordsToJson([record])))
    expect(parsed).toMatchObject({ samples: { latencySeconds: [] } })
  })

  test('passes over lists with an unusual number at any place of a vector', () => {
    for (const unusual of ['7', '1e-7', '12.5', '0', '0.1  ', '\n0.25']) {
      for (let before = 30; before < 50; before++) {
        const list = `[${'0.1, '.repeat(before)}${unusual}, ${'0.000080593, '.repeat(50)}0.5]`
        const text = JSON.stringify(sampleRecord()).replace(/("latencySeconds":)\[[^\]]*\]/, `$1${list}`)
        expect(parsedWithoutSamples('r.json', placedInRoom(text))).toMatchObject({ samples: { latencySeconds: [] } })
      }
    }
  })
})
