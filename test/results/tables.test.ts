import { describe, expect, test } from 'vitest'
import { inferenceText } from '../../src/results/inference-table.js'
import { inspectionText } from '../../src/results/inspection-table.js'
import { inferenceCsv, layerCsv } from '../../src/results/record-csv.js'
import { chooseStyle, colourStyle, plainStyle } from '../../src/results/text-style.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

/** The line of a table that starts with `name`, spaces joined. */
function line(text: string, name: string): string {
  const found = text.split('\n').find((candidate) => candidate.trimStart().startsWith(name))
  if (found === undefined) throw new Error(`no line ${name} in\n${text}`)
  return found.trim().replace(/\s+/g, ' ')
}

const withoutEnergy = () => {
  const { energy: _energy, carbon: _carbon, ...record } = sampleInference()
  return { ...record, missing: [{ field: 'energy', reason: 'rapl: permission denied' }] }
}

describe('the table of a timed run', () => {
  const text = inferenceText([sampleInference()], 120, plainStyle)

  test.each([
    ['parameters', 'parameters 11.70 M counted in the file'],
    ['latency, mean', 'latency, mean 23.610 ± 0.060 ms measured'],
    ['energy', 'energy per inference 612 ± 13 mJ measured: rapl package-0, dram'],
    ['CO2 per', 'CO2 per inference 82 ± 12 µg CO2e modelled from measured energy: 480 g/kWh in World 2023, Ember'],
    ['accuracy, top-1', 'accuracy, top-1 73.3% measured, 120 labelled images'],
  ])('says of %s how much, how sure and from where', (name, expected) => {
    expect(line(text, name)).toBe(expected)
  })

  test('says "modelled" of an estimate', () => {
    const record = sampleInference()
    if (record.energy !== undefined) record.energy.kind = 'modelled'
    expect(line(inferenceText([record], 120, plainStyle), 'energy')).toContain('modelled: rapl')
  })

  test('gives the measured share of a mixture', () => {
    const record = sampleInference()
    Object.assign(record.energy ?? {}, { kind: 'mixed', measuredShare: 0.831 })
    expect(line(inferenceText([record], 120, plainStyle), 'energy')).toContain('mixed, 83.1% measured')
  })

  test('calls an idle power from elsewhere given, and never measured', () => {
    const record = sampleInference()
    Object.assign(record.energy ?? {}, {
      idle: { watts: 70, seconds: 0 },
      netPerInference: { joules: 1, low: 0, high: 2 },
    })
    const table = inferenceText([record], 120, plainStyle)
    expect(line(table, 'idle power')).toBe('idle power 70 W given')
    expect(line(table, 'net of idle')).toContain('measured: rapl package-0, dram; idle power given')
  })

  test('calls what greenbench itself takes a share of CPU time', () => {
    const record = { ...sampleInference(), own: { cpuSeconds: 0.1, share: 0.002 } }
    expect(line(inferenceText([record], 120, plainStyle), 'greenbench itself')).toContain('share of the CPU time')
  })

  test('shows an absent figure as - and its reason below', () => {
    const table = inferenceText([withoutEnergy()], 120, plainStyle)
    expect(line(table, 'energy per inference')).toBe('energy per inference -')
    expect(table).toContain('- energy: rapl: permission denied')
  })

  test('gives each warning with its hint', () => {
    expect(text).toContain('other processes used 23% of the CPU (W_BACKGROUND_LOAD)\n  hint: stop other programs')
  })

  test('says that an interrupted run is incomplete', () => {
    expect(inferenceText([{ ...sampleInference(), complete: false }], 120, plainStyle)).toContain('incomplete: batch 1')
  })

  test('sets batch sizes side by side where they fit, below each other where not', () => {
    const records = [1, 8, 32].map((batchSize) => ({ ...sampleInference(), batchSize }))
    expect(line(inferenceText(records, 200, plainStyle), 'batch 1')).toBe('batch 1 batch 8 batch 32 source')
    expect(line(inferenceText(records, 80, plainStyle), 'batch 32')).toBe('batch 32 source')
  })

  test.each([80, 100, 120])('keeps within %i columns', (width) => {
    const lines = inferenceText([sampleInference()], width, plainStyle).split('\n')
    expect(lines.filter((row) => row.length > width)).toEqual([])
  })
})

