/** Sets images aside for validation, of each class the same share. */
import { UsageError } from '../core/errors.js'
import { mixedSeed, seededRandom, shuffled } from '../core/random.js'
import type { ImageFile } from './image-input.js'

/** Two parts of a folder, each in the order of the folder. */
export interface ImageSplit {
  readonly training: readonly ImageFile[]
  readonly validation: readonly ImageFile[]
}

/**
 * Of each class `share` of the images, rounded, but at least one image and never the last one. What is drawn of a class
 * depends on the seed and on its own images alone.
 *
 * @param share - 0 to 1, exclusive; 0 sets none aside
 * @throws {UsageError} `E_SPLIT` for another share
 */
export function splitImages(files: readonly ImageFile[], share: number, seed: number): ImageSplit {
  if (!(share >= 0 && share < 1)) {
    throw new UsageError('E_SPLIT', `the validation split is ${share}, expected a share from 0 to less than 1`)
  }
  const aside = new Set<ImageFile>()
  for (const [label, images] of byClass(files)) {
    const count = share === 0 ? 0 : Math.min(images.length - 1, Math.max(1, Math.round(share * images.length)))
    const random = seededRandom(mixedSeed(seed, ...Buffer.from(label)))
    for (const file of shuffled(images, random).slice(0, count)) aside.add(file)
  }
  return {
    training: files.filter((file) => !aside.has(file)),
    validation: files.filter((file) => aside.has(file)),
  }
}

function byClass(files: readonly ImageFile[]): ReadonlyMap<string, readonly ImageFile[]> {
  const classes = new Map<string, ImageFile[]>()
  for (const file of files) {
    const images = classes.get(file.label ?? '') ?? []
    images.push(file)
    classes.set(file.label ?? '', images)
  }
  return classes
}
