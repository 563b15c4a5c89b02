import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { APPENDIX_SCHEMA, parseAppendixSpec, readAppendixSpec } from '../../src/results/appendix/appendix-spec.js'
import { matchAll } from '../../src/results/appendix/run-filter.js'
import { summaryOf } from '../../src/results/appendix/summary.js'
import { type AppendixRecord, variableOf } from '../../src/results/appendix/variable.js'
import { writeAppendix } from '../../src/results/appendix/write-appendix.js'
import { comparisonOf } from '../helpers/sample-comparison.js'
import { sampleInference, sampleInspection, withPerInference } from '../helpers/sample-records.js'
import { sampleTraining } from '../helpers/sample-training.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

/** In the form that experiment-impact-tracker reads. */
const SPEC = {
  'Two experiments': {
    filter: '',
    description: 'A text about <b>experiments</b>.',
    executive_summary_variables: [
      'total_power',
      'exp_len_hours',
      'cpu_hours',
      'gpu_hours',
      'estimated_carbon_impact_kg',
    ],
    executive_summary_ordering_variable: 'total_power',
    executive_summary_plots: [{ x: 'exp_len_hours', y: 'total_power' }],
    child_experiments: {
      'Experiment 1': { filter: '(?=.*exp1.*)(?=.*\\.json.*)', description: 'first' },
      'Experiment 2': { filter: 'exp2', description: 'second', extra_files_processor: 'os.system' },
    },
  },
}

/** Records in files, and an appendix of them. */
function results(spec: unknown = SPEC) {
  const top = temporaryFolder()
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(join(top, path)), { recursive: true })
    writeFileSync(join(top, path), JSON.stringify(content))
  }
  const run = (path: string, id: string, joules: number) => {
    const each = joules / 1200
    const record = withPerInference(sampleInference(), { joules: each, low: each, high: each })
    record.id = id
    if (record.energy !== undefined) {
      const perInference = joules / record.energy.window.inferences
      record.energy.gross = { joules, low: joules, high: joules }
      record.energy.perInference = { joules: perInference, low: perInference, high: perInference }
    }
    write(path, record)
  }
  const folder = join(top, 'site')
  const options = { results: [join(top, 'in')], base: top, folder, title: 'Appendix', version: '0.1.0', withData: true }
  const make = () => writeAppendix(parseAppendixSpec(spec, 'spec.json'), options)
  const page = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { top, folder, write, run, make, page }
}

/** @returns the value of a variable in a run that had a process of its own */
const readIn = (name: string, run: AppendixRecord = sampleInference()) => variableOf(name).read(run, run)

/** Text of the cells of a page's tables, in order. */
const cellsOf = (page: string): string[] =>
  [...page.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, ''))

