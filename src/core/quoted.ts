/** Names out of foreign files, made fit for a message: one line, of bearable length, without commands to the terminal. */

const LONGEST = 120

/** @returns the text in double quotes; line ends, control characters and broken characters are written as escapes */
export function quoted(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
  return JSON.stringify(short).replace(/[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
