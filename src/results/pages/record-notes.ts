/** What stands beside the figures of a record: doubts with their hints, why figures are absent, what is taken for granted. */
import type { ResultRecord } from '../../core/record.js'
import { type Html, html } from './html.js'
import { longText } from './long-text.js'

/** Most lines of each kind; a record may hold thousands of operators without a rule. */
const MOST_LINES = 50

/** @returns nothing where there is nothing to say */
export function recordNotes(record: ResultRecord): Html {
  const counts = record.kind === 'comparison' ? undefined : record.counts
  const unknown = (counts?.unknownOperators ?? []).map(
    ({ operator, count }) => `${operator} (${count} uses) has no rule`,
  )
  return html`${record.complete ? undefined : INCOMPLETE}${record.warnings.map(warningNote)}${linesUnder(
    'Not counted',
    unknown,
  )}${linesUnder('Assumed', counts?.assumptions ?? [])}${linesUnder(
    'Not known',
    record.missing.map(({ field, reason }) => `${field}: ${reason}`),
  )}`
}

const INCOMPLETE = html`<div class="note note-bad"><p><strong>This run did not come to its end:</strong> the figures are of what had run until then.</p></div>
`

const warningNote = ({ code, message, hint }: ResultRecord['warnings'][number]): Html =>
  html`<div class="note"><div>${longText(message)} <span class="note-code">${code}</span></div><div>${longText(hint)}</div></div>
`

function linesUnder(title: string, lines: readonly string[]): Html | undefined {
  if (lines.length === 0) return undefined
  const more = lines.length - MOST_LINES
  return html`<h3>${title}</h3><ul class="absent">${lines.slice(0, MOST_LINES).map((line) => html`<li>${longText(line)}</li>`)}${
    more > 0 && html`<li>and ${more} more, in the data below</li>`
  }</ul>`
}
