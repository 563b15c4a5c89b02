import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { badgeSvg } from '../../../src/results/label/badge-svg.js'
import { GLYPHS } from '../../../src/results/label/glyphs.js'
import { LETTER_COLOURS, NO_GRADE } from '../../../src/results/label/label-colours.js'
import { labelFacts } from '../../../src/results/label/label-facts.js'
import { pngOf } from '../../../src/results/label/label-png.js'
import { labelSvg } from '../../../src/results/label/label-svg.js'
import { escapeXml, outlinedText, widthOf } from '../../../src/results/label/outlined-text.js'
import { sampleRecord } from '../../helpers/sample-runs.js'

const aboutOf = (svg: string) => /<desc[^>]*>([^<]*)<\/desc>/.exec(svg)?.[1]

/** Contrast of WCAG 2. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
      const channel = Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16) / 255
      return sum + weight * (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
    }, 0)
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

describe('labelSvg', () => {
  test('tells those who do not see it all that it shows', () => {
    const svg = labelSvg(labelFacts(sampleRecord({ joules: 0.05, top1: 0.72 })))
    expect(svg).toContain('resnet18: energy grade C</title>')
    expect(aboutOf(svg)).toBe(
      'Energy per inference: 50.0 ± 1.0 mJ (measured). CO2e per 1,000 inferences: 82 ± 12 mg (World, 480 g/kWh). ' +
        'Accuracy, top-1: 72.0% (measured, 50,000 images). Example CPU 1000, 4 cores, 8 threads. ' +
        'onnxruntime 1.30.0 on cpu, batch 1. Run of 2025-03-01, edition 2026, greenbench 0.1.0.',
    )
  })

  test('says that an accuracy is stated, and by whom', () => {
    const facts = labelFacts({ ...sampleRecord(), images: undefined } as never, { top1: 0.6976, source: 'torchvision' })
    expect(facts.rows[2]).toEqual({
      name: 'Accuracy, top-1',
      figure: '69.8%',
      source: 'stated, not measured: torchvision',
    })
    expect(facts.grade).toMatchObject({ letter: 'E' })
  })

  test('says why there is no grade', () => {
    const record = sampleRecord()
    delete record.energy
    const svg = labelSvg(labelFacts(record))
    expect(svg).toContain('resnet18: no energy grade</title>')
    expect(aboutOf(svg)).toContain('Not graded: energy is not known. Energy per inference: not known (not measured).')
  })

  test('gives the same bytes for the same record', () => {
    expect(labelSvg(labelFacts(sampleRecord()))).toBe(labelSvg(labelFacts(sampleRecord())))
  })

  test('follows the reader unless told otherwise', () => {
    const facts = labelFacts(sampleRecord())
    expect(labelSvg(facts)).toContain('prefers-color-scheme:dark')
    expect(labelSvg(facts, 'dark')).not.toContain('prefers-color-scheme')
  })

  test('stays well-formed SVG without scripts, whatever the model is called', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constant('"/><script>alert(1)</script>&#0;\u0000\ud800'),
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (model) => {
        const record = sampleRecord({ model })
        record.engine.name = model
        for (const svg of [labelSvg(labelFacts(record)), badgeSvg(labelFacts(record))]) {
          expect(svg).not.toMatch(/<script|<foreignObject|\son\w+=|javascript:/i)
          // libxml2 refuses what is not well-formed.
          await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject({ format: 'svg' })
        }
      }),
      { numRuns: 40 },
    )
  })

  test('needs no font for what is written in Latin letters', () => {
    expect(labelSvg(labelFacts(sampleRecord({ model: 'Größe_µ-Ω'.replace('Ω', 'x') })))).not.toContain('<text')
  })
})

test('a PNG is three times as large as the SVG says', async () => {
  const { width, height } = await sharp(await pngOf(labelSvg(labelFacts(sampleRecord()), 'light'))).metadata()
  expect([width, height]).toEqual([1200, 1692])
})

test('a badge names energy and grade', () => {
  expect(badgeSvg(labelFacts(sampleRecord({ joules: 0.05, top1: 0.72 })))).toContain(
    'aria-label="resnet18: 50.0 ± 1.0 mJ per inference, measured, grade C of edition 2026, Example CPU 1000, 4 cores, 8 threads, 2025-03-01"',
  )
})

test('a badge of a model of the machine does not look like a measurement', () => {
  const badge = (kind: 'measured' | 'modelled') => {
    const record = sampleRecord({ joules: 0.05, top1: 0.72 })
    if (record.energy !== undefined) Object.assign(record.energy, { kind, measuredShare: kind === 'measured' ? 1 : 0 })
    return badgeSvg(labelFacts(record))
  }
  expect(badge('modelled')).toContain(' mJ per inference, modelled,')
  const drawn = (svg: string) => svg.replace(/aria-label="[^"]*"|<title>.*<\/title>/g, '')
  expect(drawn(badge('modelled'))).not.toBe(drawn(badge('measured')))
})

test('white can be read on every colour', () => {
  for (const colour of [...Object.values(LETTER_COLOURS), NO_GRADE]) {
    expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colour, '#131c21')).toBeGreaterThanOrEqual(2.9)
  }
})

/** What a line of outlines says, its size and the width that it takes. */
function readOutlines(svg: string) {
  const characters = new Map([...GLYPHS].reverse().map(([character, [, path]]) => [path, character]))
  return [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)">(.*?)<\/g>/g)].map(
    ([, x = '', y = '', scale = '', paths = '']) => ({
      text: [...paths.matchAll(/ d="([^"]+)"/g)].map(([, path = '']) => characters.get(path)).join(''),
      ...{ x: Number(x), y: Number(y), size: Number(scale) * 1000 },
    }),
  )
}

