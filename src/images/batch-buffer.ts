/** The memory of one batch while its images come in. */
import { bytesOf } from '../graph/data-type.js'
import { elementsOf } from './element-table.js'
import type { ImageBatch, ImageFile, ImageInput } from './image-input.js'

/** Filled by `add`, given away by `take`. */
export class BatchBuffer {
  private elements: Uint8Array<ArrayBuffer> | undefined
  private files: ImageFile[] = []
  private readonly bytesPerImage: number

  constructor(
    private readonly input: ImageInput,
    private readonly batchSize: number,
  ) {
    this.bytesPerImage = bytesPerImage(input)
  }

  /** Images that still fit. */
  get room(): number {
    return this.batchSize - this.files.length
  }

  get isEmpty(): boolean {
    return this.files.length === 0
  }

  /**
   * Adds images, at most as many as there is room for. A whole batch that comes at once is taken over without copying.
   *
   * @param elements - of the images, one after the other; the caller gives them away
   */
  add(files: readonly ImageFile[], elements: Uint8Array<ArrayBuffer>): void {
    const bytes = this.batchSize * this.bytesPerImage
    const isWhole = this.isEmpty && files.length === this.batchSize && elements.buffer.byteLength === bytes
    if (isWhole) this.elements = elements
    else {
      this.elements ??= new Uint8Array(bytes)
      this.elements.set(elements, this.files.length * this.bytesPerImage)
    }
    this.files.push(...files)
  }

  /** Fills rows that are left by repeating the images in turn; the buffer is empty then. */
  take(): ImageBatch {
    const { dtype } = this.input
    const [bytes, files, length] = [this.elements ?? new Uint8Array(), this.files, this.bytesPerImage]
    for (let row = files.length; row < this.batchSize; row++) {
      const from = (row % files.length) * length
      bytes.copyWithin(row * length, from, from + length)
    }
    this.elements = undefined
    this.files = []
    const shape = batchShape(this.input, this.batchSize)
    const count = shape.reduce((product, size) => product * size, 1)
    return { tensor: { dtype, shape, data: elementsOf(dtype, bytes.buffer, 0, count) }, files }
  }
}

/** @returns bytes that one image takes in a batch */
export const bytesPerImage = ({ dtype, height, width, channels }: ImageInput): number =>
  bytesOf(dtype, height * width * channels)

/** @returns the shape of a batch: `[N, C, H, W]`, `[N, H, W, C]`, or without the axes that the input does not have */
export function batchShape(input: ImageInput, batchSize: number): readonly number[] {
  const { height, width, channels, layout } = input
  const image = layout === 'NCHW' ? [channels, height, width] : [height, width, channels]
  const axes = input.hasChannelAxis ? image : [height, width]
  return input.hasBatchAxis ? [batchSize, ...axes] : axes
}