describe('an appendix', () => {
  test('groups runs by filters, with mean, standard error and sum of each group', async () => {
    const { run, make, page } = results()
    run('in/exp1/a.json', 'a', 3_600_000)
    run('in/exp1/b.json', 'b', 7_200_000)
    run('in/exp2/c.json', 'c', 36_000_000)
    expect(await make()).toEqual({ runs: 3, groups: 3, leftOut: 0 })
    const cells = cellsOf(page('groups/two-experiments-experiment-1.html'))
    expect(cells.join(' | ')).toContain('CO2e of the run | 2 | 98.00 mg CO2e | 0 g CO2e | 196.0 mg CO2e')
    const [first] = cellsOf(page('groups/two-experiments.html')).filter((cell) => cell.startsWith('Experiment'))
    expect(first).toBe('Experiment 2')
    expect(cellsOf(page('groups/two-experiments.html'))).toContain('1.500 kWh, SE 0.5000 kWh')
  })

  test('groups are ordered the other way where that is asked for', async () => {
    const [[title, group]] = Object.entries(SPEC) as [[string, (typeof SPEC)['Two experiments']]]
    const { run, make, page } = results({ [title]: { ...group, executive_summary_ordering: 'ascending' } })
    run('in/exp1/a.json', 'a', 1)
    run('in/exp2/c.json', 'c', 2)
    await make()
    expect(
      cellsOf(page('groups/two-experiments.html'))
        .filter((cell) => cell.startsWith('Experiment '))
        .slice(0, 2),
    ).toEqual(['Experiment 1', 'Experiment 2'])
  })

  test('code that a specification names is not run, and the page says so', async () => {
    const { run, make, page } = results()
    run('in/exp2/c.json', 'c', 1)
    await make()
    expect(page('groups/two-experiments-experiment-2.html')).toContain('code of a specification is never run')
  })

  test('what it cannot show is left out with the reason', async () => {
    const { run, write, make, page } = results()
    run('in/exp1/a.json', 'a', 1)
    run('in/exp1/again.json', 'a', 1)
    write('in/inspection.json', sampleInspection())
    write('in/other.json', { name: 'no record' })
    expect(await make()).toMatchObject({ runs: 1, leftOut: 3 })
    const index = page('index.html')
    expect(index).toContain('an inspection runs nothing')
    expect(index).toContain('the same record as in in/exp1/a.json')
    expect(index).toContain('not a valid record')
  })

  test('measured and modelled runs in one group are pointed out', async () => {
    const { run, write, make, page } = results({ All: { filter: '' }, Measured: { filter: ' measured$' } })
    run('in/a.json', 'a', 1)
    const modelled = sampleInference()
    if (modelled.energy !== undefined) modelled.energy.kind = 'modelled'
    write('in/b.json', { ...modelled, id: 'b' })
    await make()
    expect(page('groups/all.html')).toContain('has measured and modelled runs')
    const cells = cellsOf(page('groups/all.html')).join(' | ')
    expect(cells).toContain('Energy per inference | 2 | of different kinds | of different kinds | of different kinds')
    expect(cells).toContain('Latency, p50 | 2 | 23.40 ms')
    expect(page('groups/measured.html')).not.toContain('class="note"')
  })

  test('a replay is the same measurement as its run, and different records of one id are no measurement', async () => {
    const { run, write, make, page } = results({ All: { filter: '', executive_summary_variables: ['energy'] } })
    run('in/a.json', 'a', 1)
    write('in/again.json', { ...sampleInference(), id: 'b', replay: { of: 'a', changed: [] } })
    run('in/c.json', 'c', 3)
    run('in/other.json', 'c', 5)
    expect(await make()).toEqual({ runs: 1, groups: 1, leftOut: 3 })
    expect(page('index.html')).toContain('the same measurement as a, replayed')
    expect(page('index.html')).toContain('another file holds a different record with this id')
    expect(cellsOf(page('groups/all.html')).join(' | ')).toContain('Energy of the run | 1 | 1 J | not known | 1 J')
  })

  test('models that were measured in turn have the time of their process together', async () => {
    const variables = ['exp_len_hours', 'cpu_hours', 'energy']
    const { run, write, make, page } = results({ All: { filter: '', executive_summary_variables: variables } })
    const competitor = (id: string, startedAt: string) => {
      const record = sampleInference()
      if (record.conditions !== undefined) record.conditions.ownCpuSeconds = 1800
      return { ...record, id, startedAt, completedAt: '2025-03-01T10:59:00.000Z' }
    }
    const [one, other] = [competitor('x', '2025-03-01T10:00:00.000Z'), competitor('y', '2025-03-01T10:05:00.000Z')]
    write('in/turns.json', { ...comparisonOf([one, other]), completedAt: '2025-03-01T11:00:00.000Z' })
    run('in/alone.json', 'alone', 735)
    await make()
    const cells = cellsOf(page('groups/all.html')).join(' | ')
    expect(cells).toContain('Length (exp_len_hours) | 2 | 0.5083 h | 0.4917 h | 1.017 h')
    expect(cells).toContain('CPU time (cpu_hours) | 1 | 0.5000 h | not known | 0.5000 h')
    expect(cells).toContain('Energy of the run | 3 | 735 J')
    expect(page('groups/all.html')).toContain('these 3 runs are of 2 measurements, each of which counts once')
  })

  test('a run that ends before it starts has no length, and says why', async () => {
    const { write, make, page } = results({ All: { filter: '', executive_summary_variables: ['exp_len_hours'] } })
    const [startedAt, completedAt] = ['2025-03-01T10:00:00.000Z', '2025-03-01T09:59:00.000Z']
    write('in/back.json', { ...sampleInference(), startedAt, completedAt })
    await make()
    const cells = cellsOf(page('groups/all.html')).join(' | ')
    expect(cells).toContain('Length (exp_len_hours) | 0 | not known | not known | not known')
    expect(cells).toContain('not known: it ends before it starts, so its clock was set')
  })

  test('trainings have pages too', async () => {
    const { write, make, page } = results({
      Trained: { filter: 'training', executive_summary_variables: ['energyPerEpoch'] },
    })
    write('in/t.json', sampleTraining())
    expect(await make()).toMatchObject({ runs: 1 })
    expect(page('runs/run-1.html')).toContain('Energy per epoch')
  })

  test('titles and names cannot lead out of the folder or become markup', async () => {
    const { run, make, top, folder, page } = results({
      '../../<img src=x>': { filter: '', description: '<script>alert(1)</script>' },
    })
    run('in/a.json', '../../../escaped', 1)
    await make()
    expect(readdirSync(top).sort()).toEqual(['in', 'site'])
    expect(readdirSync(join(folder, 'groups'))).toEqual(['img-src-x.html'])
    expect(page('index.html')).not.toMatch(/<img|<script>/)
  })

  test('a folder without runs is refused with the first reason', async () => {
    const { write, make } = results()
    write('in/x.json', {})
    await expect(make()).rejects.toMatchObject({
      code: 'E_APPENDIX_EMPTY',
      message: expect.stringContaining('in/x.json'),
    })
  })
})

