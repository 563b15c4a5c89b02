import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCsv } from '../../src/results/csv.js'

const one = (value: string | number | undefined): string => toCsv([value], { v: (item) => item }).split('\r\n')[1] ?? ''

/** A reader of RFC 4180, to read back what was written. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

describe('toCsv', () => {
  test.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'a"b', '"a""b"'],
    ['a formula', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a formula by plus', '+1', "'+1"],
    ['a formula by minus', '-cmd', "'-cmd"],
    ['a formula by at', '@SUM(A1)', "'@SUM(A1)"],
    ['a negative number', -1.5, '-1.5'],
    ['an absent figure', undefined, ''],
  ])('writes %s', (_what, value, cell) => {
    expect(one(value)).toBe(cell)
  })

  test('writes no character that moves a cursor or ends a text', () => {
    expect(one('a\u001b[2Jb\u0000\u202ec')).toBe('a\\u001b[2Jb\\u0000\\u202ec')
    expect(one('a\nb')).toBe('"a\nb"')
  })

  test('gives back every text that it wrote, formulas with their apostrophe', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (rows) => {
        const columns = { a: ([a]: [string, string]) => a, b: ([, b]: [string, string]) => b }
        const safe = (text: string) => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text)
        expect(parseCsv(toCsv(rows, columns))).toEqual([['a', 'b'], ...rows.map((row) => row.map(safe))])
      }),
    )
  })
})
