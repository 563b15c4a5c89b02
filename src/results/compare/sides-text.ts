/** A comparison of sides as a table for the terminal. */
import { printable, shortened } from '../printable.js'
import type { Role, TextStyle } from '../text-style.js'
import { drawTable } from '../text-table.js'
import type { Row, SidesReport } from './compare-sides.js'
import { changeText, figureText, methodLines, probabilityText } from './row-text.js'

const COLOURS: Readonly<Record<Row['verdict'], Role>> = {
  regression: 'bad',
  worse: 'doubtful',
  better: 'good',
  tie: 'faint',
  'too few': 'doubtful',
}

/** Longer names are cut in the middle. */
const LONGEST_NAME = 48

/** @param width - columns of the terminal */
export function sidesText(report: SidesReport, width: number, style: TextStyle): string {
  const groups = new Map<string, Row[]>()
  for (const row of report.rows) {
    const [now, base] = [row.side, report.base].map((name) => shortened(printable(name), LONGEST_NAME))
    const title = `${printable(row.case)}: ${now} against ${base}`
    groups.set(title, [...(groups.get(title) ?? []), row])
  }
  const tables = [...groups].map(([title, rows]) => {
    const body = rows.map((row) => [
      row.metric.name,
      figureText(row, row.base),
      figureText(row, row.now),
      changeText(row),
      probabilityText(row),
      style(COLOURS[row.verdict], row.verdict),
    ])
    const align = ['left', 'right', 'right', 'right', 'left', 'left'] as const
    const head = ['figure', 'base', 'now', 'change (95% interval)', '', 'verdict']
    const heading = style('strong', title)
    return `${heading}\n${drawTable({ head, rows: body, align }, width, style)}`
  })
  const method = methodLines(report).map((line) => `${style('faint', printable(line))}\n`)
  return [...tables, method.join('')].join('\n')
}
