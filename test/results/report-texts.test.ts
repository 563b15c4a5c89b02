import { describe, expect, test } from 'vitest'
import type { InferenceRecord, ResultRecord } from '../../src/core/record.js'
import { REPORT_FORMATS, reportFormatOf } from '../../src/results/report/report-formats.js'
import { sampleComparison } from '../helpers/sample-comparison.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'
import { sampleTraining } from '../helpers/sample-training.js'

const write = (format: 'md' | 'latex' | 'csv' | 'html', ...records: readonly ResultRecord[]): Promise<string> =>
  REPORT_FORMATS[format].write(records, { version: '0.1.0' })

const batch = (batchSize: number) => ({ ...sampleInference(), id: `b${batchSize}`, batchSize })

describe('a report in Markdown', () => {
  test('has what the page has: figures, what the intervals are made of, doubts, conditions', async () => {
    const text = await write('md', sampleInference())
    expect(text).toContain('# resnet18\n')
    expect(text).toContain('| energy per inference | 612 ± 13 mJ | measured: rapl package-0, dram |')
    expect(text).toContain('| spread of windows | ± 1.8% |')
    expect(text).toContain(
      '- other processes used 23% of the CPU (W\\_BACKGROUND\\_LOAD); stop other programs and run again',
    )
    expect(text).toContain('| cpu | Example CPU |')
  })

  test('of several runs has one table of all before a section for each', async () => {
    const text = await write('md', batch(1), batch(8))
    expect(text.indexOf('All runs:')).toBeLessThan(text.indexOf('## resnet18, batch 1'))
    expect(text).toContain(
      '| resnet18, batch 8, onnxruntime | 23.40 ms | 612 ± 13 mJ | measured | 82 ± 12 µg CO2e | 73.3% |',
    )
  })

  test.each([
    [
      'their engines',
      (run: InferenceRecord) => ({ ...run, engine: { ...run.engine, name: 'tfjs' } }),
      'onnxruntime',
      'tfjs',
    ],
    [
      'their dates',
      (run: InferenceRecord) => ({ ...run, startedAt: '2025-03-02T09:30:00Z' }),
      '2025-03-01 10:00',
      '2025-03-02 09:30',
    ],
    ['their places', (run: InferenceRecord) => run, '2025-03-01 10:00, run 1', '2025-03-01 10:00, run 2'],
  ])('tells runs of one model apart by %s', async (_what, change, ...marks) => {
    const other = change({ ...sampleInference(), id: 'other' })
    const headings = (text: string) => text.split('\n').filter((line) => line.startsWith('## '))
    const text = await write('md', sampleInference(), other, { ...sampleInference(), id: 'b8', batchSize: 8 })
    expect(headings(text)).toEqual([...marks.map((mark) => `## resnet18, batch 1, ${mark}`), '## resnet18, batch 8'])
    const rows = text.split('\n').filter((line) => line.startsWith('| resnet18, batch 1, '))
    expect(new Set(rows.map((row) => row.split(' | ')[0])).size).toBe(2)
  })

  test('says what is not known, and why', async () => {
    const { energy: _energy, carbon: _carbon, ...record } = sampleInference()
    const text = await write('md', { ...record, missing: [{ field: 'energy', reason: 'rapl: permission denied' }] })
    expect(text).toContain('| energy per inference | not known |  |')
    expect(text).toContain('- energy: rapl: permission denied')
  })

  test('of a training has its epochs', async () => {
    const text = await write('md', sampleTraining())
    expect(text).toContain('| 1 | 0.7000 | 61.0% | 60.0% | 10 s | \\- | 100 ± 10 J | 13.0 ± 2.6 mg CO2e |')
  })

  test('of an inspection has its operators', async () => {
    expect(await write('md', sampleInspection())).toContain('| Conv | 20 | 11,166,912 | 1.814 G | 0 |')
  })

  test('says of an interrupted run that it is incomplete', async () => {
    expect(await write('md', { ...sampleInference(), complete: false })).toContain('did not come to its end')
  })
})

describe('a report of models that ran in turn', () => {
  const [less, tie, method] = [
    'b needs less than a by 40',
    'tie: c and b, +1.2',
    'paired t test of the ratios of each round',
  ]

  test.each(['md', 'latex', 'html'] as const)(
    'says in %s who needs less, what ties and by which test',
    async (format) => {
      const text = await write(format, sampleComparison())
      for (const said of [less, tie, method, 'corrected for 3 pairs by Holm', 'd.onnx does not exist']) {
        expect(text).toContain(said)
      }
      expect(text).not.toContain('holds 1 is a tie')
    },
  )
})

describe('a report in LaTeX', () => {
  test('is a document with tables by booktabs', async () => {
    const text = await write('latex', batch(1), batch(8), sampleTraining(), sampleInspection())
    expect(text).toMatch(/^\\documentclass[\s\S]*\\toprule[\s\S]*\\end\{document\}\n$/)
    expect(text).toContain('energy per inference & 612 \\ensuremath{\\pm} 13 mJ & measured: rapl package-0, dram \\\\')
  })

  test('opens and closes the same groups and environments, whatever the names', async () => {
    const record = sampleInference()
    record.model.name = '}\\end{document}%{'
    record.options = { '\\input{/etc/passwd}': '$$' }
    const text = await write('latex', record)
    const plain = text.replace(/\\[{}]/g, '')
    expect(plain.split('{').length).toBe(plain.split('}').length)
    expect(text.match(/\\end\{document\}/g)).toHaveLength(1)
    expect(text).not.toContain('\\input')
  })
})

test('a report in CSV has a row for each figure, part of the budget, condition and doubt', async () => {
  const lines = (await write('csv', sampleInference(), sampleTraining(), sampleInspection())).split('\r\n')
  const columns = lines.map((line) => line.split(',').slice(1, 2).concat(line.split(',').slice(7)).join(','))
  expect(columns).toContain('inference,figure,energy_per_inference,0.61234,0.6,0.6246,joules,measured,')
  expect(columns).toContain('training,figure,energy_per_epoch,100,90,110.00000000000001,joules,measured,')
  expect(columns).toContain('inference,budget,spread of windows,0.018,,,ratio,,gross')
  expect(columns).toContain('inference,host,cpu,,,,,,Example CPU')
  expect(columns.some((line) => line.startsWith('inference,warning,W_BACKGROUND_LOAD'))).toBe(true)
})

test.each([
  ['report.md', 'md'],
  ['report.TEX', 'latex'],
  ['report.csv', 'csv'],
])('%s is written as %s', (path, format) => {
  expect(reportFormatOf(path)).toBe(format)
})
