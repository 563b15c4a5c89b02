/** What a reader must know to trust a leaderboard: its rules, the scale of its grades, and what is not in it. */

import { counted } from '../count-text.js'
import { LETTERS } from '../grade/grade.js'
import type { Edition, LeftOut } from '../leaderboard/leaderboard.js'
import { foreign, type Html, html } from '../pages/html.js'
import { pageTable } from '../pages/table.js'
import { formatExact, formatPlain, formatShare, JOULES } from '../quantity.js'

/** More rows than this are left to the data. */
const MOST_LEFT_OUT = 300

/** @returns the rules in words, the lines of reference and the limits of the letters */
export function rulesSection({ rules, lines, limits }: Edition): Html {
  return html`<section aria-labelledby="rules"><h2 id="rules">How to read this</h2>
<dl class="rules">${rules.map(({ about, rule }) => html`<dt>${foreign(about)}</dt><dd>${foreign(rule)}</dd>`)}</dl>
${pageTable({
  caption: 'Reference lines of the grades; other hardware gets no letter',
  head: ['Hardware', 'Energy', 'At accuracy', 'Exponent', 'Source'],
  rows: lines.map(({ name, joules, atTop1, exponent, source }) => ({
    cells: [name, formatPlain(joules, JOULES), formatShare(atTop1), String(exponent), source],
  })),
  numbers: [1, 2, 3],
})}
${pageTable({
  caption: 'Letters by the energy as a share of the reference line',
  head: ['Letter', 'At most'],
  rows: [
    ...limits.map(({ letter, index }) => ({ cells: [letter, formatShare(index)] })),
    { cells: [LETTERS[limits.length] ?? '', 'more'] },
  ],
  numbers: [1],
})}
</section>
`
}

/** @returns nothing where everything is in */
export function leftOutSection(leftOut: readonly LeftOut[]): Html {
  if (leftOut.length === 0) return html``
  const more = leftOut.length - MOST_LEFT_OUT
  return html`<section aria-labelledby="left-out"><h2 id="left-out">What was left out</h2>
<details><summary>${counted(leftOut.length, 'record')}, with the reasons</summary>
${pageTable({
  caption: `Records that are not ranked${more > 0 ? `, the first ${MOST_LEFT_OUT} of ${formatExact(leftOut.length)}` : ''}`,
  head: ['File', 'Code', 'Reason'],
  rows: leftOut.slice(0, MOST_LEFT_OUT).map(({ path, code, reason }) => ({ cells: [path, code, reason] })),
})}</details></section>
`
}
