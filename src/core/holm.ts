/** Probabilities of several tests, made larger so that among all of them a chance find stays as rare as in one. */

/**
 * Holm's step-down correction, which holds however the tests depend on each other.
 *
 * @param probabilities - of each test by itself, 0 to 1
 * @returns the corrected ones in the same order: below 0.05, the whole family errs at most once in twenty times
 * @see Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979)
 */
export function holm(probabilities: readonly number[]): readonly number[] {
  const order = probabilities.map((_, index) => index).sort((one, other) => at(one) - at(other))
  const corrected = new Array<number>(probabilities.length).fill(1)
  let largest = 0
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, at(index) * (probabilities.length - place)))
    corrected[index] = largest
  }
  return corrected

  function at(index: number): number {
    return probabilities[index] ?? 1
  }
}
