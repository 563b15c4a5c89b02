/** Long series made short enough for a picture or a table. */

/** Most rows of a table below a chart; the record has them all. */
export const MOST_ROWS = 40

/** @returns all items, or `most` of them in even steps with the first and the last */
export function thinned<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, index) => items[Math.round(index * step)]).filter(
    (item) => item !== undefined,
  )
}
