/** Repeatable random numbers: the same seed gives the same numbers on every machine. */

/**
 * Mulberry32: 32 bits of state, good enough to fill inputs and to draw samples; not for secrets.
 *
 * @param seed - integer; its low 32 bits are used
 * @returns a function that gives uniform numbers in `[0, 1)`
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