describe('a specification', () => {
  test('may be YAML', async () => {
    const path = join(temporaryFolder(), 'spec.yaml')
    writeFileSync(path, 'All:\n  filter: ""\n  executive_summary_variables: [latency.p50]\n')
    expect(await readAppendixSpec(path)).toEqual({ All: { filter: '', executive_summary_variables: ['latency.p50'] } })
  })

  test.each([
    ['a group without a filter', { All: {} }, "must have required property 'filter'"],
    ['a field that is none', { All: { filter: '', colour: 'red' } }, ': "colour"'],
    ['an ordering that is none', { All: { filter: '', executive_summary_ordering: 'up' } }, 'ascending, descending'],
    ['a filter of 501 characters', { All: { filter: 'a'.repeat(501) } }, '500'],
    ['no group', {}, 'fewer than 1'],
    ['a list', [], 'must be object'],
  ])('with %s is refused at its place', (_what, spec, problem) => {
    expect(() => parseAppendixSpec(spec, 'spec.json')).toThrow(problem)
  })

  test('that nests too deeply is refused', () => {
    let spec: object = { In: { filter: '' } }
    for (let depth = 0; depth < 100_000; depth++) spec = { In: { filter: '', child_experiments: spec } }
    expect(() => parseAppendixSpec(spec, 'spec.json')).toThrow(/nest deeper than 8/)
  })

  test('has the schema that is published', () => {
    const published = readFileSync(new URL('../../docs/appendix.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(published)).toEqual(APPENDIX_SCHEMA)
  })
})

describe('a filter', () => {
  test('is searched for, not matched from the start', () => {
    expect(matchAll('b+', ['abba', 'aa'])).toEqual([true, false])
  })

  test('that backtracks without end is stopped', () => {
    expect(() => matchAll('^(a+)+$', [`${'a'.repeat(80)}b`], 50)).toThrow(/takes more than 0.05 s/)
  })

  test('that is no expression is refused with what is wrong', () => {
    expect(() => matchAll('(', ['x'])).toThrow(/filter "\(": .*Unterminated group/)
  })
})

describe('a variable', () => {
  test('may be the path of any number of a record', () => {
    expect(readIn('energy.window.count')).toBe(6)
    expect(variableOf('energy.window.count').isAdditive).toBe(false)
  })

  test.each([
    ['latency.p95', 'latencyP95'],
    ['energy.gross.joules', 'energy'],
  ])('%s has the unit of its name', (path, name) => {
    expect(variableOf(path)).toBe(variableOf(name))
  })

  test.each([
    'constructor.length',
    '__proto__.x',
    'toString',
    'model.name',
    'samples.latencySeconds.length.x',
    'nothing',
  ])('%s is not known', (name) => {
    expect(readIn(name)).toBeUndefined()
  })

  test('MACs are those of one inference, whatever the batch size', () => {
    const record = sampleInference()
    if (record.counts !== undefined) Object.assign(record.counts, { macs: 800, batchSize: 8 })
    expect(readIn('macs', record)).toBe(100)
    expect(variableOf('macs').title).toBe('MACs per inference')
  })

  test('energy with PUE is in kilowatt-hours', () => {
    const record = sampleInference()
    if (record.carbon !== undefined) record.carbon.pue = 1.5
    expect(readIn('total_power', record)).toBeCloseTo((735 * 1.5) / 3.6e6, 12)
  })
})

test('mean, standard error and sum are those of the values that are known', () => {
  const summary = summaryOf([1, undefined, 2, 3, 4])
  // By hand: the sample standard deviation of 1, 2, 3, 4 is the root of 5/3.
  expect(summary).toEqual({ count: 4, mean: 2.5, standardError: expect.closeTo(Math.sqrt(5 / 3) / 2, 12), sum: 10 })
})
