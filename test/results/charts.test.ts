import { expect, test } from 'vitest'
import type { InferenceRecord } from '../../src/core/record.js'
import { barChart } from '../../src/results/charts/bar-chart.js'
import { drawChart } from '../../src/results/charts/draw-chart.js'
import { latencyChart } from '../../src/results/charts/latency-chart.js'
import { powerChart } from '../../src/results/charts/power-chart.js'
import { inferenceCharts, layerChart } from '../../src/results/charts/record-charts.js'
import { JOULES } from '../../src/results/quantity.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

const powerOf = ({ samples, energy }: InferenceRecord) => energy && powerChart(samples.windows, energy)
const cellsOf = (chart: { data: { rows: readonly { cells: readonly unknown[] }[] } } | undefined) =>
  chart?.data.rows.map(({ cells }) => cells)

test('the power of a window is its joules by its seconds, with the interval', () => {
  expect(cellsOf(powerOf(sampleInference()))).toEqual([['1.500 s', '5 s', '24.40 W', '24 W to 24.80 W']])
})

test('a run whose windows have no joules has no chart of power', () => {
  const record = sampleInference()
  record.samples.windows = [{ startedAt: 0, seconds: 5, inferences: 200 }]
  expect(powerOf(record)).toBeUndefined()
})

test('a histogram of latencies counts every sample, those beyond its end in words', () => {
  const record = sampleInference()
  record.samples.latencySeconds = [...Array.from({ length: 999 }, (_, index) => 0.02 + index * 1e-6), 0.5]
  const chart = latencyChart(record.latency, record.samples, 'batch')
  expect(chart?.note).toContain('; 5 slower ones')
  const option = chart?.option as { series: [{ data: [number, number][] }] } | undefined
  const heights = (option?.series ?? [{ data: [] }])[0].data
    .filter((_, index) => index % 2 === 0)
    .map(([, count]) => count)
  expect(heights.reduce((sum, count) => sum + count, 0)).toBe(995)
})

test('layers are drawn by their MACs, those without any left out', () => {
  expect(cellsOf(layerChart(sampleInspection().layers))?.map(([name]) => name)).toEqual([
    'resnetv15_conv0_fwd',
    'resnetv15_dense0_fwd',
  ])
})

test('more bars than can be taken in are left to the table', () => {
  const bars = Array.from({ length: 300 }, (_, index) => ({ name: `run ${index}`, figure: { value: index + 1 } }))
  const chart = barChart({ title: 'Runs', description: '', quantity: 'energy', unit: JOULES, names: 'Run', bars })
  expect(chart?.note).toBe('the first 50 of 300')
  expect(cellsOf(chart)).toHaveLength(300)
})

test('the same chart is drawn as the same bytes, whatever was drawn before', async () => {
  const draw = async () => {
    const pictures = inferenceCharts(sampleInference()).map((chart) => drawChart(chart, { id: 'one' }))
    return (await Promise.all(pictures)).map(({ markup }) => markup)
  }
  expect(await draw()).toEqual(await draw())
})

test('a name out of a file cannot become markup in a picture', async () => {
  const [layer] = sampleInspection().layers ?? []
  const chart = layerChart([{ ...layer, name: '<script>"&', operator: '<img src=x>', parameters: 0, macs: 5 }])
  if (chart === undefined) throw new Error('no chart')
  const { markup } = await drawChart(chart, { id: 'one' })
  expect(markup).not.toMatch(/<(script|img)/)
  expect(markup).toContain('&lt;script&gt;')
})

test('a picture tells what it shows to those who do not see it', async () => {
  const [chart] = inferenceCharts(sampleInference())
  if (chart === undefined) throw new Error('no chart')
  const { markup } = await drawChart(chart, { id: 'power' })
  expect(markup).toContain('aria-labelledby="power-title power-text"')
  expect(markup).toContain('<desc id="power-text">Mean power of 1 windows, measured: from 24.40 W to 24.40 W')
})
