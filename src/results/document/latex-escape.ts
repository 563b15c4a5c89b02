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
 * `U+4E2D`. Long names may be broken behind their marks, without a hyphen that is not theirs.
 *
 * @returns text for a paragraph or a cell, in one line
 */
export function escapeLatex(text: string): string {
  return printable(text)
    .split(' ')
    .map(wordText)
    .join(' ')
    .replace(/([-,'])(?=\1)/g, '$1{}')
    .replace(/(?<![A-Za-z0-9])CO2(?=e?(?![A-Za-z0-9]))/g, 'CO\\textsubscript{2}')
}

/** Characters of a line in the narrowest column: what is longer must be able to break. */
const FITTING = 8
/** Shorter names are not broken. */
const SHORT = 10
/** Longest word that LaTeX is left to hyphenate. */
const HYPHENATED = 24
/** Behind the last of several a name may break. */
const MARK = /[_/.:@+-]/
/** These stay with what is before them. */
const CLINGING = /[_/.:@+,;)-]/

function wordText(word: string): string {
  const characters = Array.from(word)
  const isName = word.length > HYPHENATED || !/^\p{P}*\p{L}*\p{P}*$/u.test(word)
  if (!isName || characters.reduce((sum, character) => sum + widthOf(character), 0) <= SHORT) {
    return characters.map(escaped).join('')
  }
  let unbroken = 0
  return characters
    .map((character, index) => {
      const next = characters[index + 1] ?? ''
      unbroken += widthOf(character)
      const isFull = MARK.test(character) || unbroken + widthOf(next) > FITTING
      const breaks = isFull && next !== '' && !CLINGING.test(next)
      if (breaks) unbroken = 0
      return escaped(character) + (breaks ? '\\allowbreak{}' : '')
    })
    .join('')
}

const widthOf = (character: string): number => (isInFont(character) ? 1 : 6)

function escaped(character: string): string {
  if (MARKED.has(character)) return `\\${character}`
  return NAMED.get(character) ?? (isInFont(character) ? character : codePoint(character))
}

const isInFont = (character: string): boolean =>
  NAMED.has(character) || /^[\x20-\x7e]$/.test(character) || isLatinLetter(character)

/** Letters that T1 has. */
const isLatinLetter = (character: string): boolean =>
  /^[À-ÖØ-öø-ÿĂăĄąĆćČčĎďĐđĘęĚěĞğŁłŃńŇňŐőŔŕŘřŚśŠšŤťŰűŮůŹźŻżŽžŒœŸİı]$/.test(character)

const codePoint = (character: string): string =>
  `\\texttt{U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`
