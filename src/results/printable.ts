/** Text from files made fit for a terminal: a name inside a model must not move the cursor, recolour or reorder what is shown. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Surrogate}]/gu

/** @returns the text in one line, control and direction characters as `\u....` */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** @returns the same for several lines: tabs and line breaks stay */
export const printableLines = (text: string): string => text.replace(/[^\t\r\n]+/g, printable)

/** @returns the text cut in the middle to at most `length` characters, so that both ends of a path can be read */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const kept = length - 1
  return `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`
}
