import { expect, test } from 'vitest'
import type { InferenceRecord } from '../../src/core/record.js'
import { barChart } from '../../src/results/charts/bar-chart.js'
import { chartLabel, drawnWidth } from '../../src/results/charts/chart-label.js'
import { besideEachOther } from '../../src/results/charts/comparison-charts.js'
import { drawChart } from '../../src/results/charts/draw-chart.js'
import { drawSvg } from '../../src/results/charts/draw-svg.js'
import { budgetChart } from '../../src/results/charts/energy-charts.js'
import { latencyChart } from '../../src/results/charts/latency-chart.js'
import { lineChart } from '../../src/results/charts/line-chart.js'
import { paretoChart } from '../../src/results/charts/pareto-chart.js'
import { powerChart } from '../../src/results/charts/power-chart.js'
import { inferenceCharts, layerChart } from '../../src/results/charts/record-charts.js'
import { scatterChart } from '../../src/results/charts/scatter-chart.js'
import { JOULES, WATTS } from '../../src/results/quantity.js'
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

test('the chart of uncertainty draws the parts of one interval, and names those of others', () => {
  const chart = budgetChart({
    unit: 'inference',
    energy: { joules: 1, low: 0.34, high: 2.47 },
    budget: [
      { source: 'edge', of: 'gross', relative: 0.02 },
      { source: 'model', relative: 1.06 },
      { source: 'repeats', of: 'gross', relative: 0.03 },
      { source: 'idle baseline', of: 'net', relative: 37.92 },
      { source: 'carbon factor', of: 'carbon', relative: 0.14 },
      { source: 'marginal instead of average intensity', of: 'basis', relative: 0.4 },
    ],
  })
  const option = chart?.option as { yAxis: { data: readonly string[] } } | undefined
  expect(option?.yAxis.data.map((name) => name.replace('\u2060', ''))).toEqual(['model', 'repeats', 'edge'])
  expect(chart?.title).toBe('Uncertainty of the energy per inference')
  expect(chart?.note).toBe(
    'half-widths of what makes up -66% +147%, in which repeats and what blurs each window count once; ' +
      'net energy has besides: idle baseline ± 38 times; CO2 has besides: carbon factor ± 14%',
  )
  expect(cellsOf(chart)?.map(([source, , of]) => [source, of])).toEqual([
    ...['model', 'repeats', 'edge'].map((source) => [source, 'energy per inference']),
    ['idle baseline', 'net energy alone'],
    ['carbon factor', 'CO2 alone'],
  ])
})

test('what tells runs of one model apart is whole in their charts', async () => {
  const run = {
    ...sampleInference(),
    model: { ...sampleInference().model, name: 'a model with a name as long as a train' },
  }
  const [chart] = besideEachOther([run, { ...run, id: 'b', startedAt: '2025-03-02T09:30:00Z' }])
  if (chart === undefined) throw new Error('no chart')
  const texts = (await drawSvg(chart, 'one')).match(/(?<=>)[^<]*, 2025-[^<]*(?=<)/g)
  expect(texts?.map((text) => text.slice(-18))).toEqual([', 2025-03-01 10:00', ', 2025-03-02 09:30'])
  expect(cellsOf(chart)?.map(([name]) => name)).toEqual([
    'a model with a name as long as a train, batch 1, 2025-03-01 10:00',
    'a model with a name as long as a train, batch 1, 2025-03-02 09:30',
  ])
})

test.each([1.5, 1.8, 2.1, 2.4, 2.7, 3, 3.3, 3.6, 3.9])(
  'names of points at 1 J and %d J do not touch',
  async (joules) => {
    const at = (name: string, joules: number, top1: number) => ({
      ...{ name, place: 'front' as const },
      ...{ energy: { joules, low: joules, high: joules }, accuracy: { top1, low: top1, high: top1 } },
    })
    const chart = paretoChart([
      at('low', 0.01, 0.5),
      at('wide', 1, 0.76),
      at('exactE', joules, 0.761),
      at('top', 900, 0.9),
    ])
    if (chart === undefined) throw new Error('no chart')
    const picture = await drawSvg(chart, 'one')
    const ends = ['wide', 'exactE'].flatMap((name) => {
      const [, x] = new RegExp(`translate\\(([\\d.]+) [\\d.]+\\)"[^>]*>${name}<`).exec(picture) ?? []
      const half = (drawnWidth(name) * 11) / 24
      return x === undefined ? [] : [Number(x) - half, Number(x) + half]
    })
    expect(ends).toEqual([...ends].sort((one, other) => one - other))
    expect(ends.length).toBeGreaterThan(0)
  },
)

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

