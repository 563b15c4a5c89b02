/**
 * Draws how an image is varied before the model sees it. What is drawn is a function of the seed, the epoch and the number of
 * the image alone, so that a training that goes on from a checkpoint sees what it would have seen.
 */
import { UsageError } from '../core/errors.js'
import { mixedSeed, seededRandom } from '../core/random.js'
import type { ImageInput } from './image-input.js'

/** Ways to vary an image. */
export const AUGMENTATIONS = ['flip', 'crop', 'resized-crop'] as const

/**
 * `flip`: left and right change places, every other time. `crop`: a black border of an eighth of each side is laid around the
 * image, and a part of the image's size is cut out anywhere. `resized-crop`: a part of 25 to 100% of the area, its sides
 * stretched by up to 4 to 3, becomes the whole image.
 *
 * @see https://pytorch.org/vision/stable/transforms.html - RandomHorizontalFlip, RandomCrop, RandomResizedCrop
 */
export type AugmentationName = (typeof AUGMENTATIONS)[number]

/** What was drawn for one image of one epoch: the part of it to show, in pixels; that of a `crop` may reach beyond its border. */
export interface Variation {
  readonly isFlipped: boolean
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const BORDER = 1 / 8
const SMALLEST_AREA = 0.25
const MOST_STRETCH = 4 / 3

/** @param place - seed, epoch and number of the image in its data set */
export function drawVariation(
  names: readonly AugmentationName[],
  size: Pick<ImageInput, 'width' | 'height'>,
  place: readonly [seed: number, epoch: number, index: number],
): Variation {
  const random = seededRandom(mixedSeed(...place))
  const isFlipped = names.includes('flip') && random() < 0.5
  if (names.includes('resized-crop')) return { isFlipped, ...drawnPart(size, random) }
  if (!names.includes('crop')) return { isFlipped, left: 0, top: 0, width: size.width, height: size.height }
  const moved = (side: number): number => {
    const border = Math.round(side * BORDER)
    return Math.floor(random() * (2 * border + 1)) - border
  }
  return { isFlipped, left: moved(size.width), top: moved(size.height), width: size.width, height: size.height }
}

function drawnPart({ width, height }: Pick<ImageInput, 'width' | 'height'>, random: () => number) {
  const side = Math.sqrt(SMALLEST_AREA + random() * (1 - SMALLEST_AREA))
  const stretch = MOST_STRETCH ** (random() - 0.5)
  const [wide, high] = [Math.min(1, side * stretch) * width, Math.min(1, side / stretch) * height]
  return { left: random() * (width - wide), top: random() * (height - high), width: wide, height: high }
}

/** @throws {UsageError} `E_AUGMENT` for both crops at once, and for `resized-crop` of elements that are no plain numbers */
export function checkAugmentation(names: readonly AugmentationName[], { dtype, name }: ImageInput): void {
  if (!names.includes('resized-crop')) return
  if (names.includes('crop')) {
    throw new UsageError('E_AUGMENT', 'crop and resized-crop exclude each other', { hint: 'leave out one of the two' })
  }
  if (dtype === 'float32' || dtype === 'float64') return
  throw new UsageError('E_AUGMENT', `resized-crop needs float32 or float64, and input ${name} is ${dtype}`, {
    hint: 'use --augment flip,crop',
  })
}
