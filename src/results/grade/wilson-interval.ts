/** How far a share of counted things may be from the true one. */

const HALF_WIDTHS_OF_95 = 1.959_963_984_540_054

/**
 * Wilson's score interval, 95%.
 *
 * @param share - of `count` things, 0 to 1
 * @param count - at least 1
 * @see Wilson, Journal of the American Statistical Association 22 (1927)
 */
export function wilsonInterval(share: number, count: number): { readonly low: number; readonly high: number } {
  const squared = HALF_WIDTHS_OF_95 ** 2
  const middle = (share + squared / (2 * count)) / (1 + squared / count)
  const spread = Math.sqrt((share * (1 - share)) / count + squared / (4 * count * count))
  const half = (HALF_WIDTHS_OF_95 * spread) / (1 + squared / count)
  return { low: Math.max(0, Math.min(share, middle - half)), high: Math.min(1, Math.max(share, middle + half)) }
}
