/** How deep the values of a JSON text lie inside each other, found before any of them is made. */

const [OPEN_LIST, OPEN_TABLE, CLOSE_LIST, CLOSE_TABLE, QUOTE, ESCAPE] = Buffer.from('[{]}"\\')

/** @returns whether lists and tables lie more than `most` levels inside each other; what stands in texts does not count */
export function isDeeper(json: Uint8Array, most: number): boolean {
  let depth = 0
  let isText = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (isText && byte === ESCAPE) at += 1
    else if (byte === QUOTE) isText = !isText
    else if (isText) continue
    else if (byte === OPEN_LIST || byte === OPEN_TABLE) depth += 1
    else if (byte === CLOSE_LIST || byte === CLOSE_TABLE) depth -= 1
    if (depth > most) return true
  }
  return false
}
