/**
 * One image file's bytes to the pixels that a model sees.
 *
 * The pixels are those of Pillow's `Image.open(file).convert('RGB')` and torchvision's `Resize`, so that accuracies can be
 * compared: colour profiles are not applied, alpha is dropped and not blended, 16 bits keep their upper 8, CMYK becomes
 * RGB by the plain formula, grey is 0.299 R + 0.587 G + 0.114 B. Other than torchvision, the EXIF orientation counts.
 * Of animations and pages the first one is taken.
 */
import type sharp from 'sharp'
import type { Sharp, SharpOptions } from 'sharp'
import { cmykToRgb, rgbToGrey } from './colour.js'
import type { ResizePolicy } from './image-input.js'
import { imageTypeOf, isRefused } from './image-type.js'
import { readJpegFrame } from './jpeg/jpeg-frame.js'
import { readJpegHeader } from './jpeg/jpeg-header.js'
import { decodePlainJpeg } from './jpeg/plain-jpeg.js'
import type { Pixels } from './pixels.js'
import { fitsKernel, type ResampleWeights, resample, resampleFrom, resampleWeights } from './resample.js'
import { LETTERBOX_VALUE, planResize, type ResizePlan, type Size } from './resize-plan.js'
import { sharedKernel } from './vector/shared-kernel.js'

/** What the model wants of the pixels. */
export interface DecodeOptions {
  readonly canvas: Size
  readonly channels: 1 | 3 | 4
  readonly resize: ResizePolicy
  /**
   * `exact`: the bits of Pillow's bilinear resize. `fast`: the same, but images at least eight times too large are
   * shrunk by libvips while it decodes, JPEGs at a quarter or eighth of their size; figures in perf/README.md.
   */
  readonly decode: 'fast' | 'exact'
  /** Most pixels of an image; larger ones are refused before they take memory. */
  readonly maxPixels: number
}

/** Runs the work for a large image when no other thread has one, so that memory stays bounded. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Why an image cannot be used; its message is one line for people. */
export class BrokenImageError extends Error {}

/** The decoder, passed in since loading it takes time that runs without images do not have to spend. */
export type Decoder = typeof sharp

/**
 * @param bytes - a whole file
 * @returns `[canvas.height, canvas.width, 1, 3 or 4]`; grey images stay at 1 channel even where 3 are asked for
 * @throws {BrokenImageError} with the reason
 */
export async function decodeImage(
  decoder: Decoder,
  bytes: Uint8Array,
  options: DecodeOptions,
  takeTurn: TakeTurn = (work) => work(),
): Promise<Pixels> {
  refuseOtherKinds(bytes)
  try {
    const header = readPlainJpeg(bytes) ?? (await readHeader(decoder, bytes))
    checkSize(header, options.maxPixels)
    const work = () => decodeOnCanvas(decoder, bytes, header, options)
    return header.width * header.height > LARGE_IMAGE_PIXELS ? await takeTurn(work) : await work()
  } catch (cause) {
    throw cause instanceof BrokenImageError ? cause : new BrokenImageError(reasonOf(cause), { cause })
  }
}

/** About 100 MB when decoded. */
const LARGE_IMAGE_PIXELS = 24e6

async function decodeOnCanvas(
  decoder: Decoder,
  bytes: Uint8Array,
  header: Header,
  options: DecodeOptions,
): Promise<Pixels> {
  const { canvas, channels } = options
  const plan = planResize(header, canvas, options.resize)
  const part = partOf(plan, canvas)
  const pixels =
    options.decode === 'fast' && canResizeDirectly(header, plan, options)
      ? await decodeResized(decoder, bytes, plan, part, options)
      : await decodeExactly(decoder, bytes, header, resampleWeights(header, plan, part), options)
  return onCanvas(channels === 1 && pixels.channels > 1 ? rgbToGrey(pixels) : pixels, plan, canvas)
}

