/** Class folders of images as the data of a training: listed and matched with the model's classes, then decoded. */
import { totalmem } from 'node:os'
import type { Model } from '../formats/format.js'
import { UsageError } from '../src/core/errors.js'
import { batchShape } from '../src/images/batch-buffer.js'
import { findImageInput } from '../src/images/find-image-input.js'
import type { ImageFile, ImageInput, Normalization } from '../src/images/image-input.js'
import { openLabelledImages } from '../src/images/labelled-images.js'
import { listImages } from '../src/images/list-images.js'
import { defaultNormalization, parseNormalization } from '../src/images/normalization.js'
import { byCodeUnits } from '../src/images/pick-evenly.js'
import { type ImageSplit, splitImages } from '../src/images/split-images.js'
import { matchClasses } from './accuracy.js'
import { describeImages } from './image-source.js'
import { readLabels } from './labels.js'
import type { TrainingDataset, TrainingOptions } from './training-options.js'
import type { TrainingSettings } from './training-settings.js'

/** Data that is known and not yet decoded. */
export interface ListedData {
  readonly classes: readonly string[]
  /** Images listed for training, broken ones included. */
  readonly trainingCount: number
  readonly description: string
  /** Rows of a batch: no more than there are images. */
  readonly batchSize: number
  /** Sizes of the model's input; absent where the data says nothing of them. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  /** Batch that the model's file fixes, which the training sets free. */
  readonly fileBatch?: number | undefined
  /** Decodes now what is kept in memory. */
  open(): Promise<TrainingDataset>
}

/** Share of the machine's memory that decoded images may take, and most bytes of it. */
const CACHE_SHARE = 0.25
const MOST_CACHE_BYTES = 2 ** 31

/**
 * @param outputs - classes that the model tells apart; `undefined` where it does not say
 * @throws {UsageError} `E_NO_CLASSES`, `E_ONE_CLASS`, `E_LABEL_RANGE`, and what listing images and finding the input throw
 */
export async function listImageData(
  model: Model,
  folder: string,
  options: TrainingOptions,
  settings: TrainingSettings & { readonly seed: number; readonly outputs: number | undefined },
): Promise<ListedData> {
  const { limit, signal } = options
  const input = imageInputOf(model, options)
  checkBatch(input, settings.batchSize)
  const normalization =
    options.normalize === undefined ? defaultNormalization(input.dtype) : parseNormalization(options.normalize)
  const list = (path: string) =>
    listImages(path, { ...(limit === undefined ? {} : { limit }), ...(signal && { signal }) })
  const files = await list(folder)
  const classes = await classesOf(folder, files, options, settings.outputs)
  const split = await splitOf(files, options, settings, list)
  const outside = split.validation.find(({ label = '' }) => !classes.numbers.has(label))
  if (outside !== undefined) throw notKnown(options.validation ?? folder, outside, classes.names)
  const batchSize = Math.min(settings.batchSize, split.training.length)
  const description = describeImages({ input, normalization, resize: options.resize })
  return {
    classes: classes.names,
    trainingCount: split.training.length,
    description,
    batchSize,
    inputShapes: new Map([[input.name, batchShape(input, batchSize)]]),
    fileBatch: input.fixedBatch,
    open: async () => {
      const opened = await openLabelledImages(split, input, {
        ...preparation(options, normalization),
        batchSize,
        seed: settings.seed,
        labelOf: ({ label = '' }) => classes.numbers.get(label) ?? -1,
      })
      const threadSeconds = () => opened.report().threadSeconds
      return { ...opened, batchSize, classes: classes.names, description, skipped: opened.report, threadSeconds }
    },
  }
}

/** What the caller says of the images, with the defaults. */
function preparation(options: TrainingOptions, normalization: Normalization) {
  const { resize, strict, signal, augment = [], cacheBytes, onProgress } = options
  return {
    normalization,
    augment,
    resize: resize ?? ('shortest-crop' as const),
    ...(strict === undefined ? {} : { strict }),
    ...(signal === undefined ? {} : { signal }),
    cacheBytes: cacheBytes ?? Math.min(totalmem() * CACHE_SHARE, MOST_CACHE_BYTES),
    onProgress: (done: number, total: number, skipped: number) =>
      onProgress?.({ phase: 'preprocess', done, total, skipped }),
  }
}

