/** How charts are drawn in a terminal: its columns, its colours, and whether it shows block characters. */
import type { TextStyle } from '../text-style.js'

/** What a chart must know of the terminal. */
export interface PlotView {
  /** Columns of the terminal. */
  readonly width: number
  readonly style: TextStyle
  /** Block characters; otherwise plain ASCII. */
  readonly isUnicode: boolean
}

/**
 * The locale decides; without one block characters are taken for granted, except on the Linux console, whose font has few.
 *
 * @param environment - `LC_ALL`, `LC_CTYPE`, `LANG` in this order, and `TERM`
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
 */
export function isUnicodeTerminal(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = environment
  if (TERM === 'linux' || TERM === 'dumb') return false
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '')
  return locale === undefined || /utf-?8/i.test(locale)
}
