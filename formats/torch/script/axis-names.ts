/** Names of axes that nothing has a size for yet. */

const NAMES: Readonly<Record<number, string>> = { 1: 'N', 2: 'NF', 3: 'NSF', 4: 'NCHW', 5: 'NCDHW' }

/**
 * @param sizes - known sizes: with channels at axis 1, three axes are those of a signal
 * @returns e.g. `H` for axis 2 of 4
 */
export function axisName(rank: number, axis: number, sizes?: ReadonlyMap<number, number>): string {
  const names = rank === 3 && sizes?.has(1) === true ? 'NCL' : NAMES[rank]
  return names?.[axis] ?? (axis === 0 ? 'N' : `D${axis}`)
}
