/** What stands beside the figures of a record in a document: doubts with their hints, what is absent, what is taken for granted. */
import type { ResultRecord } from '../../core/record.js'
import { type Block, heading, list, paragraph } from '../document/document.js'

/** Most lines of each kind; a record may hold thousands of operators without a rule. */
const MOST_LINES = 50

/** @returns nothing where there is nothing to say */
export function noteBlocks(record: ResultRecord): readonly Block[] {
  const counts = record.kind === 'comparison' ? undefined : record.counts
  const unknown = (counts?.unknownOperators ?? []).map(
    ({ operator, count }) => `${operator} (${count} uses) has no rule`,
  )
  return [
    ...(record.complete ? [] : [INCOMPLETE]),
    ...linesUnder(
      'Doubts',
      record.warnings.map(({ code, message, hint }) => `${message} (${code}); ${hint}`),
    ),
    ...linesUnder('Not counted', unknown),
    ...linesUnder('Assumed', counts?.assumptions ?? []),
    ...linesUnder(
      'Not known',
      record.missing.map(({ field, reason }) => `${field}: ${reason}`),
    ),
  ]
}

const INCOMPLETE = paragraph(
  { strong: 'This run did not come to its end:' },
  ' the figures are of what had run until then.',
)

function linesUnder(title: string, lines: readonly string[]): readonly Block[] {
  if (lines.length === 0) return []
  const more = lines.length - MOST_LINES
  const shown = lines.slice(0, MOST_LINES).map((line) => [line])
  return [heading(3, title), ...list(more > 0 ? [...shown, [`and ${more} more`]] : shown)]
}
