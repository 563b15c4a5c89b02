/** What stands below a table: why figures are absent, what is doubtful, what the counts take for granted. */
import type { Counts, ResultRecord } from '../core/record.js'
import { printable } from './printable.js'
import type { TextStyle } from './text-style.js'

/** @returns lines, each note once however many records say it; empty when there is nothing to say */
export function notesOf(records: readonly ResultRecord[], style: TextStyle): string {
  const lines = [
    ...records.flatMap((record) => (record.complete ? [] : [incomplete(record, style)])),
    ...records.flatMap(({ missing }) => absentFigures(missing, style)),
    ...records.flatMap((record) => (record.kind === 'comparison' ? [] : countNotes(record.counts, style))),
    ...records.flatMap(({ warnings }) => warnings.map((warning) => warningText(warning, style))),
  ]
  return [...new Set(lines)].map((line) => `${line}\n`).join('')
}

function incomplete(record: ResultRecord, style: TextStyle): string {
  const isWhole = record.kind === 'inspection' || record.kind === 'training'
  const which = isWhole ? `the ${record.kind}` : `batch ${record.batchSize}`
  return `${style('bad', 'incomplete:')} ${which} did not run to its end; the figures are of what had run until then`
}

/** Figures that are absent for one reason stand on one line. */
function absentFigures(missing: ResultRecord['missing'], style: TextStyle): string[] {
  const reasons = new Set(missing.map(({ reason }) => reason))
  return [...reasons].map((reason) => {
    const fields = missing.filter((figure) => figure.reason === reason).map(({ field }) => printable(field))
    return `${style('faint', '-')} ${fields.join(', ')}: ${printable(reason)}`
  })
}

function countNotes(counts: Counts | undefined, style: TextStyle): string[] {
  if (counts === undefined) return []
  const unknown = counts.unknownOperators.map(({ operator, count }) => `${operator} (${count})`)
  const assumed = counts.assumptions.map((assumption) => `${style('faint', 'assumed:')} ${printable(assumption)}`)
  if (unknown.length === 0) return assumed
  return [`${style('doubtful', 'not counted:')} ${printable(unknown.join(', '))} have no rule`, ...assumed]
}

/** @returns two lines: what is doubtful, and what makes it less so */
export const warningText = ({ code, message, hint }: ResultRecord['warnings'][number], style: TextStyle): string =>
  `${style('doubtful', 'warning:')} ${printable(message)} ${style('faint', `(${printable(code)})`)}\n  hint: ${printable(hint)}`
