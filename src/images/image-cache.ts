/** Decoded images, kept in memory as the model takes them. */
import { bytesPerImage } from './batch-buffer.js'
import { type ElementArray, elementsOf } from './element-table.js'
import type { ImageFile, ImageInput } from './image-input.js'
import type { PreparationReport } from './preparation-log.js'
import { type PrepareOptions, prepareBatches } from './prepare-batches.js'

/** Images by their files. */
export interface ImageCache {
  readonly report: PreparationReport
  /** Whether the image could be decoded. */
  has(file: ImageFile): boolean
  /** @returns elements of an image that `has` knows; not to be written to */
  imageOf(file: ImageFile): ElementArray
}

/** Images that are decoded together; the training's own batches are put together later. */
const IMAGES_AT_ONCE = 32

/**
 * @param input - with a free batch
 * @throws what `prepareBatches` throws
 */
export async function decodeAll(
  files: readonly ImageFile[],
  input: ImageInput,
  options: PrepareOptions,
): Promise<ImageCache> {
  const bytes = bytesPerImage(input)
  const memory = new Uint8Array(files.length * bytes)
  const rows = new Map<ImageFile, number>()
  const batches = prepareBatches(files, input, { ...options, batchSize: Math.min(IMAGES_AT_ONCE, files.length) })
  for await (const { tensor, files: decoded } of batches) {
    const { buffer, byteOffset } = tensor.data as Uint8Array
    memory.set(new Uint8Array(buffer, byteOffset, decoded.length * bytes), rows.size * bytes)
    for (const file of decoded) rows.set(file, rows.size)
  }
  const length = input.height * input.width * input.channels
  return {
    report: batches.report,
    has: (file) => rows.has(file),
    imageOf: (file) => elementsOf(input.dtype, memory.buffer, (rows.get(file) ?? 0) * bytes, length),
  }
}
