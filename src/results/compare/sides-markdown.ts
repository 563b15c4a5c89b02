/** A comparison of sides as Markdown, fit for the summary of a build. */

import { counted } from '../count-text.js'
import { heading, list, table } from '../document/document.js'
import { markdownText } from '../document/markdown.js'
import type { Row, SidesReport } from './compare-sides.js'
import { changeText, figureText, methodLines, probabilityText } from './row-text.js'

const SIGNS: Readonly<Record<Row['verdict'], string>> = {
  regression: '❌ regression',
  worse: '⚠️ worse',
  better: '✅ better',
  tie: 'tie',
  'too few': '❔ too few samples to tell',
}

/** @returns GitHub-flavoured Markdown in which no name is markup, ended by a line break */
export function sidesMarkdown(report: SidesReport): string {
  const { rows, base } = report
  const [count, few] = (['regression', 'too few'] as const).map(
    (wanted) => rows.filter(({ verdict }) => verdict === wanted).length,
  )
  const regressions = count === 0 ? 'no regression' : counted(count ?? 0, 'regression')
  const verdict = few === 0 ? regressions : `${count === 0 ? '' : `${regressions}, `}too few samples to tell`
  const figures = table({
    caption: `Against ${base}`,
    head: ['run', 'file', 'figure', 'base', 'now', 'change (95% interval)', 'p', 'verdict'],
    rows: rows.map((row) => [
      row.case,
      row.side,
      row.metric.name,
      figureText(row, row.base),
      figureText(row, row.now),
      changeText(row),
      probabilityText(row),
      SIGNS[row.verdict],
    ]),
    align: ['left', 'left', 'left', 'right', 'right', 'right', 'left', 'left'],
  })
  const method = list(methodLines(report).map((line) => [line]))
  return markdownText({ blocks: [heading(3, `greenbench: ${verdict}`), ...figures, ...method], sources: [] })
}
