/** A folder of images as a source of batches: every image goes through the model once, and some batches stay for timing. */
import { InterruptedError } from '../src/core/errors.js'
import { seededRandom } from '../src/core/random.js'
import type { Warning } from '../src/core/warning.js'
import type { Session } from '../src/engines/engine.js'
import { batchShape } from '../src/images/batch-buffer.js'
import type { ImageFile, ImageInput, Normalization, ResizePolicy } from '../src/images/image-input.js'
import { defaultNormalization } from '../src/images/normalization.js'
import type { PreparationReport } from '../src/images/preparation-log.js'
import { type PreparedBatches, prepareBatches } from '../src/images/prepare-batches.js'
import { AccuracyCounter, type AccuracyResult } from './accuracy.js'
import { BatchPool, poolCapacity, tensorBytes } from './batch-pool.js'
import type { FixedBatch } from './batch-sizes.js'
import type { Clock } from './clock.js'
import type { Labels } from './labels.js'
import type { Progress } from './options.js'
import type { InputSource, PreparedInputs } from './prepared-inputs.js'

/** What `imageSource` needs. */
export interface ImageSourceOptions {
  readonly files: readonly ImageFile[]
  readonly input: ImageInput
  readonly normalization?: Normalization | undefined
  readonly resize?: ResizePolicy | undefined
  readonly strict?: boolean | undefined
  readonly labels?: Labels | undefined
  /** Of the decoders, by name. */
  readonly versions?: Readonly<Record<string, string>> | undefined
  readonly seed: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Makes batches of files; `prepareBatches` unless a test says otherwise. */
  readonly prepare?: typeof prepareBatches
}

/** @returns a source whose first batch size looks at every image; further ones at as many as the pool holds */
export function imageSource(options: ImageSourceOptions): InputSource {
  const { input, files } = options
  return {
    description: { kind: 'images', description: describeImages(options) },
    fixedBatch: fixedBatchOf(input),
    versions: options.versions ?? {},
    shapes: (batchSize) => new Map([[input.name, batchShape(input, batchSize)]]),
    prepare: (session, batchSize, isFirst) =>
      isFirst
        ? passOver(files, session, batchSize, options)
        : passOver(some(files, batchSize, options), session, batchSize, options),
  }
}

const fixedBatchOf = ({ name, fixedBatch, hasBatchAxis }: ImageInput): FixedBatch | undefined => {
  const size = hasBatchAxis ? fixedBatch : 1
  return size === undefined ? undefined : { size, input: name, isByCaller: false }
}

/** Evenly spaced files, enough to fill the pool. */
function some(files: readonly ImageFile[], batchSize: number, { input }: ImageSourceOptions): readonly ImageFile[] {
  const bytes = batchShape(input, batchSize).reduce((product, size) => product * size, 4)
  const wanted = poolCapacity(bytes) * batchSize
  const every = Math.max(1, Math.floor(files.length / wanted))
  return files.filter((_, index) => index % every === 0).slice(0, wanted)
}

async function passOver(
  files: readonly ImageFile[],
  session: Session,
  batchSize: number,
  options: ImageSourceOptions,
): Promise<PreparedInputs> {
  const { input, normalization, resize, strict, signal, onProgress, prepare = prepareBatches } = options
  const batches = prepare(files, input, {
    batchSize,
    ...(normalization === undefined ? {} : { normalization }),
    ...(resize === undefined ? {} : { resize }),
    ...(strict === undefined ? {} : { strict }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total, skipped) => onProgress?.({ phase: 'preprocess', done, total, skipped }),
  })
  const counter = new AccuracyCounter(classesOf(files), options.labels)
  const { pool, postprocess } = await runThrough(batches, session, batchSize, counter, options)
  const { report } = batches
  return {
    pool: pool.take(),
    images: imagesRecord(report),
    accuracy: counter.result(),
    preprocess: report.wallSeconds,
    postprocess,
    warnings: [...skipWarnings(report), ...accuracyWarnings(counter.result())],
  }
}

