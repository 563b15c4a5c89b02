/** Text of files made fit for LaTeX: shown as it is, and nothing of it a command. */
import { printable } from '../printable.js'

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['<', '\\textless{}'],
  ['>', '\\textgreater{}'],
  ['|', '\\textbar{}'],
  ['"', '\\char34{}'],
  ['`', '\\char96{}'],
  // A bracket behind the end of a table's line would be read as its option.
  ['[', '{[}'],
  [']', '{]}'],
  ['±', '\\ensuremath{\\pm}'],
  ['×', '\\ensuremath{\\times}'],
  ['µ', '\\ensuremath{\\mu}'],
  ['·', '\\ensuremath{\\cdot}'],
  ['–', '\\textendash{}'],
  ['…', '\\dots{}'],
])

/** Characters with a backslash before them. */
const MARKED = new Set('#$%&_{}')

/**
 * Works with T1 fonts of pdfLaTeX, LuaLaTeX and XeLaTeX alike: characters beyond western and central Europe are written as
 * `U+4E2D`.
 *
 * @returns text for a paragraph or a cell, in one line
 */
export function escapeLatex(text: string): string {
  return Array.from(printable(text), escaped)
    .join('')
    .replace(/([-,'])(?=\1)/g, '$1{}')
    .replace(/(?<![A-Za-z0-9])CO2(?=e?(?![A-Za-z0-9]))/g, 'CO\\textsubscript{2}')
}

function escaped(character: string): string {
  if (MARKED.has(character)) return `\\${character}`
  const known = NAMED.get(character)
  if (known !== undefined) return known
  return /^[\x20-\x7e]$/.test(character) || isLatinLetter(character) ? character : codePoint(character)
}

/** Letters that T1 has. */
const isLatinLetter = (character: string): boolean =>
  /^[À-ÖØ-öø-ÿĂăĄąĆćČčĎďĐđĘęĚěĞğŁłŃńŇňŐőŔŕŘřŚśŠšŤťŰűŮůŹźŻżŽžŒœŸİı]$/.test(character)

const codePoint = (character: string): string =>
  `\\texttt{U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`
