import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { intervalBars } from '../../../src/results/plot/interval-bars.js'
import { isUnicodeTerminal } from '../../../src/results/plot/plot-view.js'
import { JOULES } from '../../../src/results/quantity.js'
import { colourStyle, plainStyle } from '../../../src/results/text-style.js'

const view = { width: 80, style: plainStyle, isUnicode: true }
const bars = [
  { label: 'a', figure: { value: 10, low: 8, high: 12 } },
  { label: 'b', figure: { value: 5 } },
]

/** Lines of the chart below its head and rule. */
const body = (text: string): readonly string[] => text.trimEnd().split('\n').slice(2)

describe('bars with intervals', () => {
  test('start at nothing and end at the highest bound', () => {
    const [a = '', b = ''] = body(intervalBars('energy', bars, JOULES, view))
    const drawn = /█+▒+┃▒+/.exec(a)?.[0] ?? ''
    expect([drawn.length, drawn.indexOf('▒'), drawn.indexOf('┃')]).toEqual([60, 40, 50])
    expect(/█+/.exec(b)?.[0]).toHaveLength(26)
  })

  test('give the figure with its interval behind the bar', () => {
    expect(intervalBars('energy', bars, JOULES, view)).toMatch(/10\.0 ± 2\.0 J\n.* 5 J\n/)
  })

  test('are ASCII where the terminal is', () => {
    const text = body(intervalBars('energy', bars, JOULES, { ...view, isUnicode: false })).join('\n')
    expect(text.replace('±', '')).toMatch(/^[\x20-\x7e\n]+$/)
  })

  test('leave an unknown figure without a bar', () => {
    const text = intervalBars('energy', [...bars, { label: 'c', figure: undefined }], JOULES, view)
    expect(body(text)[2]?.replace(/\s+/g, ' ')).toBe('c -')
  })

  test('have a figure below nothing on the left', () => {
    const [down = '', up = ''] = body(
      intervalBars(
        'net',
        [-1, 1].map((value) => ({ label: 'x', figure: { value } })),
        JOULES,
        view,
      ),
    )
    expect(down.indexOf('█')).toBeLessThan(up.indexOf('█'))
  })

  test('keep what a name does to a terminal out', () => {
    expect(intervalBars('energy', [{ label: '\u001b[31mred', figure: { value: 1 } }], JOULES, view)).toContain(
      '\\u001b[31mred',
    )
  })

  test('are as wide in colour as without', () => {
    const coloured = intervalBars('energy', bars, JOULES, { ...view, style: colourStyle })
    expect(stripVTControlCharacters(coloured)).toBe(intervalBars('energy', bars, JOULES, view))
  })

  test('fit into the terminal, whatever the figures', () => {
    const figure = fc.tuple(
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
      fc.double({ noNaN: true, min: 0, max: 1e6 }),
    )
    fc.assert(
      fc.property(fc.array(figure, { minLength: 1, maxLength: 5 }), fc.integer({ min: 70, max: 300 }), (all, width) => {
        const rows = all.map(([value, side]) => ({
          label: 'x',
          figure: { value, low: value - side, high: value + side },
        }))
        const text = intervalBars('energy', rows, JOULES, { ...view, width })
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('block characters', () => {
  test.each([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C.utf8', TERM: 'linux' }, false],
    [{}, true],
  ])('with %j: %s', (environment, expected) => {
    expect(isUnicodeTerminal(environment)).toBe(expected)
  })
})
