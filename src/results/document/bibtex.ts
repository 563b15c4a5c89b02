/** Sources as entries of BibTeX. */
import type { Source } from './document.js'
import { escapeLatex } from './latex-escape.js'

/** @returns one entry over several lines, without a line break at its end */
export function bibtexOf({ key, entry, url }: Source): string {
  const { type, ...rest } = entry
  const fields = url === undefined ? rest : { ...rest, howpublished: url }
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${fieldText(name, value)}},`)
  return [`@${type}{${key},`, ...lines, '}'].join('\n')
}

/** The inner braces keep the capitals of a title, and the name of an institution in one piece. */
const fieldText = (name: string, value: string): string =>
  name === 'title' || name === 'author' ? `{${escapeLatex(value)}}` : escapeLatex(value)
