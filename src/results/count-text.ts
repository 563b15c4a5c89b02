/** Counts with their nouns. */
import { formatExact } from './quantity.js'

/** @returns e.g. `1 run`, `1,200 runs`; an `s` makes the plural unless another is given */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${formatExact(count)} ${count === 1 ? noun : plural}`
