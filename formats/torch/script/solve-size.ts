/** Finds sizes of an input that give an expression the value that the weights ask for. */
import {
  type Dimension,
  equalDimensions,
  evaluate,
  freeNames,
  multiply,
  subtract,
  symbol,
} from '../../../src/graph/dimension.js'

/** Sides of images that models are mostly made for, before all others. */
const USUAL_SIDES = [224, 32, 28, 96, 64, 128, 256, 299, 160, 192, 240, 288, 320, 384, 512]
const LARGEST_SIDE = 1024
/** Colour, grey, and what else there is. */
const CHANNELS = [3, 1, 2, 4]

/**
 * @param size - over the free names of inputs; images are taken to be square
 * @returns a number for each name, or `undefined` where none is found
 */
export function solveSize(size: Dimension, expected: number | undefined): ReadonlyMap<string, number> | undefined {
  if (expected === undefined) return undefined
  const names = [...freeNames(size)]
  const [only] = names
  if (names.length === 1 && only !== undefined && !isSide(only))
    return firstFit(size, expected, [only], [], linear(expected))
  const channels = names.filter((name) => letterOf(name) === 'C')
  const others = names.filter((name) => !isSide(name) && letterOf(name) !== 'C')
  // The batch takes no part unless it must be 1.
  const fixed = new Map(others.map((name) => [name, 1]))
  if (others.some((name) => name !== 'N')) return undefined
  const sides = names.filter(isSide)
  const fits = sides.length > 0 ? sideFit : firstFit
  for (const count of channels.length > 0 ? CHANNELS : [1]) {
    const known = [...fixed, ...channels.map((name) => [name, count] as const)]
    const found = fits(size, expected, sides, known, sides.length > 0 ? USUAL_SIDES : [1])
    if (found !== undefined) return found
  }
  return undefined
}

function firstFit(
  size: Dimension,
  expected: number,
  names: readonly string[],
  known: readonly (readonly [string, number])[],
  values: Iterable<number>,
): ReadonlyMap<string, number> | undefined {
  for (const value of values) {
    const sizes = new Map([...known, ...names.map((name) => [name, value] as const)])
    if (evaluate(size, sizes) === expected) return sizes
  }
  return undefined
}

/**
 * @param size - a difference
 * @returns the one name in the place of the other where it must be 0: `S` for `k_S` of `S - k_S`
 */
export function sameSize(size: Dimension, expected: number | undefined): ReadonlyMap<string, Dimension> | undefined {
  const [first, second, ...more] = [...freeNames(size)].sort((left, right) => left.length - right.length)
  if (expected !== 0 || first === undefined || second === undefined || more.length > 0) return undefined
  const difference = subtract(symbol(first), symbol(second))
  const isDifference = [difference, multiply(-1, difference)].some((other) => equalDimensions(size, other))
  return isDifference ? new Map([[second, symbol(first)]]) : undefined
}

/** A usual side; else, of those next to each other that fit alike, the one that is whole steps of so many: 48 of 45 to 48. */
function sideFit(...[size, expected, names, known, usual]: Parameters<typeof firstFit>): ReturnType<typeof firstFit> {
  const found = firstFit(size, expected, names, known, usual)
  if (found !== undefined) return found
  const fits = (side: number) => firstFit(size, expected, names, known, [side])
  let first = 1
  while (first <= LARGEST_SIDE && fits(first) === undefined) first += 1
  let count = 0
  while (fits(first + count) !== undefined && count < LARGEST_SIDE) count += 1
  return count === 0 ? undefined : fits(Math.ceil(first / count) * count)
}

/** The expected number itself, and its parts. */
function linear(expected: number): number[] {
  return [expected, ...Array.from({ length: Math.min(expected, LARGEST_SIDE) }, (_, index) => index + 1)]
}

function letterOf(name: string): string {
  return name.slice(name.lastIndexOf('_') + 1)
}

function isSide(name: string): boolean {
  return ['H', 'W', 'D'].includes(letterOf(name))
}