test('a name out of a file can neither reorder, recolour nor break the lines of a picture', async () => {
  const name = 'a\u202eb\u2066c\u001b[31md\u009be\nf'
  const figure = { joules: 1, low: 1, high: 2, top1: 0.5 }
  const point = { name, energy: figure, accuracy: { ...figure, low: 0.4, high: 0.6 }, place: 'front' } as const
  const axis = { title: 'power', unit: WATTS }
  const points = [[1, 2]] as const
  const charts = [
    barChart({
      title: '',
      description: '',
      quantity: '',
      unit: JOULES,
      names: '',
      bars: [{ name, figure: { value: 1 } }],
    }),
    paretoChart([point, { ...point, energy: { joules: 2, low: 2, high: 3 } }]),
    scatterChart(
      [
        { name, points },
        { name: `${name}2`, points },
      ],
      axis,
      axis,
    ),
  ]
  for (const chart of charts) {
    if (chart === undefined) throw new Error('no chart')
    const { markup } = await drawChart(chart, { id: 'one' })
    const picture = /<\/desc>(.*)<\/svg>/s.exec(markup)?.[1] ?? ''
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
    expect(picture).not.toMatch(/[\u001b\u009b\u202e\u2066]/)
    expect(picture).toContain('\\u202e')
  }
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
  'a thing called %s is drawn like any other, and changes nothing else',
  async (name) => {
    const record = sampleInference()
    const figure = { joules: 1, low: 1, high: 2, top1: 0.5 }
    const point = { name, energy: figure, accuracy: { ...figure, low: 0.4, high: 0.6 }, place: 'front' } as const
    const axis = { title: name, unit: WATTS }
    const groups = [
      { name, points: [[1, 2]] as const },
      { name: 'other', points: [[2, 3]] as const },
    ]
    const line = { name, figures: [{ value: 1 }, { value: 2 }] }
    const words = { title: name, description: name, quantity: name, unit: JOULES }
    const charts = [
      ...inferenceCharts({
        ...record,
        layers: [{ name, operator: name, parameters: 0, macs: 5 }],
        ...(record.energy && { energy: { ...record.energy, budget: [{ source: name, relative: 0.1 }] } }),
      }),
      paretoChart([point, { ...point, energy: { joules: 2, low: 2, high: 3 } }]),
      scatterChart(groups, axis, axis),
      lineChart({ ...words, step: name, steps: [1, 2], lines: [line, { ...line, name: 'other' }] }),
      barChart({ ...words, names: name, bars: [{ name, figure: { value: 1 } }] }),
    ]
    for (const chart of [...charts, ...charts]) {
      if (chart === undefined) throw new Error('no chart')
      await drawChart(chart, { id: 'one' })
    }
    const pictures = await Promise.all(charts.slice(-4).map((chart) => chart && drawSvg(chart, 'one')))
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(Reflect.ownKeys(Object.prototype).filter((key) => key === 'prev' || key === 'next')).toEqual([])
    for (const picture of pictures) expect(picture).toContain(`>${name}`)
  },
)

test('the name of a bar has room for its widest letters, and no name takes the place of the bars', () => {
  // Advances in DejaVu Sans, by its hmtx table: / 690, digits 1303, G 1587, e 1260, m 1995 of 2048.
  expect(drawnWidth('/14/Gemm')).toBeGreaterThan((12 * (2 * 690 + 2 * 1303 + 1587 + 1260 + 2 * 1995)) / 2048)
  for (const letter of ['m', 'i', '\u4e2d', '\u202e']) {
    expect(drawnWidth(chartLabel(letter.repeat(5000), 26, 200))).toBeLessThanOrEqual(200)
  }
})

test('latencies of two kinds are drawn on a logarithmic axis, not as one bar', () => {
  const record = sampleInference()
  const quick = Array.from({ length: 880 }, (_, index) => 50e-6 * (1 + (index % 40) / 100))
  const slow = Array.from({ length: 120 }, (_, index) => 10e-3 * (1 + index / 100))
  record.samples.latencySeconds = [...quick, ...slow]
  const chart = latencyChart(record.latency, record.samples, 'batch')
  expect(chart?.note).toContain('; logarithmic axis')
  const option = chart?.option as { series: [{ data: [number, number][] }] } | undefined
  const heights = (option?.series[0].data ?? []).filter((_, index) => index % 2 === 0).map(([, count]) => count)
  expect(heights.reduce((sum, count) => sum + count, 0)).toBe(1000)
  expect(Math.max(...heights)).toBeLessThan(500)
})

test('latencies that are all but the same stay on an even axis', () => {
  const record = sampleInference()
  record.samples.latencySeconds = [...new Array(100).fill(0.02), 0.021]
  expect(latencyChart(record.latency, record.samples, 'batch')?.note).not.toContain('logarithmic')
})

test('the axis of energies has room for the intervals of all models', () => {
  const pointOf = (joules: number, low: number, high: number) => ({
    name: 'x',
    energy: { joules, low, high },
    accuracy: { top1: 0.8, low: 0.7, high: 0.9 },
    place: 'front' as const,
  })
  const chart = paretoChart([pointOf(0.02, 0.009, 0.05), pointOf(1.8, -0.5, 4.4)])
  expect(chart?.option).toMatchObject({ xAxis: { type: 'log', min: 5, max: 5000 } })
})