async function decodeExactly(
  decoder: Decoder,
  bytes: Uint8Array,
  header: Header,
  weights: ResampleWeights,
  options: DecodeOptions,
): Promise<Pixels> {
  const plain = header.isUpright && options.channels !== 4 ? resizePlainJpeg(bytes, weights) : undefined
  return plain ?? (await decodeAndResize(decoder, bytes, header, weights, options))
}

/** Decodes in this thread without libvips, whose threads hand every few rows to each other: a third of the time. */
function resizePlainJpeg(bytes: Uint8Array, weights: ResampleWeights): Pixels | undefined {
  const kernel = sharedKernel()
  if (kernel === undefined || !fitsKernel(weights, 3)) return undefined
  const frame = readJpegFrame(bytes)
  if (frame === undefined) return undefined
  kernel.clear()
  const rows = decodePlainJpeg(kernel, bytes, frame, weights)
  return rows === undefined ? undefined : resampleFrom(kernel, rows, weights)
}

/** Size as seen, after the orientation, and what decides on the way to decode. */
interface Header extends Size {
  readonly isCmyk: boolean
  readonly hasAlpha: boolean
  readonly is8Bit: boolean
  /** A JPEG that nothing has to be turned in. */
  readonly isUpright: boolean
}

function refuseOtherKinds(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new BrokenImageError('the file is empty')
  const type = imageTypeOf(bytes)
  if (type === undefined) throw new BrokenImageError('not an image of a known kind')
  if (isRefused(type)) {
    throw new BrokenImageError(`${type} images are not supported; convert it to JPEG, PNG, WebP, AVIF, TIFF or GIF`)
  }
}

/** Nearly all images of data sets are these; reading them here saves a tenth of the time. */
function readPlainJpeg(bytes: Uint8Array): Header | undefined {
  const header = imageTypeOf(bytes) === 'jpeg' ? readJpegHeader(bytes) : undefined
  if (header === undefined || header.precision !== 8) return undefined
  const isTurned = header.orientation >= 5
  return {
    width: isTurned ? header.height : header.width,
    height: isTurned ? header.width : header.height,
    isCmyk: header.components === 4,
    hasAlpha: false,
    is8Bit: true,
    isUpright: header.orientation === 1,
  }
}

async function readHeader(decoder: Decoder, bytes: Uint8Array): Promise<Header> {
  const { autoOrient, space, hasAlpha, depth } = await decoder(bytes, {
    ...OPTIONS,
    limitInputPixels: false,
  }).metadata()
  return { ...autoOrient, isCmyk: space === 'cmyk', hasAlpha, is8Bit: depth === 'uchar', isUpright: false }
}

/** `error`: truncated and broken files are refused, while files with mere warnings are read, as Pillow does. */
const OPTIONS: SharpOptions = { failOn: 'error', ignoreIcc: true, autoOrient: true, sequentialRead: true }

/** Keeps the tables of the resize small; no camera makes longer sides. */
const MAX_SIDE = 100_000

function checkSize({ width, height }: Size, maxPixels: number): void {
  const pixels = width * height
  if (Math.max(width, height) > MAX_SIDE) {
    throw new BrokenImageError(`${width} x ${height} pixels: no side may be longer than ${MAX_SIDE}`)
  }
  if (pixels <= maxPixels) return
  const [has, most] = [pixels, maxPixels].map((count) => (count / 1e6).toFixed(0))
  throw new BrokenImageError(`${width} x ${height} pixels: ${has} megapixels are more than the limit of ${most}`)
}

/** From this factor on libvips decodes JPEGs at a quarter of their size or less; below it the exact way is as quick. */
const FAST_SHRINK = 8

function canResizeDirectly(header: Header, { resized }: ResizePlan, { channels }: DecodeOptions): boolean {
  const isPlain = header.is8Bit && !header.isCmyk && !header.hasAlpha && channels !== 4
  const shrink = Math.min(header.width / resized.width, header.height / resized.height)
  return isPlain && shrink >= FAST_SHRINK
}

