/** What an input may look like of which the file says nothing: guesses of its first reader, the likeliest first. */
import type { TensorGuess } from '../open-size.js'

/** Axes of what an input of unknown use is taken for. */
const RANKS = [4, 3, 2]
/** Smaller ones are hardly pictures, but rows of some features. */
const SMALLEST_SIDE = 8

/**
 * @param hasSequences - as `readsSequences` tells
 * @returns one guess at least
 */
export function likelyShapes(guess: TensorGuess | undefined, hasSequences: boolean): readonly TensorGuess[] {
  if (guess === undefined) return RANKS.map((rank) => ({ rank }))
  if (guess.or === 'sequence') {
    const sequence = sequenceOf(guess)
    return hasSequences ? [sequence, guess] : [guess, sequence]
  }
  const picture = guess.or === 'picture' ? pictureOf(guess.sizes?.get(1)) : undefined
  return picture === undefined ? [guess] : [picture, guess]
}

/** Operators that work along steps: attention, recurrent layers, products of whole batches, features brought before steps. */
const ALONG_STEPS =
  /\b(scaled_dot_product_attention|_native_multi_head_attention|_transformer_encoder_layer_fwd|multi_head_attention_forward|bmm|lstm|gru|rnn_tanh|rnn_relu)\(|\btorch\.transpose\([^\n]{0,200}, (1, 2|2, 1|-1, -2|-2, -1)\)|\btorch\.permute\([^\n]{0,200}\[0, 2, 1\]\)/

/** @returns whether the program works along an axis of steps, so that rows of features come in sequences */
export function readsSequences(code: ReadonlyMap<string, string>): boolean {
  return [...code.values()].some((text) => ALONG_STEPS.test(text))
}

/** [N, F] becomes [N, S, F]. */
function sequenceOf({ rank, sizes, ...rest }: TensorGuess): TensorGuess {
  const moved = [...(sizes ?? [])].map(([axis, size]) => [axis + 1, size] as const)
  return { ...rest, rank: rank + 1, sizes: new Map(moved) }
}

/** @returns a square picture of one channel or three with so many numbers, e.g. 1 x 28 x 28 of 784 */
function pictureOf(features: number | undefined): TensorGuess | undefined {
  for (const channels of [1, 3]) {
    const side = Math.sqrt((features ?? 0) / channels)
    if (Number.isInteger(side) && side >= SMALLEST_SIDE) {
      const sizes = new Map([channels, side, side].map((size, index) => [index + 1, size]))
      return { rank: 4, sizes }
    }
  }
  return undefined
}
