/** Image files to batches for a model: decoded ahead of whoever takes them, in order, within bounded memory. */
import { availableParallelism } from 'node:os'
import { FormatError, UsageError } from '../core/errors.js'
import { bytesOf } from '../graph/data-type.js'
import { BatchBuffer } from './batch-buffer.js'
import { DecodePool } from './decode-pool.js'
import type { ImageBatch, ImageFile, ImageInput, Normalization, ResizePolicy } from './image-input.js'
import { defaultNormalization, normalizedValues } from './normalization.js'
import type { Job, JobResult } from './preparation.js'
import { PreparationLog, type PreparationReport } from './preparation-log.js'

/** Options of `prepareBatches`. */
export interface PrepareOptions {
  readonly batchSize: number
  /** `shortest-crop` when absent. */
  readonly resize?: ResizePolicy
  /** `imagenet` for floating point inputs and `none` for integers when absent. */
  readonly normalization?: Normalization
  /** `exact` when absent: the pixels of torchvision, bit for bit; `fast` comes close and takes large images quicker. */
  readonly decode?: 'fast' | 'exact'
  /** The first image that cannot be used ends everything. */
  readonly strict?: boolean
  /** Decoding threads; as many as the machine has cores, at most 4, when absent. */
  readonly threads?: number
  /** Images that may lie decoded beside the batch being filled; enough for the next batch when absent. */
  readonly readAhead?: number
  /** Most pixels of an image. */
  readonly maxPixels?: number
  readonly signal?: AbortSignal
  /** Called after each image. */
  readonly onProgress?: (done: number, total: number, skipped: number) => void
}

/** Batches in the order of the files; `report` is that of the latest iteration, and complete at its end. */
export interface PreparedBatches extends AsyncIterable<ImageBatch> {
  readonly report: PreparationReport
}

/** Pillow refuses larger images as decompression bombs; 13,377 pixels square. */
export const MAX_IMAGE_PIXELS = 2 * 89_478_485

/** Most bytes of one batch. */
const MAX_BATCH_BYTES = 2 ** 31
/** Most bytes of decoded images that wait, beyond one per thread. */
const MAX_AHEAD_BYTES = 2 ** 28
/** libuv has 4 threads for all decoders unless told otherwise. */
const MAX_THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4) || 4

/**
 * Batches for a model, from image files.
 *
 * Each tensor is new memory of the input's shape `[batchSize, ...]`. The last batch is filled up by repeating its
 * images; its `files` name the real ones. Images that cannot be used are left out, named and counted in the report.
 *
 * @throws {UsageError} at once: `E_NO_IMAGES`, `E_BATCH_SIZE`, `E_BATCH_TOO_LARGE`, `E_NORMALIZE`;
 *   while iterating: `E_NO_USABLE_IMAGE` when every image is broken
 * @throws {FormatError} while iterating: `E_BROKEN_IMAGE` with `strict`
 * @throws {InterruptedError} while iterating, promptly, when the signal is aborted
 */
export function prepareBatches(
  files: readonly ImageFile[],
  input: ImageInput,
  options: PrepareOptions,
): PreparedBatches {
  const normalization = options.normalization ?? defaultNormalization(input.dtype)
  check(files, input, options)
  normalizedValues(input, normalization)
  let log = new PreparationLog(files.length)
  return {
    get report() {
      return log.report()
    },
    [Symbol.asyncIterator]: () => {
      log = new PreparationLog(files.length)
      return batches(files, input, { ...options, normalization }, log)
    },
  }
}

function check(files: readonly ImageFile[], input: ImageInput, { batchSize }: PrepareOptions): void {
  if (files.length === 0) {
    throw new UsageError('E_NO_IMAGES', 'there is no image to prepare', { hint: 'give a folder of images' })
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new UsageError('E_BATCH_SIZE', `the batch size is ${batchSize}, expected a whole number from 1`)
  }
  const fixed = input.hasBatchAxis ? input.fixedBatch : 1
  if (fixed !== undefined && fixed !== batchSize) {
    throw new UsageError('E_BATCH_SIZE', `input ${input.name} takes ${fixed} images at once, not ${batchSize}`, {
      hint: `give --batch ${fixed}, or export the model with a free batch`,
    })
  }
  const bytes = bytesPerImage(input) * batchSize
  if (bytes > MAX_BATCH_BYTES) {
    throw new UsageError('E_BATCH_TOO_LARGE', `a batch of ${batchSize} images takes ${bytes} bytes`, {
      hint: `a batch may take ${MAX_BATCH_BYTES} bytes: give a smaller --batch`,
    })
  }
}

