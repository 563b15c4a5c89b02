import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Row, SidesReport } from '../../../src/results/compare/compare-sides.js'
import { sidesBenchmarkAction, sidesJson } from '../../../src/results/compare/sides-json.js'
import { sidesJunit } from '../../../src/results/compare/sides-junit.js'
import { sidesMarkdown } from '../../../src/results/compare/sides-markdown.js'
import { sidesText } from '../../../src/results/compare/sides-text.js'
import { METRICS } from '../../../src/results/gate/metric.js'
import { sideBars } from '../../../src/results/plot/side-bars.js'
import { plainStyle } from '../../../src/results/text-style.js'

const [energy] = METRICS
const throughput = METRICS.find(({ name }) => name === 'throughput')
if (energy === undefined || throughput === undefined) throw new Error('no such metric')

const row: Row = {
  ...{ side: 'new.json', case: 'resnet18, batch 1, onnxruntime', metric: energy, base: 0.5, now: 0.55 },
  ...{ ratio: 1.1, low: 1.08, high: 1.12, samples: { base: 10, now: 10, unit: 'windows' }, test: 'welch' },
  ...{ isModelled: false, probability: 1e-5, adjusted: 2e-5, verdict: 'regression' },
}

const report: SidesReport = {
  base: 'base.json',
  rows: [row, { ...row, metric: throughput, base: 40, now: 41, ratio: 1.025, low: 1, high: Infinity, verdict: 'tie' }],
  options: { metrics: [energy, throughput], maxRegress: 0.05, seed: 1, allowed: [] },
  familyTail: 0.05,
  allowed: [],
  notes: ['new.json: 1 run did not come to the end'],
}

const named = (name: string): SidesReport => ({
  ...report,
  base: name,
  rows: [{ ...row, case: name, side: name }],
  notes: [name],
})

/** A pipe, markup of every kind, an escape sequence, a character that turns text around, half a character. */
const HOSTILE = 'a|b`c` **d** [e](https://x.y) <img src=x onerror=1> \u001b[31m\u202e\ud800 @me "q" \'s\' ]]> \n| row |'

/** Control characters but the line break, those that turn text around, and halves of characters. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/u

/** @returns names of the open and closed tags; throws for what is not well-formed XML */
function tagsOf(xml: string): readonly string[] {
  const body = xml.replace(/^<\?xml [^?]*\?>\n/, '')
  const open: string[] = []
  const names: string[] = []
  const token =
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|apos);[^"<&]*)*")*)>|&(?:amp|lt|gt|quot|apos);|[^<&]/gy
  let end = 0
  for (const [found, slash, name] of body.matchAll(token)) {
    end += found.length
    if (name === undefined) continue
    if (slash === '') open.push(name)
    else if (open.pop() !== name) throw new Error(`</${name}> closes another tag`)
    names.push(name)
  }
  if (end !== body.length || open.length > 0) throw new Error(`not well-formed at ${body.slice(end, end + 40)}`)
  return names
}

describe('in the terminal', () => {
  test('has a table for each run, and says how it was tested', () => {
    const text = sidesText(report, 120, plainStyle)
    expect(text).toContain('resnet18, batch 1, onnxruntime: new.json against base.json\n')
    expect(text).toMatch(
      /energyPerInference +500\.0 mJ +550\.0 mJ +\+10\.0% \(\+8\.0 to \+12\.0%\) +p < 0\.001 +regression/,
    )
    expect(text).toMatch(/throughput +40 images\/s +41 images\/s +\+2\.5% \(0\.0% and more\)/)
    expect(text).toContain(
      "Welch's t test of the means, 95% intervals; intervals hold together (Bonferroni), p is corrected for 2 (Holm).",
    )
    expect(text).toContain('Regression: the whole interval is more than 5.0% worse, and p < 0.05.')
  })

  test('moves no cursor, whatever the names are', () => {
    expect(sidesText(named(HOSTILE), 120, plainStyle)).not.toMatch(UNSAFE)
  })
})

