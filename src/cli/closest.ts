/** "Did you mean": the known word that a mistyped one most likely stood for. */

/** More edits than this are another word, not a slip. */
const MOST_EDITS = 2

/**
 * @param word - as typed
 * @param known - what it could have been
 * @returns the nearest known word; `undefined` when none is within two edits and half of the word's length
 */
export function closest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = Math.min(MOST_EDITS, Math.floor(word.length / 2)) + 1
  for (const candidate of known) {
    const count = edits(word.toLowerCase(), candidate.toLowerCase())
    if (count < fewest) [best, fewest] = [candidate, count]
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
function edits(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > MOST_EDITS) return MOST_EDITS + 1
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      const isSwap = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length] ?? 0
}