describe('the text of an inspection', () => {
  const text = inspectionText(sampleInspection(), { width: 120, style: plainStyle })

  test.each([
    ['parameters', 'parameters 11.70 M 11,699,112'],
    ['MACs', 'MACs 1.814 G 1,814,073,344, batch 1: convolutions and matrix products'],
    ['input', 'input float32 [N, 3, 224, 224] data'],
    ['Conv ', 'Conv 20 11.17 M 1.814 G 0'],
    ['com.example.Custom', 'com.example.Custom 2 - - -'],
    ['not counted', 'not counted: com.example.Custom (2) have no rule'],
    ['assumed', 'assumed: Loop loop1 runs once'],
    ['resnetv15_conv0', 'resnetv15_conv0_fwd Conv [1, 64, 112, 112] 9,408 118.0 M 99.6% 0 3.211 MB'],
  ])('shows %s', (name, expected) => {
    expect(line(text, name)).toBe(expected)
  })

  test('names no batch where the model has none', () => {
    const record = sampleInspection()
    delete record.counts?.batchSize
    const table = inspectionText(record, { width: 120, style: plainStyle })
    expect(line(table, 'MACs')).toBe('MACs 1.814 G 1,814,073,344, convolutions and matrix products')
  })

  test('names opset and producer', () => {
    expect(text).toContain('onnx, 46.80 MB · opset ai.onnx 8 · by mxnet')
  })

  test('shows the layers with the most MACs first when asked for a few', () => {
    const record = sampleInspection()
    record.layers?.reverse()
    const top = inspectionText(record, { width: 120, style: plainStyle, top: 1 })
    expect(top).toContain('layer (top 1 of 3 by MACs)')
    expect(top).toContain('resnetv15_conv0_fwd')
    expect(top).not.toContain('custom0')
  })

  test('shows names from the file without their control characters', () => {
    const record = sampleInspection()
    record.model.name = 'evil\u001b[2J\u202ename'
    expect(inspectionText(record, { width: 120, style: plainStyle })).toContain('evil\\u001b[2J\\u202ename')
  })
})

describe('records as rows', () => {
  test('a timed run gives one row with SI units in the head', () => {
    const [head = '', row = '', ...rest] = inferenceCsv([sampleInference()]).trimEnd().split('\r\n')
    const cells = Object.fromEntries(head.split(',').map((name, index) => [name, row.split(',')[index]]))
    expect(cells).toMatchObject({ batch_size: '1', energy_per_inference_j: '0.61234', latency_mean_s: '0.02361' })
    expect(rest).toEqual([])
  })

  test('what a run was given of the energy stands with its interval', () => {
    const record = sampleInference()
    const ends = { low: 2, high: 4 }
    record.energy = {
      ...record.energy,
      attribution: {
        cpuShare: 0.5,
        joules: { idle: 5, process: 3, others: 3, unattributed: 3 },
        intervals: { process: ends, others: ends, unattributed: ends },
      },
    } as NonNullable<typeof record.energy>
    const [head = '', row = ''] = inferenceCsv([record]).split('\r\n')
    const cells = Object.fromEntries(head.split(',').map((name, index) => [name, row.split(',')[index]]))
    for (const whose of ['process', 'others', 'unattributed']) {
      expect(cells).toMatchObject({ [`energy_${whose}_j`]: '3', [`energy_${whose}_low_j`]: '2' })
      expect(cells).toMatchObject({ [`energy_${whose}_high_j`]: '4' })
    }
  })

  test('an absent figure is an empty cell', () => {
    const [head = '', row = ''] = inferenceCsv([withoutEnergy()]).split('\r\n')
    expect(row.split(',')[head.split(',').indexOf('energy_per_inference_j')]).toBe('')
  })

  test('an inspection gives one row per layer', () => {
    expect(layerCsv([sampleInspection()]).trimEnd().split('\r\n').slice(1)).toEqual([
      'resnet18,1,resnetv15_conv0_fwd,Conv,1x64x112x112,9408,118013952,236027904,0,3211264,1',
      'resnet18,1,resnetv15_dense0_fwd,Gemm,1x1000,513000,512000,1024000,,,',
      'resnet18,1,custom0,com.example.Custom,,0,,,,,',
    ])
  })
})

describe('chooseStyle', () => {
  test.each([
    ['a terminal', true, {}, true, colourStyle],
    ['a pipe', false, {}, true, plainStyle],
    ['NO_COLOR', true, { NO_COLOR: '1' }, true, plainStyle],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, true, colourStyle],
    ['a dumb terminal', true, { TERM: 'dumb' }, true, plainStyle],
    ['--no-color', true, { FORCE_COLOR: '1' }, false, plainStyle],
    ['FORCE_COLOR on a pipe', false, { FORCE_COLOR: '1' }, true, colourStyle],
  ] as const)('decides for %s', (_what, isTerminal, environment, isWanted, style) => {
    expect(chooseStyle(isTerminal, environment, isWanted)).toBe(style)
  })
})