/** Decoding of the next batches goes on while the engine runs this one. */
async function runThrough(
  batches: PreparedBatches,
  session: Session,
  batchSize: number,
  counter: AccuracyCounter,
  { input, seed, clock, signal }: ImageSourceOptions,
) {
  const pool = new BatchPool(seededRandom(seed))
  let postprocess = 0
  let isPoolEmpty = true
  for await (const { tensor, files } of batches) {
    if (signal?.aborted) throw new InterruptedError()
    const run = session.bind(new Map([[input.name, tensor]]))
    await run.run()
    const ranAt = clock.now()
    const outputs = run.outputs()
    counter.add(
      outputs,
      batchSize,
      files.map(({ label }) => label),
    )
    postprocess += clock.now() - ranAt
    // A batch filled up by repetition is kept only when there is no other.
    if (files.length < batchSize && !isPoolEmpty) continue
    pool.offer(run, tensorBytes([tensor, ...outputs.values()]))
    isPoolEmpty = false
  }
  return { pool, postprocess }
}

const classesOf = (files: readonly ImageFile[]): readonly string[] => [
  ...new Set(files.flatMap(({ label }) => label ?? [])),
]

function imagesRecord(report: PreparationReport): PreparedInputs['images'] {
  const { prepared, skipped, skippedCount, classes, imagesPerSecond } = report
  return {
    count: prepared,
    skipped: skipped.map(({ name, reason }) => ({ name, reason })),
    skippedCount,
    classes,
    ...(imagesPerSecond === undefined ? {} : { decodedPerSecond: imagesPerSecond }),
  }
}

/** @returns what to say of images that cannot be used */
export function skipWarnings({
  skippedCount,
  total,
  skipped,
}: Pick<PreparationReport, 'skippedCount' | 'total' | 'skipped'>): readonly Warning[] {
  if (skippedCount === 0) return []
  const [first] = skipped
  const named = skipped.length < skippedCount ? `the first ${skipped.length}` : 'them all'
  return [
    {
      code: 'W_IMAGES_SKIPPED',
      message: `${skippedCount} of ${total} images cannot be used, e.g. ${first?.name}: ${first?.reason}`,
      hint: `the record names ${named} under images.skipped; --strict fails on the first`,
    },
  ]
}

/** A classifier that is wrong more often than this may be read wrongly. */
const DOUBTFUL_ACCURACY = 0.5

function accuracyWarnings(result: AccuracyResult): readonly Warning[] {
  if ('reason' in result) return []
  const { accuracy, unmatched, isOrderAssumed } = result
  const unknown: Warning = {
    code: 'W_CLASS_UNKNOWN',
    message: `${unmatched.length} class folders are not in the labels file, e.g. ${unmatched.slice(0, 5).join(', ')}`,
    hint: 'their images do not count in the accuracy; give the folders the names of the labels',
  }
  const order: Warning = {
    code: 'W_CLASS_ORDER',
    message: 'the sorted class folders were taken for the outputs of the model, and few images come out right',
    hint: 'name the outputs with --labels, and check --normalize and --resize',
  }
  const isDoubtful = isOrderAssumed && accuracy.top1 < DOUBTFUL_ACCURACY
  return [...(unmatched.length > 0 ? [unknown] : []), ...(isDoubtful ? [order] : [])]
}

/** @returns what becomes of images, in one line for people */
export function describeImages({
  input,
  resize,
  normalization,
}: Pick<ImageSourceOptions, 'input' | 'resize' | 'normalization'>): string {
  const { channels, channelOrder, layout, width, height, dtype, assumptions } = input
  const colours = channels === 1 ? 'grey' : channels === 4 ? `${channelOrder}A` : channelOrder
  const { name } = normalization ?? defaultNormalization(dtype)
  const parts = [
    `${input.name}: ${width} x ${height} ${colours} ${layout} ${dtype}`,
    `resize ${resize ?? 'shortest-crop'}`,
    `normalize ${name}`,
  ]
  return [parts.join(', '), ...assumptions].join('; ')
}
