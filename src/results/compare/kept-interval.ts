/** Intervals of a ratio that hold all that a test does not reject. */

/** A ratio so many times the one found is as good as infinite. */
const FAR = 1e9

/**
 * @param ratio - which the test keeps
 * @param isKept - whether the test of the new samples against so many times those before does not reject
 * @returns both ends; 0 and `Infinity` where it rejects nothing on that side
 */
export const keptInterval = (
  ratio: number,
  isKept: (ratio: number) => boolean,
): { readonly low: number; readonly high: number } => ({
  low: isKept(0) ? 0 : lastKept(ratio, 0, isKept),
  high: isKept(FAR * ratio) ? Number.POSITIVE_INFINITY : lastKept(ratio, FAR * ratio, isKept),
})

/** @returns where, between a ratio that is kept and one that is not, the last one is kept */
function lastKept(kept: number, rejected: number, isKept: (ratio: number) => boolean): number {
  let [inside, outside] = [kept, rejected]
  for (let step = 0; step < 100 && Math.abs(outside - inside) > 1e-12 * inside; step++) {
    // Geometric steps find the scale where the other end is far away.
    const middle = outside > 4 * inside ? 2 * inside : (inside + outside) / 2
    if (isKept(middle)) inside = middle
    else outside = middle
  }
  return inside
}