function imageInputOf({ inputs }: Model, { layout, channelOrder, inputShapes }: TrainingOptions): ImageInput {
  try {
    return findImageInput(inputs, {
      ...(layout === undefined ? {} : { layout }),
      ...(channelOrder === undefined ? {} : { channelOrder }),
      ...(inputShapes === undefined ? {} : { inputShapes }),
    })
  } catch (cause) {
    if (!(cause instanceof UsageError) || cause.code === 'E_INPUT_SHAPE') throw cause
    const hint = 'a program can train it on data of its own: benchmarkTraining(model, dataset)'
    throw new UsageError(cause.code, cause.message, { hint, cause })
  }
}

/** A batch that the file fixes is set free for the training; an input without one takes images one by one. */
function checkBatch({ name, hasBatchAxis }: ImageInput, batchSize: number): void {
  if (hasBatchAxis || batchSize === 1) return
  throw new UsageError(
    'E_BATCH_FIXED',
    `input ${name} has no batch axis and takes one image at once, not ${batchSize}`,
    {
      hint: 'give --batch-size 1 --accumulate 32, or export the model with a batch axis',
    },
  )
}

interface Classes {
  /** By class number. */
  readonly names: readonly string[]
  /** By folder. */
  readonly numbers: ReadonlyMap<string, number>
}

async function classesOf(
  folder: string,
  files: readonly ImageFile[],
  { labels, classes: wanted }: TrainingOptions,
  outputs: number | undefined,
): Promise<Classes> {
  const folders = [...new Set(files.flatMap(({ label }) => label ?? []))].toSorted(byCodeUnits)
  const flat = files.find(({ label }) => label === undefined)
  if (flat !== undefined) {
    throw new UsageError('E_NO_CLASSES', `${flat.name} lies in no class folder of ${folder}`, {
      hint: 'put the images of each class into a folder of its own: photos/cat/1.jpg, photos/dog/2.jpg',
    })
  }
  if (folders.length < 2) {
    throw new UsageError(
      'E_ONE_CLASS',
      `all images of ${folder} are of one class, ${folders[0]}: there is nothing to tell apart`,
      {
        hint: 'put the images of each class into a folder of its own',
      },
    )
  }
  const count = wanted ?? outputs ?? folders.length
  const names = labels === undefined ? undefined : await readLabels(labels)
  const numbers =
    wanted === undefined || names !== undefined ? matchClasses(folders, names, count) : inTurn(folders, wanted)
  if (typeof numbers === 'string') throw outOfRange(numbers, folders.length, count, wanted)
  const missing = folders.find((name) => !numbers.has(name))
  if (missing !== undefined) {
    throw new UsageError('E_LABEL_RANGE', `class folder ${missing} has no number among the model's ${count} classes`, {
      hint: `name it in ${labels}, or give the model a new last layer: --classes ${folders.length} without --labels`,
    })
  }
  const byNumber = new Map([...numbers].map(([name, number]) => [number, name]))
  return { numbers, names: Array.from({ length: count }, (_, number) => byNumber.get(number) ?? String(number)) }
}

/** A new last layer may have room for more classes than there are folders. */
function inTurn(folders: readonly string[], count: number): ReadonlyMap<string, number> | string {
  if (folders.length > count) return `${folders.length} class folders for ${count} classes`
  return new Map(folders.map((name, number) => [name, number]))
}

function outOfRange(reason: string, folders: number, outputs: number, wanted: number | undefined): UsageError {
  const hint =
    wanted === undefined
      ? `give the model a new last layer with --classes ${folders}${folders < outputs ? ', or name its outputs with --labels' : ''}`
      : `give --classes ${folders}`
  return new UsageError('E_LABEL_RANGE', reason.replace(/; name the outputs.*$/, ''), { hint })
}

function notKnown(folder: string, { name, label }: ImageFile, names: readonly string[]): UsageError {
  const what = label === undefined ? 'lies in no class folder' : `is of class ${label}, which the training images lack`
  return new UsageError('E_LABEL_RANGE', `validation image ${name} of ${folder} ${what}`, {
    hint: `its folders must be among those of the training: ${names.slice(0, 6).join(', ')}`,
  })
}

async function splitOf(
  files: readonly ImageFile[],
  { validation }: TrainingOptions,
  { validationSplit, seed }: { readonly validationSplit: number; readonly seed: number },
  list: (path: string) => Promise<readonly ImageFile[]>,
): Promise<ImageSplit> {
  if (validation === undefined) return splitImages(files, validationSplit, seed)
  return { training: files, validation: await list(validation) }
}
