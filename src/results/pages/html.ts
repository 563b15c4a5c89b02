/** HTML from templates in which every value is escaped: a name in a file can never become markup. */
import { printable, shortened } from '../printable.js'

/** Longer names fill a page and tell nobody more; the record has them whole. */
const NAME_CHARACTERS = 160

/** Text that is markup already. Only this file makes it. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What may stand in a template: markup as it is, anything else as text; `undefined` and `false` leave nothing. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[]

/** A template whose values are escaped, in text as well as between the quotes of an attribute. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const pieces = parts.map((part, index) => (index === 0 ? part : markupOf(values[index - 1]) + part))
  return new Html(pieces.join(''))
}

/** @param markup - made by this program from values that were escaped or are numbers: never a text of a file */
export const trusted = (markup: string): Html => new Html(markup)

/** A text of a file: its direction cannot reach beyond it, and control characters are shown as `\u....`. */
export const foreign = (text: string): Html => html`<bdi>${text}</bdi>`

/** The name of a model or of a run, which may be empty: something must be there to be read and followed. */
export const nameOf = (text: string): Html => foreign(nameText(text))

/** @returns the name, cut in the middle where it is long, or words in its place */
export const nameText = (text: string): string => (text.trim() === '' ? '(no name)' : shortened(text, NAME_CHARACTERS))

function markupOf(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.markup
  if (typeof value === 'object') return value.map(markupOf).join('')
  return escaped(String(value))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** @returns the text for HTML and XML, in one line */
export const escaped = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
