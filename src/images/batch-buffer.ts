/** The memory of one batch while its images come in. */
import { bytesOf } from '../graph/data-type.js'
import { elementsOf } from './element-table.js'
import type { ImageBatch, ImageFile, ImageInput } from './image-input.js'

/** Filled by `add`, given away by `take`. */
export class BatchBuffer {
  private readonly bytes: Uint8Array
  private readonly files: ImageFile[] = []
  private readonly length: number

  constructor(
    private readonly input: ImageInput,
    private readonly batchSize: number,
  ) {
    this.length = bytesOf(input.dtype, input.height * input.width * input.channels)
    this.bytes = new Uint8Array(this.length * batchSize)
  }

  get isFull(): boolean {
    return this.files.length === this.batchSize
  }

  get isEmpty(): boolean {
    return this.files.length === 0
  }

  /** @param elements - of one image, as bytes */
  add(file: ImageFile, elements: Uint8Array): void {
    this.bytes.set(elements, this.files.length * this.length)
    this.files.push(file)
  }

  /** Fills rows that are left by repeating the images in turn. */
  take(): ImageBatch {
    const { dtype } = this.input
    const count = this.files.length
    for (let row = count; row < this.batchSize; row++) {
      this.bytes.copyWithin(row * this.length, (row % count) * this.length, ((row % count) + 1) * this.length)
    }
    const shape = batchShape(this.input, this.batchSize)
    const elements = shape.reduce((product, size) => product * size, 1)
    return { tensor: { dtype, shape, data: elementsOf(dtype, this.bytes.buffer, 0, elements) }, files: this.files }
  }
}

/** @returns the shape of a batch: `[N, C, H, W]`, `[N, H, W, C]`, or without the axes that the input does not have */
export function batchShape(input: ImageInput, batchSize: number): readonly number[] {
  const { height, width, channels, layout } = input
  const image = layout === 'NCHW' ? [channels, height, width] : [height, width, channels]
  const axes = input.hasChannelAxis ? image : [height, width]
  return input.hasBatchAxis ? [batchSize, ...axes] : axes
}
