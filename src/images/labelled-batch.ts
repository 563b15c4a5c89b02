/** Puts labelled images together to batches, each image varied as drawn for it. */
import type { Tensor } from '../graph/tensor.js'
import { type AugmentationName, drawVariation } from './augmentation.js'
import { batchShape, bytesPerImage } from './batch-buffer.js'
import { elementsOf } from './element-table.js'
import { tensorWriter } from './fill-tensor.js'
import type { ImageInput, Normalization } from './image-input.js'
import { channelColours, defaultNormalization } from './normalization.js'
import { type ElementLayout, writeVaried } from './varied-image.js'

/** A batch with the class number of each row; -1 for rows that fill the last batch up. */
export interface LabelledImageBatch {
  /** Valid until the next batch is asked for. */
  readonly input: Tensor
  readonly labels: Int32Array
}

/** What a writer must know. */
export interface WriterOptions {
  readonly batchSize: number
  readonly augment: readonly AugmentationName[]
  readonly normalization?: Normalization
}

/** Fills one batch after the other in the same memory. */
export class LabelledBatchWriter {
  readonly #tensor: Tensor
  readonly #elements: ReturnType<typeof elementsOf>
  readonly #labels: Int32Array
  readonly #layout: ElementLayout
  readonly #augment: readonly AugmentationName[]
  #rows = 0

  constructor(input: ImageInput, { batchSize, augment, normalization }: WriterOptions) {
    const bytes = new ArrayBuffer(bytesPerImage(input) * batchSize)
    this.#elements = elementsOf(input.dtype, bytes, 0, input.height * input.width * input.channels * batchSize)
    this.#tensor = { dtype: input.dtype, shape: batchShape(input, batchSize), data: this.#elements }
    this.#labels = new Int32Array(batchSize)
    this.#layout = layoutOf(input, normalization)
    this.#augment = augment
  }

  /** @returns whether the batch is full */
  add(
    image: ReturnType<typeof elementsOf>,
    label: number,
    place: readonly [number, number, number] | undefined,
  ): boolean {
    const target = this.#elements.subarray(this.#rows * image.length, (this.#rows + 1) * image.length)
    if (place === undefined || this.#augment.length === 0) target.set(image as never)
    else writeVaried(image, target, this.#layout, drawVariation(this.#augment, this.#layout, place))
    this.#labels[this.#rows++] = label
    return this.#rows === this.#labels.length
  }

  /**
   * Rows that are left repeat the images in turn and have no label: they have no part in the loss, but batch normalisation
   * takes its statistics of images of this batch, not of black ones.
   */
  take(): LabelledImageBatch {
    const length = this.#elements.length / this.#labels.length
    for (let row = this.#rows; row < this.#labels.length; row++) {
      const from = (row % this.#rows) * length
      this.#elements.copyWithin(row * length, from, from + length)
      this.#labels[row] = -1
    }
    this.#rows = 0
    return { input: this.#tensor, labels: this.#labels }
  }
}

function layoutOf(input: ImageInput, normalization = defaultNormalization(input.dtype)): ElementLayout {
  const { tables } = tensorWriter(input, normalization)
  const black = elementsOf(input.dtype, new ArrayBuffer(8 * tables.length), 0, tables.length)
  for (const [channel, colour] of channelColours(input).entries()) {
    black[channel] = tables[channel]?.[colour === 'alpha' ? 255 : 0] as never
  }
  const isPlanar = input.layout === 'NCHW'
  const { width, height, channels } = input
  return { width, height, black, planes: isPlanar ? channels : 1, step: isPlanar ? 1 : channels }
}
