/** What changed between two leaderboards, for a terminal and as Markdown. */
import { printable, shortened } from '../printable.js'
import { formatFigure, JOULES } from '../quantity.js'
import { drawTable } from '../text-table.js'
import type { EntryChange, EntryState, GroupDifference } from './leaderboard-difference.js'
import { protocolText, type TextView } from './leaderboard-text.js'

const NOTHING = 'no entry changed\n'
const HEAD = ['', 'model', 'rank', 'energy per inference', 'grade', 'runs'] as const
const LONGEST_NAME = 32

/** @returns lines, each ended by a line break */
export function differenceText(groups: readonly GroupDifference[], { width, style }: TextView): string {
  if (groups.length === 0) return NOTHING
  const parts = groups.map((group) => {
    const rows = rowsOf(group).map(([what, name = '', ...rest]) => [
      what ?? '',
      shortened(printable(name), LONGEST_NAME),
      ...rest,
    ])
    const table = drawTable({ head: HEAD, rows, align: ['left', 'left', 'left', 'left', 'left', 'left'] }, width, style)
    return `${style('strong', printable(headingOf(group)))}\n${table}`
  })
  return parts.join('\n')
}

/** @returns a heading and a table for each group */
export function differenceMarkdown(groups: readonly GroupDifference[]): string {
  if (groups.length === 0) return NOTHING
  const parts = groups.map((group) => {
    const rows = [HEAD, HEAD.map(() => '---'), ...rowsOf(group).map((row) => row.map(escaped))]
    return `### ${escaped(headingOf(group))}\n\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`
  })
  return parts.join('\n')
}

const headingOf = ({ hardware, protocol }: GroupDifference): string => `${hardware} · ${protocolText(protocol)}`

function rowsOf({ changed, new: came, gone }: GroupDifference): string[][] {
  return [
    ...changed.map((change) => rowOf('changed', change)),
    ...came.map((change) => rowOf('new', change)),
    ...gone.map((change) => rowOf('gone', change)),
  ]
}

function rowOf(what: string, { name, before, after }: EntryChange): string[] {
  const both = (pick: (state: EntryState) => string): string => {
    const [was, is] = [before && pick(before), after && pick(after)]
    return was === undefined || is === undefined || was === is ? (is ?? was ?? '') : `${was} → ${is}`
  }
  return [
    what,
    name,
    both(({ rank }) => (rank === undefined ? '-' : String(rank))),
    both(({ joules, low, high }) => formatFigure({ value: joules, low, high }, JOULES)),
    both(({ grade }) => grade ?? '-'),
    both(({ runs }) => String(runs)),
  ]
}

/** Names come from foreign files: nothing in them may be Markdown or HTML. */
const escaped = (text: string): string =>
  printable(text).replace(/[\\`*_{}[\]()<>#+!|&~-]/g, (character) => `&#${character.charCodeAt(0)};`)
