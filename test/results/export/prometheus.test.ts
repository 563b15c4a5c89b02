import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResultRecord } from '../../../src/core/record.js'
import { exportablesOf } from '../../../src/results/export/exportable.js'
import { INFERENCE_FIGURES } from '../../../src/results/export/inference-figures.js'
import { prometheusFile } from '../../../src/results/export/prometheus.js'
import { TRAINING_FIGURES } from '../../../src/results/export/training-figures.js'
import { sampleInference, sampleInspection } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

const fileOf = (records: readonly ResultRecord[]) => prometheusFile(exportablesOf(records).exported)

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * Reads the text format strictly: each family once, HELP and TYPE before its samples, unique series, only known escapes.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 */
function parseExposition(text: string): { readonly samples: Sample[]; readonly help: Map<string, string> } {
  const [samples, help, types, series] = [
    [] as Sample[],
    new Map<string, string>(),
    new Map<string, string>(),
    new Set(),
  ]
  if (!text.endsWith('\n')) throw new Error('the last line must end')
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue
    const [, word = '', name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line) ?? []
    if (word !== '') {
      const known = word === 'HELP' ? help : types
      if (known.has(name)) throw new Error(`${word} of ${name} twice`)
      known.set(name, rest)
      continue
    }
    const sample = parseSample(line)
    if ([...types.keys()].at(-1) !== sample.name || types.get(sample.name) !== 'gauge') throw new Error(`lost: ${line}`)
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
    if (series.has(key)) throw new Error(`twice: ${line}`)
    series.add(key)
    samples.push(sample)
  }
  return { samples, help }
}

function parseSample(line: string): Sample {
  const [, name = '', body = '', digits = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? []
  const labels: Record<string, string> = {}
  let rest = body
  while (rest !== '') {
    const [all = '', label = '', value = ''] = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? []
    if (all === '' || Object.hasOwn(labels, label)) throw new Error(`labels: ${line}`)
    labels[label] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(all.length)
  }
  if (name === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) throw new Error(`no sample: ${line}`)
  return { name, labels, value: Number(digits) }
}

describe('the file for node_exporter', () => {
  test('has each figure with its unit, its interval and what it rests on', async () => {
    const { samples, help } = parseExposition((await fileOf([sampleInference()])).text)
    const named = (name: string) => samples.find((sample) => sample.name === `greenbench_${name}`)
    expect(named('energy_per_inference_joules')).toMatchObject({
      value: 0.612_34,
      labels: { model: 'resnet18', engine: 'onnxruntime', batch_size: '1', rests_on: 'measured' },
    })
    expect(named('energy_per_inference_high_joules')?.value).toBe(0.6246)
    expect(named('co2e_per_inference_grams')?.labels.rests_on).toBe('modelled')
    expect(named('parameters')?.labels.rests_on).toBe('counted')
    expect(named('run_completed_timestamp_seconds')?.value).toBe(Date.parse('2025-03-01T10:01:00Z') / 1000)
    expect(help.get('greenbench_latency_mean_seconds')).toBe('Mean time of one batch.')
  })

  test('leaves out what the record does not know, instead of a zero', async () => {
    const { energy: _energy, carbon: _carbon, ...record } = sampleInference()
    expect((await fileOf([record])).text).not.toMatch(/energy|co2e/)
  })

  test('has an inspection beside a run', async () => {
    const { samples } = parseExposition((await fileOf([sampleInference(), sampleInspection()])).text)
    expect(samples.filter(({ name }) => name === 'greenbench_parameters').map(({ labels }) => labels.kind)).toEqual([
      'inference',
      'inspection',
    ])
  })

  test('has the figures of a training', async () => {
    const { samples } = parseExposition((await fileOf([sampleTraining(), sampleInference()])).text)
    const named = samples.find(({ name }) => name === 'greenbench_energy_per_epoch_joules')
    expect(named).toMatchObject({ value: 100, labels: { kind: 'training', optimizer: 'sgd', rests_on: 'measured' } })
  })

  test('gives one help to a metric of several kinds, since files are read together', () => {
    const helps = new Map<string, string>()
    for (const { name, unit, help } of [...INFERENCE_FIGURES, ...TRAINING_FIGURES]) {
      expect(helps.get(`${name} ${unit}`) ?? help).toBe(help)
      helps.set(`${name} ${unit}`, help)
    }
  })

  test('keeps the newest of two runs with the same labels, and names the other', async () => {
    const older = { ...sampleInference(), completedAt: '2024-01-01T00:00:00.000Z' }
    const { text, leftOut } = await fileOf([sampleInference(), older])
    expect(parseExposition(text).samples.find(({ name }) => name.endsWith('timestamp_seconds'))?.value).toBe(1740823260)
    expect(leftOut).toHaveLength(1)
  })

  test('cuts long names, and keeps the series of different ones apart', async () => {
    const named = (end: string) => {
      const record = sampleInference()
      record.model.name = `${'x'.repeat(50_000)}${end}${'y'.repeat(50_000)}`
      return record
    }
    const { text, leftOut } = await fileOf([named('a'), named('b')])
    const runs = parseExposition(text).samples.filter(({ name }) => name === 'greenbench_run_complete')
    expect(runs.map(({ labels }) => labels.model?.length)).toEqual([200, 200])
    expect(leftOut).toEqual([])
    expect(text.length).toBeLessThan(100_000)
  })

  test('keeps one of two runs whose names become alike when they are made fit to be shown', async () => {
    const named = (name: string) => ({ ...sampleInference(), model: { ...sampleInference().model, name } })
    const { text, leftOut } = await fileOf([named('a\u0000'), named('a\\u0000')])
    expect(parseExposition(text).samples.filter(({ name }) => name === 'greenbench_run_complete')).toHaveLength(1)
    expect(leftOut).toHaveLength(1)
  })

  test('can be read back, whatever the names in the record', async () => {
    const words = fc.string({ unit: 'binary', maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(words, words), { minLength: 1, maxLength: 4 }), async (names) => {
        const records = names.map(([name, version]) => {
          const record = sampleInference()
          record.model.name = name
          record.engine.version = version
          return record
        })
        const { text, leftOut } = await fileOf(records)
        const runs = parseExposition(text).samples.filter(({ name }) => name === 'greenbench_run_complete')
        expect(runs.length + leftOut.length).toBe(records.length)
      }),
      { numRuns: 60 },
    )
  })
})