/** The part of the canvas that the image fills. */
const partOf = (plan: ResizePlan, canvas: Size): Size => ({
  width: Math.min(plan.resized.width, canvas.width),
  height: Math.min(plan.resized.height, canvas.height),
})

async function decodeResized(
  decoder: Decoder,
  bytes: Uint8Array,
  plan: ResizePlan,
  part: Size,
  { maxPixels }: DecodeOptions,
): Promise<Pixels> {
  const { width, height } = plan.resized
  const resized = decoder(bytes, { ...OPTIONS, limitInputPixels: maxPixels }).resize(width, height, {
    fit: 'fill',
    kernel: 'linear',
    fastShrinkOnLoad: false,
  })
  const { left, top } = plan.crop
  // Down to the last row even when it is not needed: else a file that is cut off there would pass for a whole one.
  const pixels = await rawPixels(resized.extract({ left, top, width: part.width, height: height - top }))
  return firstRows(pixels, part.height)
}

const firstRows = (pixels: Pixels, height: number): Pixels => ({
  ...pixels,
  height,
  data: pixels.data.subarray(0, height * pixels.width * pixels.channels),
})

/** Only the part that counts leaves libvips: for a crop of a wide image that is half the memory. */
async function decodeAndResize(
  decoder: Decoder,
  bytes: Uint8Array,
  header: Header,
  weights: ResampleWeights,
  { channels, maxPixels }: DecodeOptions,
): Promise<Pixels> {
  const { columns, rows } = weights
  const image = decoder(bytes, { ...OPTIONS, limitInputPixels: maxPixels })
  const height = header.height - rows.from
  const isPart = columns.length < header.width || height < header.height
  if (isPart) image.extract({ left: columns.from, top: rows.from, width: columns.length, height })
  const pixels = header.isCmyk ? await cmykPixels(image, channels) : await rgbPixels(image, channels)
  return resample(firstRows(pixels, rows.length), weights)
}

const rgbPixels = (image: Sharp, channels: number): Promise<Pixels> =>
  rawPixels(channels === 4 ? image.toColourspace('srgb').ensureAlpha() : image.removeAlpha())

async function cmykPixels(image: Sharp, channels: number): Promise<Pixels> {
  const pixels = cmykToRgb(await rawPixels(image.pipelineColourspace('cmyk').toColourspace('cmyk')))
  return channels === 4 ? withAlpha(pixels) : pixels
}

async function rawPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}

function withAlpha({ width, height, data }: Pixels): Pixels {
  const opaque = new Uint8Array(width * height * 4).fill(255)
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) opaque.set(data.subarray(from, from + 3), to)
  return { width, height, channels: 4, data: opaque }
}

/** Lays a letterboxed image on its canvas. */
function onCanvas(pixels: Pixels, { pad }: ResizePlan, canvas: Size): Pixels {
  if (pixels.width === canvas.width && pixels.height === canvas.height) return pixels
  const { channels } = pixels
  const data = new Uint8Array(canvas.width * canvas.height * channels).fill(LETTERBOX_VALUE)
  const length = pixels.width * channels
  for (let row = 0; row < pixels.height; row++) {
    const to = ((pad.top + row) * canvas.width + pad.left) * channels
    data.set(pixels.data.subarray(row * length, (row + 1) * length), to)
  }
  return { ...canvas, channels, data }
}

/** libvips reports one line per layer, the innermost first, behind a few words of sharp. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  const lines = text.split('\n').map((line) => line.replace(/^Input buffer (?:[^:]*: |contains.*)/, '').trim())
  const line = lines.find((part) => part !== '' && part !== 'Unknown error')
  return line === undefined
    ? 'cannot be decoded: the file is cut off or corrupt'
    : `cannot be decoded (${line.slice(0, 200)})`
}
