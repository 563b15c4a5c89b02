/** Names near to one that was mistyped. */

/** Most edits at which a name still counts as near, by its length. */
const furthest = (length: number): number => Math.min(3, Math.max(1, Math.floor(length / 3)))

/**
 * @param wanted - what was typed
 * @param names - what may have been meant
 * @returns at most three names, the nearest first; names that begin with what was typed count as near
 */
export function closestNames(wanted: string, names: Iterable<string>): readonly string[] {
  const typed = wanted.toLowerCase().slice(0, 64)
  if (typed === '') return []
  const near: { readonly name: string; readonly distance: number }[] = []
  for (const name of names) {
    const candidate = name.toLowerCase()
    const distance = candidate.startsWith(typed) ? 0.5 : editDistance(typed, candidate)
    if (distance <= furthest(typed.length)) near.push({ name, distance })
  }
  near.sort((one, other) => one.distance - other.distance || one.name.localeCompare(other.name))
  return near.slice(0, 3).map(({ name }) => name)
}

/** Fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
export function editDistance(one: string, other: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, index) => index)]
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const replaced = (last[column - 1] ?? 0) + (isSame ? 0 : 1)
      const best = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1)
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current.push(isSwap && row > 1 && column > 1 ? Math.min(best, (beforeLast[column - 2] ?? 0) + 1) : best)
    }
    ;[beforeLast, last] = [last, current]
  }
  return last[other.length] ?? 0
}
