/** Colour for terminals, and only for them. */
import { styleText } from 'node:util'

/** What a piece of text is, for its colour. */
export type Role = 'strong' | 'faint' | 'good' | 'doubtful' | 'bad'

/** Dresses text for its role. */
export type TextStyle = (role: Role, text: string) => string

/** How a text is drawn. */
export interface TextView {
  /** Columns of the terminal. */
  readonly width: number
  readonly style: TextStyle
}

const FORMATS = { strong: 'bold', faint: 'dim', good: 'green', doubtful: 'yellow', bad: 'red' } as const

/** Leaves text as it is. */
export const plainStyle: TextStyle = (_role, text) => text

/** ANSI colours. */
export const colourStyle: TextStyle = (role, text) => styleText(FORMATS[role], text, { validateStream: false })

/**
 * @param isTerminal - whether the text goes to one
 * @param environment - `NO_COLOR`, `FORCE_COLOR` and `TERM` are heeded
 * @param isWanted - `--no-color` makes it false
 * @see https://no-color.org
 */
export function chooseStyle(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
  isWanted: boolean,
): TextStyle {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment
  if (!isWanted || (NO_COLOR !== undefined && NO_COLOR !== '')) return plainStyle
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR === '0' ? plainStyle : colourStyle
  return isTerminal && TERM !== 'dumb' ? colourStyle : plainStyle
}
