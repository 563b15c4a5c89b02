// What every mutator draws from: numbers, places and picks of one seeded stream, so that an index repeats its file.

/** @param {() => number} random gives numbers in [0, 1) */
export function chanceOf(random) {
  const below = (count) => Math.floor(random() * count)
  return {
    random,
    below,
    /** True in a share of all cases. */
    happens: (share) => random() < share,
    pick: (list) => list[below(list.length)],
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}

/** Numbers at which readers break: ends of ranges, one beside them, and sizes that no file has. */
export const ABSURD = [
  0n,
  1n,
  2n,
  7n,
  127n,
  128n,
  255n,
  256n,
  65_535n,
  65_536n,
  2n ** 24n,
  2n ** 30n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n - 2n,
  2n ** 64n - 8n,
]
