/** Image files to batches for a model: decoded ahead of whoever takes them, in order, within bounded memory. */
import { availableParallelism } from 'node:os'
import { FormatError, UsageError } from '../core/errors.js'
import { BatchBuffer, bytesPerImage } from './batch-buffer.js'
import { DecodePool } from './decode-pool.js'
import type { ImageBatch, ImageFile, ImageInput, Normalization, ResizePolicy } from './image-input.js'
import { defaultNormalization, normalizedValues } from './normalization.js'
import type { JobResult } from './preparation.js'
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
  /** Images that may lie decoded beside the batch being filled; enough for the next batches when absent. */
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
/** Most bytes of decoded images beside the batch being filled, beyond one image per thread. */
const MAX_AHEAD_BYTES = 2 ** 28
/** Images that wait beside those in work, memory permitting, so that one that takes long does not stop a quick model. */
const MIN_READ_AHEAD = 16
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

type Settings = PrepareOptions & { readonly normalization: Normalization }

async function* batches(
  files: readonly ImageFile[],
  input: ImageInput,
  options: Settings,
  log: PreparationLog,
): AsyncGenerator<ImageBatch, void, void> {
  const plan = planJobs(files.length, bytesPerImage(input), options)
  const pool = await openPool(input, options, plan)
  try {
    log.start(pool.threads)
    const batch = new BatchBuffer(input, options.batchSize)
    for await (const { files: decoded, elements } of decodedInOrder(files, plan.imagesPerJob, pool, options, log)) {
      const length = elements.length / Math.max(1, decoded.length)
      for (let from = 0; from < decoded.length; ) {
        const end = Math.min(decoded.length, from + batch.room)
        batch.add(decoded.slice(from, end), elements.subarray(from * length, end * length))
        from = end
        if (batch.room === 0) yield* log.handOut(batch.take())
      }
    }
    if (log.prepared === 0) throw noneUsable(log)
    if (!batch.isEmpty) yield* log.handOut(batch.take())
  } finally {
    pool.close()
    log.end()
  }
}

interface JobPlan {
  readonly threads: number
  readonly imagesPerJob: number
  readonly openJobs: number
}

/** A job is a whole batch where that leaves work for all threads and memory for the jobs that run ahead. */
function planJobs(count: number, bytes: number, { batchSize, threads: wanted, readAhead }: Settings): JobPlan {
  const threads = Math.max(1, Math.min(wanted ?? availableParallelism(), MAX_THREADS, count))
  const affordable = Math.floor(MAX_AHEAD_BYTES / bytes)
  const imagesPerJob = Math.max(
    1,
    Math.min(batchSize, Math.ceil(count / threads), Math.floor((readAhead ?? affordable) / (threads + 1))),
  )
  const enough = threads + Math.ceil(Math.max(batchSize, MIN_READ_AHEAD) / imagesPerJob)
  const most = Math.floor((readAhead ?? affordable) / imagesPerJob)
  return { threads, imagesPerJob, openJobs: Math.max(threads, Math.min(enough, most)) }
}

function openPool(input: ImageInput, options: Settings, { threads, openJobs }: JobPlan): Promise<DecodePool> {
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
    bytesPerImage: bytesPerImage(input),
    threads,
    openJobs,
    signal: options.signal,
  })
}

interface DecodedImages {
  readonly files: readonly ImageFile[]
  /** Elements of the images, as bytes, in a buffer for all of the job's. */
  readonly elements: Uint8Array<ArrayBuffer>
}

/** Keeps as many jobs open as there may be, and gives their images in the order of the files. */
async function* decodedInOrder(
  files: readonly ImageFile[],
  imagesPerJob: number,
  pool: DecodePool,
  options: Settings,
  log: PreparationLog,
): AsyncGenerator<DecodedImages, void, void> {
  const come = new Map<number, JobResult>()
  const jobs = Math.ceil(files.length / imagesPerJob)
  const filesOf = (index: number) => files.slice(index * imagesPerJob, (index + 1) * imagesPerJob)
  const post = (index: number) => {
    if (index >= jobs) return
    pool.post({ number: index + 1, claim: index % pool.openJobs, paths: filesOf(index).map(({ path }) => path) })
  }
  for (let index = 0; index < pool.openJobs; index++) post(index)
  for (let index = 0; index < jobs; index++) {
    const result = await resultOf(index + 1, pool, come, log)
    post(index + pool.openJobs)
    log.addTime(result)
    const decoded = usableOf(filesOf(index), result, files.length, options, log)
    const length = result.elements.byteLength / result.reasons.length
    yield { files: decoded, elements: new Uint8Array(result.elements, 0, decoded.length * length) }
  }
}

/** Tells of each image what became of it. @returns those that can be used */
function usableOf(
  files: readonly ImageFile[],
  { reasons }: JobResult,
  total: number,
  { strict, onProgress }: Settings,
  log: PreparationLog,
): readonly ImageFile[] {
  return files.filter((file, index) => {
    const reason = reasons[index]
    log.add(file, reason)
    onProgress?.(log.prepared + log.skipped, total, log.skipped)
    if (reason !== undefined && strict === true) throw brokenImage(file, reason)
    return reason === undefined
  })
}

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