describe('a figure on a label', () => {
  const joules = fc
    .tuple(
      fc.double({ min: -7, max: 5, noNaN: true }),
      fc.double({ min: 1e-4, max: 1.5, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
    )
    .map(([power, spread, skew]) => ({
      value: 10 ** power,
      low: 10 ** power * Math.max(0, 1 - spread),
      high: 10 ** power * (1 + spread * skew),
    }))

  test('is never cut, whatever it is', () => {
    const record = sampleRecord()
    fc.assert(
      fc.property(joules, ({ value, low, high }) => {
        Object.assign(record.energy?.perInference ?? {}, { joules: value, low, high })
        Object.assign(record.carbon?.perInference ?? {}, { grams: value / 7000, low: low / 7000, high: high / 7000 })
        const lines = readOutlines(labelSvg(labelFacts(record)))
        for (const { figure = '' } of labelFacts(record).rows) {
          const drawn = lines.find(({ text }) => text === figure.replaceAll(' ', ''))
          expect(drawn?.size, figure).toBeGreaterThan(7)
          expect((drawn?.x ?? 0) + widthOf(figure, drawn?.size ?? 0)).toBeCloseTo(372, 0)
        }
      }),
      { numRuns: 5000 },
    )
  })

  test.each([1.019, 1.031, 1.007])('stands whole where it must only be made smaller: %d mJ', (millijoules) => {
    const record = sampleRecord({ joules: millijoules / 1000 })
    const ends = { low: 0.97e-3 * millijoules, high: 1.03e-3 * millijoules }
    Object.assign(record.energy?.perInference ?? {}, ends)
    expect(readOutlines(labelSvg(labelFacts(record))).some(({ text }) => text.includes('…'))).toBe(false)
  })

  test('stands whole behind the name of a place that is cut', () => {
    const record = sampleRecord()
    Object.assign(record.carbon?.factor ?? {}, { zoneName: 'W'.repeat(300), gramsPerKwh: 380 })
    const lines = readOutlines(labelSvg(labelFacts(record)))
    expect(lines.find(({ text }) => text.includes('WW'))?.text).toMatch(/^W+…W+,380g\/kWh$/)
  })
})

test('a text that can be made to fit is not cut', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{1,60}$/), fc.double({ min: 0.651, max: 3, noNaN: true }), (text, share) => {
      const room = widthOf(text, 20) * share
      const drawn = readOutlines(outlinedText({ x: 0, y: 0, size: 20, tone: 'ink', room, text }))
      expect(drawn[0]?.text).toBe(text.replaceAll(' ', ''))
    }),
    { numRuns: 3000 },
  )
})

describe('outlinedText', () => {
  const line = { x: 0, y: 0, size: 20, tone: 'ink', room: 100 }

  test('keeps a text in its room', () => {
    const short = widthOf('mmmmmmmmmm', 20)
    expect(short).toBeGreaterThan(100)
    const scale = Number(/scale\(([\d.]+)\)/.exec(outlinedText({ ...line, text: 'mmmmmmmmmm' }))?.[1])
    const places = [...outlinedText({ ...line, text: 'm'.repeat(50) }).matchAll(/translate\((\d+)\)/g)].map(Number)
    expect(scale).toBeLessThan(0.02)
    expect(places.length).toBeLessThan(50)
  })

  test('writes characters that have no outline as text, pressed into their room', () => {
    expect(outlinedText({ ...line, text: '模型' })).toBe(
      '<text class="ink" x="0" y="0" font-family="sans-serif" font-size="20" textLength="40" lengthAdjust="spacingAndGlyphs">模型</text>',
    )
  })
})

test('escapeXml leaves nothing that XML reads', () => {
  expect(escapeXml(`<a b="c" d='e'>&\u0007`)).toBe('&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;\\u0007')
})