const bytesPerImage = ({ dtype, height, width, channels }: ImageInput): number =>
  bytesOf(dtype, height * width * channels)

type Settings = PrepareOptions & { readonly normalization: Normalization }

async function* batches(
  files: readonly ImageFile[],
  input: ImageInput,
  options: Settings,
  log: PreparationLog,
): AsyncGenerator<ImageBatch, void, void> {
  const pool = await openPool(files.length, input, options)
  try {
    log.start(pool.threads)
    let batch = new BatchBuffer(input, options.batchSize)
    for await (const { file, pixels } of decodedInOrder(files, pool, options, log)) {
      batch.add(file, pixels)
      if (!batch.isFull) continue
      yield* log.handOut(batch.take())
      batch = new BatchBuffer(input, options.batchSize)
    }
    if (log.prepared === 0) throw noneUsable(log)
    if (!batch.isEmpty) yield* log.handOut(batch.take())
  } finally {
    pool.close()
    log.end()
  }
}

function openPool(count: number, input: ImageInput, options: Settings): Promise<DecodePool> {
  const bytes = bytesPerImage(input)
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), MAX_THREADS, count))
  const wanted = options.readAhead ?? options.batchSize + 4 * threads
  const affordable = Math.max(threads, Math.floor(MAX_AHEAD_BYTES / bytes))
  return DecodePool.open({
    input,
    normalization: options.normalization,
    decode: {
      canvas: { width: input.width, height: input.height },
      channels: input.channels,
      resize: options.resize ?? 'shortest-crop',
      decode: options.decode ?? 'exact',
      maxPixels: options.maxPixels ?? MAX_IMAGE_PIXELS,
    },
    threads,
    slots: Math.max(threads, Math.min(wanted, affordable, count)),
    bytesPerImage: bytes,
    signal: options.signal,
  })
}

interface DecodedImage {
  readonly file: ImageFile
  /** Elements of the image, as bytes; valid until the next image is asked for. */
  readonly pixels: Uint8Array
}

/** Keeps every free slot busy with the next files, and gives the images in the order of the files. */
async function* decodedInOrder(
  files: readonly ImageFile[],
  pool: DecodePool,
  options: Settings,
  log: PreparationLog,
): AsyncGenerator<DecodedImage, void, void> {
  const come = new Map<number, JobResult>()
  const slots = pool.slotCount
  pool.post(files.slice(0, slots).map((file, index) => jobFor(file, index, index)))
  for (const [index, file] of files.entries()) {
    const slot = index % slots
    const result = await resultOf(index + 1, pool, come, log)
    log.add(file, result)
    options.onProgress?.(index + 1, files.length, log.skipped)
    if (result.reason === undefined) yield { file, pixels: pool.slot(slot) }
    else if (options.strict === true) throw brokenImage(file, result.reason)
    const next = files[index + slots]
    if (next !== undefined) pool.post([jobFor(next, index + slots, slot)])
  }
}

const jobFor = (file: ImageFile, index: number, slot: number): Job => ({ number: index + 1, slot, path: file.path })

async function resultOf(
  number: number,
  pool: DecodePool,
  come: Map<number, JobResult>,
  log: PreparationLog,
): Promise<JobResult> {
  for (;;) {
    for (const result of pool.takeResults()) come.set(result.number, result)
    const result = come.get(number)
    if (result !== undefined) {
      come.delete(number)
      return result
    }
    await log.waiting(pool.arrival())
  }
}

const brokenImage = (file: ImageFile, reason: string) =>
  new FormatError('E_BROKEN_IMAGE', `${file.name}: ${reason}`, { hint: 'without --strict such images are skipped' })

function noneUsable(log: PreparationLog): UsageError {
  const [first] = log.report().skipped
  return new UsageError(
    'E_NO_USABLE_IMAGE',
    `none of ${log.skipped} images can be used, e.g. ${first?.name}: ${first?.reason}`,
    {
      hint: 'give other images, or run without them: --synthetic',
    },
  )
}
