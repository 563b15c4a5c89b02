/** Tables of pages: their heads say what they head, and wide ones scroll by themselves. */
import { type Html, html } from './html.js'
import { longText } from './long-text.js'

/** One table; every text may come from a file. */
export interface PageTable {
  /** Read before the table by a screen reader. */
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly PageRow[]
  /** Columns of figures, by index; the first column heads its row. */
  readonly numbers?: readonly number[]
}

/** Cells of a row; the first one is its head. */
export interface PageRow {
  readonly cells: readonly (string | Html)[]
  /** A part of the row above. */
  readonly isPart?: boolean
  /** First row of a group. */
  readonly isGroupStart?: boolean
}

/** @returns nothing where there are no rows */
export function pageTable({ caption, head, rows, numbers = [] }: PageTable): Html {
  if (rows.length === 0) return html``
  const classAt = (index: number) => (numbers.includes(index) ? 'number' : index === head.length - 1 ? 'source' : '')
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((name, index) => html`<th scope="col" class="${classAt(index)}">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => tableRow(row, classAt))}</tbody>
</table></div>`
}

function tableRow(
  { cells: [first = '', ...others], isPart, isGroupStart }: PageRow,
  classAt: (index: number) => string,
) {
  const classes = [isPart === true ? 'part' : '', isGroupStart === true ? 'group-start' : ''].join(' ').trim()
  return html`<tr class="${classes}"><th scope="row">${cellOf(first)}</th>${others.map(
    (cell, index) => html`<td class="${classAt(index + 1)}">${cellOf(cell)}</td>`,
  )}</tr>
`
}

const cellOf = (cell: string | Html): Html => (typeof cell === 'string' ? longText(cell) : cell)

/** Names and what they stand for; those that stand for nothing are left out. */
export function factTable(
  caption: string,
  facts: readonly (readonly [name: string, value: string | Html | undefined])[],
): Html {
  const rows = facts.filter(([, value]) => value !== undefined && value !== '')
  if (rows.length === 0) return html``
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="facts">
<caption>${caption}</caption>
<tbody>${rows.map(
    ([name, value = '']) => html`<tr><th scope="row">${longText(name)}</th><td>${cellOf(value)}</td></tr>
`,
  )}</tbody>
</table></div>`
}
