import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InferenceRecord, ResultRecord } from '../../../src/core/record.js'
import { type CompareOptions, compareSides } from '../../../src/results/compare/compare-sides.js'
import { readSide } from '../../../src/results/compare/side.js'
import { METRICS, type Metric } from '../../../src/results/gate/metric.js'
import { recordsToJson } from '../../../src/results/record-file.js'
import { madeRun } from '../../helpers/runs-of-records.js'
import { sampleInspection } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenbench-compare-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const metric = (name: string): Metric => {
  const found = METRICS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no metric ${name}`)
  return found
}

async function side(name: string, ...records: readonly ResultRecord[]) {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [index, record] of records.entries()) writeFileSync(join(path, `${index}.json`), recordsToJson([record]))
  return readSide(path)
}

async function compare(
  base: readonly ResultRecord[],
  now: readonly ResultRecord[],
  options: Partial<Omit<CompareOptions, 'metrics'>> & { readonly metrics?: readonly string[] } = {},
) {
  const { metrics = ['energyPerInference'], ...others } = options
  const sides = [await side('base', ...base), await side('now', ...now)] as const
  const chosen = { maxRegress: 0, seed: 1, allowed: [], ...others, metrics: metrics.map(metric) }
  return compareSides(sides[0], [sides[1]], chosen)
}

const before = madeRun({ id: 'before' })

describe('a side against its base', () => {
  test.each([
    ['is worse at all', 1.1, 0, 'regression'],
    ['is worse by less than is allowed', 1.1, 0.15, 'worse'],
    ['is worse by more than is allowed', 1.3, 0.15, 'regression'],
    ['is better', 0.9, 0, 'better'],
    ['is alike', 1, 0, 'tie'],
  ])('%s', async (_what, joules, maxRegress, verdict) => {
    const { rows } = await compare([before], [madeRun({ id: 'now', joules, seed: 2 })], { maxRegress })
    expect(rows.map((row) => row.verdict)).toEqual([verdict])
  })

  test('is no regression while part of the interval is within what is allowed', async () => {
    const now = madeRun({ id: 'now', joules: 1.06, spread: 0.1, seed: 2 })
    const { rows } = await compare([before], [now], { maxRegress: 0.04 })
    expect(rows[0]).toMatchObject({ verdict: 'worse' })
    expect(rows[0]?.low).toBeLessThan(1.04)
  })

  test.each(['welch', 'mann-whitney', 'bootstrap', 'permutation'] as const)('tested by %s', async (name) => {
    const { rows } = await compare([before], [madeRun({ id: 'now', joules: 1.1, seed: 2 })], { test: name })
    expect(rows[0]).toMatchObject({ test: name, verdict: 'regression' })
    expect(rows[0]?.ratio).toBeCloseTo(1.1, 1)
  })

  test('more throughput is better, less is a regression', async () => {
    const slower = madeRun({ id: 'now', seed: 2 })
    const windows = slower.samples.windows.map((window) => ({ ...window, seconds: window.seconds * 2 }))
    const now = { ...slower, samples: { ...slower.samples, windows } }
    const { rows } = await compare([before], [now], { metrics: ['throughput'] })
    expect(rows[0]).toMatchObject({ verdict: 'regression', ratio: 0.5 })
  })

  test('percentiles of the latency are tested by their ranks, window by window', async () => {
    const { rows } = await compare([before], [madeRun({ id: 'now', joules: 1.2, seed: 2 })], {
      metrics: ['latency.p50'],
    })
    expect(rows[0]).toMatchObject({
      test: 'mann-whitney',
      verdict: 'regression',
      samples: { base: 10, unit: 'windows' },
    })
  })

  test.each([3, 4, 5, 6])(
    'ten times slower is a regression of each of seven figures, by %s windows',
    async (windows) => {
      const names = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'].map((name) => `latency.${name}`)
      const now = madeRun({ id: 'now', joules: 10, windows, seed: 2 })
      const { rows } = await compare([madeRun({ windows })], [now], { metrics: ['energyPerInference', ...names] })
      expect(rows.map(({ verdict }) => verdict)).toEqual(names.concat('').map(() => 'regression'))
    },
  )

  test.each(['mann-whitney', 'permutation'] as const)(
    'that %s could not find is too few to tell, no tie',
    async (name) => {
      const now = madeRun({ id: 'now', joules: 10, windows: 4, seed: 2 })
      const metrics = ['latency.p50', 'latency.p95']
      const { rows } = await compare([madeRun({ windows: 4 })], [now], { metrics, test: name })
      expect(rows.map(({ verdict }) => verdict)).toEqual(['too few', 'too few'])
    },
  )

  test('has figures of which the change is made, whatever a single window was like', async () => {
    const slow = madeRun({ id: 'slow' })
    const latencySeconds = slow.samples.latencySeconds.map((one, index) => (index < 20 ? one * 100 : one))
    const base = { ...slow, samples: { ...slow.samples, latencySeconds } }
    const { rows } = await compare([base], [madeRun({ id: 'now', joules: 1.2, seed: 2 })], { metrics: ['latency.p50'] })
    const [row] = rows
    expect(row?.verdict).toBe('regression')
    expect((row?.now ?? 0) / (row?.base ?? 1)).toBeCloseTo(row?.ratio ?? 0, 12)
    expect(row?.base).toBeCloseTo(0.1, 2)
  })

  test('a percentile of three runs and more is that of each run', async () => {
    const runs = (name: string, p50: number) =>
      [1, 2, 3].map((run) => {
        const made = madeRun({ id: `${name}${run}`, seed: run })
        return { ...made, ...(made.latency && { latency: { ...made.latency, p50: p50 * (1 + run / 100) } }) }
      })
    const { rows } = await compare(runs('a', 1), runs('b', 2), { metrics: ['latency.p50'] })
    expect(rows[0]?.base).toBeCloseTo(1.02, 12)
    expect(rows[0]?.ratio).toBeCloseTo(2, 12)
  })

  test('parameters are exact: one more is worse', async () => {
    const now = sampleInspection()
    if (now.counts !== undefined) now.counts.parameters.total++
    const { rows } = await compare([sampleInspection()], [{ ...now, id: 'now' }], { metrics: ['parameters'] })
    expect(rows[0]).toMatchObject({ test: 'exact', verdict: 'regression' })
  })

  test('whole epochs are the samples of a training', async () => {
    const now = { ...sampleTraining(), id: 'now' }
    const { rows } = await compare([sampleTraining()], [now], { metrics: ['energyPerEpoch'] })
    expect(rows[0]?.samples?.unit).toBe('epochs')
  })

  test('thousands of windows are averaged with their neighbours', async () => {
    const now = madeRun({ id: 'now', windows: 3000, seed: 2 })
    const { rows } = await compare([before], [now], { metrics: ['latency.p99'] })
    expect(rows[0]?.samples).toMatchObject({ base: 10, now: 30 })
  })

  test('three runs on each side are compared as runs', async () => {
    const runs = (name: string, joules: number) =>
      [1, 2, 3].map((run) => madeRun({ id: `${name}${run}`, joules: joules * (1 + run / 100), seed: run }))
    const { rows } = await compare(runs('a', 1), runs('b', 1.2))
    expect(rows[0]).toMatchObject({ samples: { base: 3, now: 3, unit: 'runs' }, verdict: 'regression' })
  })

  test('several figures widen their intervals and correct their probabilities', async () => {
    const now = madeRun({ id: 'now', joules: 1.05, seed: 2 })
    const one = (await compare([before], [now])).rows[0]
    rmSync(join(folder, 'base'), { recursive: true })
    rmSync(join(folder, 'now'), { recursive: true })
    const { rows } = await compare([before], [now], { metrics: ['energyPerInference', 'latency.mean'] })
    expect(rows[0]?.low).toBeLessThan(one?.low ?? 0)
    const [smaller = 1] = rows.map(({ probability = 1 }) => probability).sort((a, b) => a - b)
    expect(Math.min(...rows.map(({ adjusted = 1 }) => adjusted))).toBeCloseTo(2 * smaller, 12)
  })
})

describe('runs that are not alike', () => {
  const changed = (change: (record: InferenceRecord) => Partial<InferenceRecord>): InferenceRecord => {
    const record = madeRun({ id: 'now', seed: 2 })
    return { ...record, ...change(record) }
  }
  const cases: readonly [string, InferenceRecord][] = [
    ['hardware', changed(({ host }) => ({ host: { ...host, memoryBytes: 2 ** 36 } }))],
    ['engine', changed(({ engine }) => ({ engine: { ...engine, version: '0.9' } }))],
    [
      'engine',
      changed(({ engine }) => ({ engine: { ...engine, options: { ...engine.options, intraOpNumThreads: 7 } } })),
    ],
    ['images', changed(({ input }) => ({ input: { ...input, description: 'data: 7 x 7 RGB NCHW float32' } }))],
    ['batch', changed(() => ({ batchSize: 8 }))],
    ['images', changed(({ images }) => (images === undefined ? {} : { images: { ...images, count: 7 } }))],
    ['protocol', changed(({ options }) => ({ options: { ...options, maxDuration: 7 } }))],
    ['energy-kind', changed(({ energy }) => (energy === undefined ? {} : { energy: { ...energy, kind: 'modelled' } }))],
  ]

  test.each(cases)('in their %s are refused', async (condition, now) => {
    await expect(compare([before], [now])).rejects.toMatchObject({
      code: 'E_COMPARE_DIFFERENT',
      message: expect.stringContaining(condition),
      hint: expect.stringContaining(`--allow-different ${condition}`),
    })
  })

  test.each(cases)('in their %s are compared when that is allowed, and it is told', async (condition, now) => {
    const { rows, allowed } = await compare([before], [now], { allowed: [condition as 'hardware'] })
    expect(rows).toHaveLength(1)
    expect(allowed.map((one) => one.condition)).toEqual([condition])
  })

  test('are told by the options of the engine that differ, and no others', async () => {
    const withOptions = (options: object) =>
      changed(({ engine }) => ({ engine: { ...engine, options: { ...options } } }))
    const base = { ...withOptions({ level: 'all', spins: true, graph: 'SavedModel' }), id: 'base' }
    const now = withOptions({ level: 'disabled', spins: true })
    await expect(compare([base], [now])).rejects.toThrow(/level "all"; .*level "disabled"\)$/)
  })

  const withCpu = (facts: object): InferenceRecord =>
    changed(({ host }) => ({ host: { ...host, cpu: { model: 'Example CPU', logicalCpus: 8, ...facts } } }))
  const onBoard = (id: string, board: string): InferenceRecord => {
    const record = madeRun({ id })
    if (record.energy === undefined) throw new Error('no energy')
    const source = `NVML energy of the whole board, ${board}`
    const domains = record.energy.domains.map((one) => ({ ...one, profiler: 'nvml', part: 'gpu' as const, source }))
    return {
      ...record,
      engine: { ...record.engine, executionProvider: 'cuda' },
      energy: { ...record.energy, domains },
    }
  }

  test.each([
    ['boards', onBoard('a', 'A100-SXM4-40GB'), onBoard('b', 'Tesla T4')],
    ['limits of processor time', withCpu({ quotaCpus: 1 }), withCpu({ quotaCpus: 2 })],
    ['cores', withCpu({ physicalCores: 4 }), withCpu({ physicalCores: 8 })],
  ])('in their %s are of other hardware, as in a leaderboard', async (_what, base, now) => {
    await expect(compare([base], [{ ...now, id: 'other' }])).rejects.toMatchObject({
      code: 'E_COMPARE_DIFFERENT',
      message: expect.stringContaining('hardware'),
    })
    for (const name of ['base', 'now']) rmSync(join(folder, name), { recursive: true })
    expect((await compare([base], [{ ...base, id: 'again' }])).rows).toHaveLength(1)
  })

  test('nobody minds another machine where parameters are counted', async () => {
    const { rows } = await compare([before], [cases[0]?.[1] ?? before], { metrics: ['parameters'] })
    expect(rows).toHaveLength(1)
  })

  test('another model is what may be compared', async () => {
    const other = changed(({ model }) => ({ model: { ...model, name: 'other' } }))
    expect((await compare([before], [other])).rows[0]?.case).toBe('other, batch 1, onnxruntime')
  })

  test('a run that one side alone has is refused, and left out when that is allowed', async () => {
    const eight = [before, { ...before, id: 'eight', batchSize: 8 }]
    await expect(compare(eight, [madeRun({ id: 'now' })])).rejects.toMatchObject({ code: 'E_COMPARE_CASES' })
    for (const name of ['base', 'now']) rmSync(join(folder, name), { recursive: true })
    expect((await compare(eight, [madeRun({ id: 'now' })], { allowed: ['cases'] })).rows).toHaveLength(1)
  })
})

describe('records with gaps', () => {
  test('count only the windows that have the figure', async () => {
    const now = madeRun({ id: 'now', seed: 2 })
    const windows = now.samples.windows.map(({ joules: _j, low: _l, high: _h, ...rest }, index) =>
      index < 7 ? rest : { ...rest, joules: 20 },
    )
    const { rows } = await compare([before], [{ ...now, samples: { ...now.samples, windows } }])
    expect(rows[0]?.samples).toMatchObject({ base: 10, now: 3 })
  })

  test.each([
    ['welch', 2],
    ['welch', 1],
    ['mann-whitney', 3],
    ['permutation', 3],
    ['bootstrap', 9],
  ] as const)('of too few windows for %s (%s) are no regression', async (name, windows) => {
    const now = madeRun({ id: 'now', joules: 2, windows })
    const { rows } = await compare([madeRun({ id: 'base', windows, seed: 2 })], [now], { test: name })
    expect(rows[0]).toMatchObject({ verdict: 'too few', samples: { base: windows, now: windows } })
    expect([rows[0]?.low, rows[0]?.probability]).toEqual([undefined, undefined])
  })

  const withJoules = (id: string, joules: readonly number[]): InferenceRecord => {
    const run = madeRun({ id, windows: joules.length })
    const windows = run.samples.windows.map((window, index) => ({ ...window, joules: joules[index] ?? 0 }))
    return { ...run, samples: { ...run.samples, windows } }
  }

  test.each([
    ['energyPerInference', [0, 0, 0, 0, 20, 21]],
    // 7.7 W when idle, for 2 s.
    ['netEnergyPerInference', [15, 15.1, 15.2, 15.3, 20, 21]],
  ])('with windows of %s at or below 0 are refused, none is left out', async (name, joules) => {
    const now = withJoules('now', [20, 21, 22, 23, 24, 25])
    await expect(compare([withJoules('base', joules)], [now], { metrics: [name] })).rejects.toMatchObject({
      code: 'E_COMPARE_RANGE',
      message: expect.stringContaining('of which no ratio can be made'),
    })
  })

  test('with windows below 0 count whole where three runs are a side', async () => {
    const runs = (side: string, add: number) =>
      [0, 1, 2].map((run) => withJoules(`${side}${run}`, [10, 20 + add + run / 10, 30 + run / 10]))
    const { rows } = await compare(runs('a', 0), runs('b', 3), { metrics: ['netEnergyPerInference'] })
    // (10 + 20.1 + 30.1) / 3 - 2 s * 7.7 W, by 20 inferences.
    expect(rows[0]?.base).toBeCloseTo((60.2 / 3 - 15.4) / 20, 12)
  })

  test('without the figure at all are refused with the reason', async () => {
    const { energy: _, ...now } = { ...before, id: 'now', missing: [{ field: 'energy', reason: 'no profiler' }] }
    await expect(compare([before], [now], { allowed: ['energy-kind', 'protocol'] })).rejects.toMatchObject({
      code: 'E_COMPARE_ABSENT',
      message: 'resnet18 has no energyPerInference: no profiler',
    })
  })

  test('that did not come to their end, or stand there twice, are told of', async () => {
    const { notes } = await compare([before, before], [{ ...madeRun({ id: 'now' }), complete: false }])
    expect(notes).toEqual([
      expect.stringContaining('1 run stands there more than once and count once'),
      expect.stringContaining('1 run did not come to the end'),
    ])
  })

  test('of a replay count once, with the run that it was made from', async () => {
    const again = [2, 3].map((run) => ({
      ...before,
      id: `again${run}`,
      replay: { of: 'before', changed: ['country'] },
    }))
    const { rows, notes } = await compare([before, ...again], [madeRun({ id: 'now', seed: 2 })])
    expect(rows[0]?.samples).toEqual({ base: 10, now: 10, unit: 'windows' })
    expect(notes).toEqual([expect.stringContaining('2 replays of a run that stands there too, which counts once')])
  })

  test('that say something else under one id are left out and named, both', async () => {
    const claims = [madeRun({ id: 'before' }), madeRun({ id: 'before', joules: 10 })]
    const { rows, notes } = await compare([...claims, madeRun({ id: 'other' })], [madeRun({ id: 'now', seed: 2 })])
    expect(rows[0]?.samples?.base).toBe(10)
    expect(rows[0]?.base).toBeLessThan(1.1)
    expect(notes.map((note) => note.slice(folder.length))).toEqual(
      ['0', '1'].map((name) => `/base/${name}.json was left out: another file holds a different record with this id`),
    )
    await expect(side('clash', ...claims)).rejects.toMatchObject({ code: 'E_COMPARE_EMPTY' })
  })

  test('a run compared with its replay is told of', async () => {
    const { notes } = await compare([before], [{ ...before, id: 'again', replay: { of: 'before', changed: ['pue'] } }])
    expect(notes[0]).toContain('itself')
  })

  test('a run compared with itself is told of', async () => {
    const { notes, rows } = await compare([before], [before])
    expect(rows[0]?.verdict).toBe('tie')
    expect(notes[0]).toContain('itself')
  })

  test('a folder without results is refused', async () => {
    await expect(side('empty')).rejects.toMatchObject({ code: 'E_COMPARE_EMPTY' })
  })
})