describe('too few samples', () => {
  const { low: _low, high: _high, probability: _p, adjusted: _a, ...few } = row
  const told: SidesReport = { ...report, rows: [{ ...few, verdict: 'too few' }] }

  test('are no regression and no pass, in every form', () => {
    const text = sidesText(told, 160, plainStyle)
    expect(text).toMatch(/\+10\.0% \(too few samples to tell\) +too few/)
    expect(text).toContain("whether it is worse or not: Welch's t test of the means needs 3 on each side.")
    expect(sidesMarkdown(told)).toContain('too few samples to tell |')
    expect(sidesMarkdown(told)).toMatch(/^### greenbench: too few samples to tell\n/)
    expect(sidesJunit(told)).toContain(
      '<error message="energyPerInference +10.0% (too few samples to tell)" type="too-few">',
    )
    expect(sidesJunit(told)).toMatch(/<testsuite .*failures="0" errors="1" skipped="0">/)
    expect(tagsOf(sidesJunit(told))).toContain('error')
    const { hasRegressed, hasTooFew, rows } = JSON.parse(sidesJson(told))
    expect([hasRegressed, hasTooFew, rows[0].verdict, rows[0].low]).toEqual([false, true, 'too few', undefined])
  })
})

describe('as bars', () => {
  const bars = (one: Partial<Row>) =>
    sideBars({ ...report, rows: [{ ...row, ...one }] }, { width: 80, style: plainStyle, isUnicode: true })

  test('have the interval of the table, also where it ends at nothing left', () => {
    expect(bars({ ratio: 0.6, low: 0, high: 1.9 })).toContain('-40 (-100 to 90) %')
  })

  test('have no interval where the figure is exact', () => {
    const { low: _low, high: _high, ...exact } = row
    const text = sideBars(
      { ...report, rows: [{ ...exact, test: 'exact' }] },
      { width: 80, style: plainStyle, isUnicode: true },
    )
    expect(text).toMatch(/ 10(\.0+)? %/)
  })
})

describe('as Markdown', () => {
  test('has a row for each figure below a heading that counts the regressions', () => {
    const lines = sidesMarkdown(report).split('\n')
    expect(lines[0]).toBe('### greenbench: 1 regression')
    expect(lines).toContain(
      '| resnet18, batch 1, onnxruntime | new.json | energyPerInference | 500.0 mJ | 550.0 mJ | +10.0% (+8.0 to +12.0%) | p \\< 0.001 | ❌ regression |',
    )
  })

  test('keeps its columns and shows names as they are', () => {
    const text = sidesMarkdown(named(HOSTILE))
    const [head = '', , row = ''] = text.split('\n').filter((line) => line.startsWith('|'))
    const columns = (line: string) => line.replace(/\\./g, '').split('|').length
    expect(columns(row)).toBe(columns(head))
    expect(text).not.toMatch(UNSAFE)
    expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\]\(/)
  })
})

describe('as JUnit', () => {
  test('has a test case for each figure and a failure for each regression', () => {
    const xml = sidesJunit(report)
    expect(tagsOf(xml).filter((name) => name === 'testcase')).toHaveLength(4)
    expect(xml).toContain('tests="2" failures="1"')
    expect(xml).toContain('<failure message="energyPerInference +10.0% (+8.0 to +12.0%)" type="regression">')
  })

  test('is well-formed whatever the names are', () => {
    const name = fc.oneof(fc.constant(HOSTILE), fc.string({ unit: 'binary', maxLength: 30 }))
    fc.assert(
      fc.property(name, (text) => {
        const xml = sidesJunit(named(text))
        expect(() => tagsOf(xml)).not.toThrow()
        expect(xml).not.toMatch(UNSAFE)
      }),
    )
  })
})

describe('as JSON', () => {
  test('has every row, and leaves out what has no end', () => {
    const { rows, hasRegressed, confidence } = JSON.parse(sidesJson(report))
    expect({ hasRegressed, confidence }).toEqual({ hasRegressed: true, confidence: 0.95 })
    expect(rows[0]).toMatchObject({
      metric: 'energyPerInference',
      unit: 'J',
      ratio: 1.1,
      low: 1.08,
      verdict: 'regression',
    })
    expect(rows[1]).not.toHaveProperty('high')
  })

  test('for github-action-benchmark has name, unit, value, range and extra of what is better when smaller', () => {
    expect(JSON.parse(sidesBenchmarkAction(report))).toEqual([
      {
        name: 'resnet18, batch 1, onnxruntime: energyPerInference',
        unit: 'J',
        value: 0.55,
        range: '± 0.01',
        extra: 'new.json: +10.0% (+8.0 to +12.0%), regression, welch',
      },
    ])
  })
})
