/** Sources as entries of BibTeX. */
import type { Source } from './document.js'
import { escapeLatex } from './latex-escape.js'

/** @returns one entry over several lines, without a line break at its end */
export function bibtexOf({ key, entry }: Source): string {
  const { type, ...fields } = entry
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${fieldText(name, value)}},`)
  return [`@${type}{${key},`, ...lines, '}'].join('\n')
}

/** Capitals of a title are kept by the inner braces. */
const fieldText = (name: string, value: string): string =>
  name === 'title' ? `{${escapeLatex(value)}}` : escapeLatex(value)
