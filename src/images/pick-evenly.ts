/** Takes a part of several sorted lists so that each gives its share. */

/**
 * Draws on the groups in turn until `limit` items are taken, from the front of each group.
 *
 * @param groups - sorted lists
 * @returns at most `limit` items, sorted in code-unit order
 */
export function pickEvenly(groups: readonly (readonly string[])[], limit: number): string[] {
  let left = limit
  let open = [...groups].sort((a, b) => a.length - b.length)
  const picked: string[] = []
  while (open.length > 0 && left > 0) {
    // The smallest group gives all it has or an even share; what it does not use goes to the others.
    const [smallest = [], ...rest] = open
    const share = Math.min(smallest.length, Math.ceil(left / open.length))
    for (const item of smallest.slice(0, share)) picked.push(item)
    left -= share
    open = rest
  }
  return picked.sort(byCodeUnits)
}

/** Order of names that no locale changes. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
