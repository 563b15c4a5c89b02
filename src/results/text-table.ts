/** Columns of text, drawn by cli-table3: no frame, a rule under the head, as wide as the terminal allows. */
import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import type { TextStyle } from './text-style.js'

/** A table as text. */
export interface TextTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly align: readonly ('left' | 'right')[]
  /** Index of the column that takes the room that is left and wraps its words; all others keep their width. */
  readonly wrapped?: number
}

/** Between two columns. */
const GAP = '  '
/** A wrapped column never gets narrower, even where the terminal is. */
const NARROWEST = 24

const NO_FRAME = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right'].flatMap((edge) =>
    ['', '-mid', '-left', '-right'].map((corner) => [`${edge}${corner}`, '']),
  ),
)

/**
 * @param width - columns of the terminal
 * @returns lines without trailing spaces, each ended by a line break
 */
export function drawTable(table: TextTable, width: number, style: TextStyle): string {
  const drawing = new Table({
    chars: { ...NO_FRAME, middle: GAP },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: columnWidths(table, width),
    colAligns: [...table.align],
    wordWrap: true,
  })
  drawing.push([...table.head], ...table.rows.map((row) => [...row]))
  const [head = '', ...body] = drawing
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const rule = '─'.repeat(Math.max(...[head, ...body].map((line) => stripVTControlCharacters(line).length)))
  return [style('strong', head), style('faint', rule), ...body, ''].join('\n')
}

/** `null` leaves a column as wide as its cells. */
function columnWidths({ head, rows, wrapped }: TextTable, width: number): (number | null)[] {
  const natural = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const others = natural.reduce((sum, size, column) => (column === wrapped ? sum : sum + size + GAP.length), 0)
  const room = Math.max(NARROWEST, width - others)
  return natural.map((size, column) => (column === wrapped ? Math.min(size, room) : null))
}
