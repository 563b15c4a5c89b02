import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnChart } from '../../../src/results/plot/column-chart.js'
import { histogram } from '../../../src/results/plot/histogram.js'
import { recordPlots } from '../../../src/results/plot/record-plots.js'
import { SECONDS, WATTS } from '../../../src/results/quantity.js'
import { colourStyle, plainStyle } from '../../../src/results/text-style.js'
import { sampleInference, sampleInspection } from '../../helpers/sample-records.js'
import { sampleTraining } from '../../helpers/sample-training.js'

const view = { width: 60, style: plainStyle, isUnicode: true }
const stretch = (startedAt: number, seconds: number, value: number) => ({ startedAt, seconds, value })

/** Widest line, colours aside. */
const widthOf = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length))

describe('a chart over time', () => {
  test('has columns as high as the value, on an axis that ends at a round figure', () => {
    const text = columnChart('power', [stretch(0, 1, 10), stretch(1, 1, 5)], WATTS, view)
    const lines = text.split('\n')
    expect(lines[1]).toMatch(/^10 W ┤█{26,27}$/)
    expect(lines[5]).toMatch(/^ 5 W ┤█{53}$/)
    expect(lines.slice(9, 11)).toEqual([` 0 W └${'─'.repeat(53)}`, `      0 s${'2 s'.padStart(50)}`])
  })

  test('leaves a gap where nothing was measured', () => {
    const text = columnChart('power', [stretch(0, 1, 10), stretch(2, 1, 10)], WATTS, view)
    expect(text.split('\n')[8]).toMatch(/┤?│█{17,19} {16,18}█{17,19}$/)
  })

  test('shows the mean of stretches that share a column', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => stretch(index, 1, index % 2 === 0 ? 0 : 10))
    expect(columnChart('power', many, WATTS, view).split('\n')[5]).toMatch(/┤█{53}$/)
  })

  test('is ASCII where the terminal is', () => {
    expect(columnChart('power', [stretch(0, 1, 1.3)], WATTS, { ...view, isUnicode: false })).toMatch(/^[\x20-\x7e\n]+$/)
  })

  test('fits into the terminal, whatever the values', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(0, 5e-324, 1e-30, 3e-9))
    const stretches = fc.array(fc.tuple(fc.double({ min: 0, max: 1e5, noNaN: true }), value), { maxLength: 9 })
    fc.assert(
      fc.property(stretches, fc.integer({ min: 40, max: 250 }), (all, width) => {
        const text = columnChart(
          'x',
          all.map(([at, of]) => stretch(at, 1, of)),
          WATTS,
          { ...view, width },
        )
        expect(widthOf(text)).toBeLessThanOrEqual(width)
        expect(text).not.toMatch(/NaN|undefined|Infinity/)
      }),
    )
  })
})

describe('a histogram', () => {
  test('has every event in one bar, and the slowest percent apart', () => {
    const samples = [...Array.from({ length: 99 }, (_, index) => 1 + index / 100), 50]
    const text = histogram('latency', samples, 1, SECONDS, view)
    const counts = [...text.matchAll(/ (\d+)$/gm)].map(([, digits]) => Number(digits))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100)
    expect(text).toMatch(/^above 2\.\d+ s .* 1$/m)
  })

  test('of equal samples is one bar', () => {
    expect(histogram('latency', [2, 2, 2], 7, SECONDS, view)).toMatch(/^2 s +█+ +21$/m)
  })
})

describe('the charts of a record', () => {
  test('of a run are power, latency and the parts of its energy', () => {
    const text = recordPlots([sampleInference()], { ...view, width: 100 })
    expect(text).toMatch(/^power, measured: resnet18, batch 1$/m)
    expect(text).toMatch(/^batches by latency: resnet18, batch 1$/m)
    expect(text).toMatch(/^rapl core .* measured, not counted$/m)
  })

  test('of several runs begin with their energy beside each other', () => {
    expect(recordPlots([sampleInference(), sampleInference()], view)).toMatch(/^energy per inference\n/)
  })

  test('of a training are power and its epochs', () => {
    expect(recordPlots([sampleTraining()], { ...view, width: 100 })).toMatch(
      /^epoch 2 .* 100 ± 10 J +accuracy 70\.0%$/m,
    )
  })

  test('of an inspection are its layers, the costly first', () => {
    expect(recordPlots([sampleInspection()], view)).toMatch(
      /^resnetv15_conv0_fwd .* 118\.0 M +99\.6%\n.*512\.0 k +0\.4%$/m,
    )
  })

  test('say so where there is nothing to draw', () => {
    const { layers: _layers, ...bare } = sampleInspection()
    expect(recordPlots([bare], view)).toBe('nothing to plot: no energy, no latencies, no layers\n')
  })

  test('are the same in colour, and fit', () => {
    const records = [sampleInference(), sampleTraining(), sampleInspection()]
    const [plain, coloured] = [plainStyle, colourStyle].map((style) =>
      recordPlots(records, { ...view, width: 90, style }),
    )
    expect(stripVTControlCharacters(coloured ?? '')).toBe(plain)
    expect(widthOf(plain ?? '')).toBeLessThanOrEqual(90)
  })
})
