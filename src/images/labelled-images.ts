/**
 * Labelled images for a training: shuffled anew for each epoch, varied, in batches. Decoded once and kept where all of them
 * fit into memory; decoded ahead of the training, anew in each epoch, where they do not.
 */

import { mixedSeed, seededRandom, shuffled } from '../core/random.js'
import { type AugmentationName, checkAugmentation } from './augmentation.js'
import { bytesPerImage } from './batch-buffer.js'
import { decodeAll, type ImageCache } from './image-cache.js'
import type { ImageFile, ImageInput } from './image-input.js'
import { LabelledBatchWriter, type LabelledImageBatch } from './labelled-batch.js'
import type { PreparationReport } from './preparation-log.js'
import { type PreparedBatches, type PrepareOptions, prepareBatches } from './prepare-batches.js'
import type { ImageSplit } from './split-images.js'

/** Options of `openLabelledImages`, with those of the preparation. */
export interface LabelledImagesOptions extends PrepareOptions {
  /** Class number of an image. */
  readonly labelOf: (file: ImageFile) => number
  readonly seed: number
  readonly augment: readonly AugmentationName[]
  /** Most bytes of decoded images to keep. */
  readonly cacheBytes: number
}

/** What became of the image files so far. */
export type DecodingReport = Pick<
  PreparationReport,
  'prepared' | 'skipped' | 'skippedCount' | 'threadSeconds' | 'wallSeconds'
>

/** Images of a training, open. */
export interface LabelledImages {
  /** Images that can be used, as far as is known. */
  readonly trainingCount: number
  readonly validationCount: number
  /** True where each image is decoded once. */
  readonly isCached: boolean
  /** @param epoch - from 1; decides the order and the variations */
  training(epoch: number): AsyncIterable<LabelledImageBatch>
  /** In the order of the files, as they are. */
  validation(): AsyncIterable<LabelledImageBatch>
  report(): DecodingReport
}

/**
 * Decodes the images now where they fit into `cacheBytes`.
 *
 * @throws what `prepareBatches` throws; {UsageError} `E_AUGMENT`
 */
export async function openLabelledImages(
  split: ImageSplit,
  input: ImageInput,
  options: LabelledImagesOptions,
): Promise<LabelledImages> {
  checkAugmentation(options.augment, input)
  // Images are prepared one by one; the batch is put together here.
  const single = { ...input, fixedBatch: undefined, hasBatchAxis: true }
  const count = split.training.length + split.validation.length
  return count * bytesPerImage(input) <= options.cacheBytes
    ? cachedImages(split, input, await decodeAll([...split.training, ...split.validation], single, options), options)
    : streamedImages(split, input, (files) => prepareBatches(files, single, options), options)
}

/** Number of each image in the data set, on which what is drawn for it depends. */
const numbered = ({ training, validation }: ImageSplit): ReadonlyMap<ImageFile, number> =>
  new Map([...training, ...validation].map((file, index) => [file, index]))

const inOrder = <Item>(items: readonly Item[], seed: number, epoch: number): Item[] =>
  shuffled(items, seededRandom(mixedSeed(seed, epoch)))

function cachedImages(
  split: ImageSplit,
  input: ImageInput,
  cache: ImageCache,
  options: LabelledImagesOptions,
): LabelledImages {
  const numbers = numbered(split)
  const usable = (files: readonly ImageFile[]) => files.filter((file) => cache.has(file))
  const batchesOf = async function* (files: readonly ImageFile[], epoch?: number) {
    const writer = new LabelledBatchWriter(input, options)
    for (const [index, file] of files.entries()) {
      const place = epoch === undefined ? undefined : ([options.seed, epoch, numbers.get(file) ?? 0] as const)
      const isFull = writer.add(cache.imageOf(file), options.labelOf(file), place)
      if (isFull || index === files.length - 1) yield writer.take()
    }
  }
  return {
    trainingCount: usable(split.training).length,
    validationCount: usable(split.validation).length,
    isCached: true,
    training: (epoch) => batchesOf(usable(inOrder(split.training, options.seed, epoch)), epoch),
    validation: () => batchesOf(usable(split.validation)),
    report: () => cache.report,
  }
}

type Prepare = (files: readonly ImageFile[]) => PreparedBatches

function streamedImages(
  split: ImageSplit,
  input: ImageInput,
  prepare: Prepare,
  options: LabelledImagesOptions,
): LabelledImages {
  const { training, validation } = split
  const numbers = numbered(split)
  const reports = new Map<string, PreparationReport>()
  let threadSeconds = 0
  const batchesOf = async function* (files: readonly ImageFile[], name: string, epoch?: number) {
    const prepared = prepare(files)
    const writer = new LabelledBatchWriter(input, options)
    const before = threadSeconds
    for await (const batch of prepared) {
      const images = batch.tensor.data as Uint8Array
      const length = images.length / options.batchSize
      for (const [row, file] of batch.files.entries()) {
        const place = epoch === undefined ? undefined : ([options.seed, epoch, numbers.get(file) ?? 0] as const)
        writer.add(images.subarray(row * length, (row + 1) * length), options.labelOf(file), place)
      }
      reports.set(name, prepared.report)
      threadSeconds = before + prepared.report.threadSeconds
      yield writer.take()
    }
    reports.set(name, prepared.report)
  }
  return {
    trainingCount: training.length,
    validationCount: validation.length,
    isCached: false,
    training: (epoch) => batchesOf(inOrder(training, options.seed, epoch), 'training', epoch),
    validation: () => batchesOf(validation, 'validation'),
    report: () => ({ ...together([...reports.values()]), threadSeconds }),
  }
}

function together(reports: readonly PreparationReport[]): DecodingReport {
  const sum = (pick: (report: PreparationReport) => number) => reports.reduce((total, one) => total + pick(one), 0)
  return {
    prepared: sum(({ prepared }) => prepared),
    skipped: reports.flatMap(({ skipped }) => skipped),
    skippedCount: sum(({ skippedCount }) => skippedCount),
    threadSeconds: sum(({ threadSeconds: seconds }) => seconds),
    wallSeconds: sum(({ wallSeconds }) => wallSeconds),
  }
}
