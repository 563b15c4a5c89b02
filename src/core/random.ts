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

/**
 * One seed from several whole numbers, so that e.g. each image of each epoch has random numbers of its own whatever came
 * before it. Mixed as by MurmurHash3's finalizer.
 *
 * @returns an integer from 0 to 2^32 - 1
 * @see https://github.com/aappleby/smhasher/wiki/MurmurHash3
 */
export function mixedSeed(...parts: readonly number[]): number {
  let mixed = 0x9e3779b9
  for (const part of parts) {
    mixed = Math.imul(mixed ^ (part >>> 0), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    mixed ^= mixed >>> 16
  }
  return mixed >>> 0
}

/** @returns the items in an order drawn by `random`, uniform in [0, 1): Fisher and Yates' shuffle */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const drawn = Math.floor(random() * (last + 1))
    const kept = order[last] as Item
    order[last] = order[drawn] as Item
    order[drawn] = kept
  }
  return order
}
