/** Where the pixels of an image go on the model's canvas, for each way to resize. */
import { roundHalfToEven } from '../core/round-half-to-even.js'
import type { ResizePolicy } from './image-input.js'

/** Size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Resize the whole image to `resized`, cut out the canvas from `crop` on, or lay it on the canvas at `pad`. */
export interface ResizePlan {
  readonly resized: Size
  /** Left upper corner of the canvas on the resized image, pixels. */
  readonly crop: { readonly left: number; readonly top: number }
  /** Left upper corner of the resized image on the canvas, pixels. */
  readonly pad: { readonly left: number; readonly top: number }
}

/** Value of all channels of the border that `letterbox` leaves, as YOLO has it. */
export const LETTERBOX_VALUE = 114

/** Torchvision resizes to 256 for a crop of 224, and other sizes in proportion. */
const CROP_MARGIN = 256 / 224

const NOWHERE = { left: 0, top: 0 }

/**
 * An image that has the canvas's size already is taken as it is. Otherwise
 *
 * - `shortest-crop`: `Resize(round(size * 256 / 224))` and `CenterCrop(size)` of torchvision, rounding included: the
 *   longer side is rounded down, the crop's corner to the nearest even number. On a canvas that is not square the side
 *   that has to grow most takes the place of the shorter one.
 * - `stretch`: both sides become the canvas's, the aspect changes.
 * - `letterbox`: the whole image is shown, sides rounded to nearest, the border halved (smaller half left and above).
 *
 * @param image - size as seen, after its EXIF orientation
 * @see https://pytorch.org/vision/stable/generated/torchvision.transforms.Resize.html
 */
export function planResize(image: Size, canvas: Size, policy: ResizePolicy): ResizePlan {
  const isSame = image.width === canvas.width && image.height === canvas.height
  if (isSame || policy === 'stretch') return { resized: canvas, crop: NOWHERE, pad: NOWHERE }
  return policy === 'letterbox' ? letterbox(image, canvas) : shortestCrop(image, canvas)
}

function shortestCrop(image: Size, canvas: Size): ResizePlan {
  const [width, height] = [withMargin(canvas.width), withMargin(canvas.height)]
  // Compared by products, so that equal ratios are seen as equal.
  const isWidthShort = image.width * height <= image.height * width
  const resized = isWidthShort
    ? { width, height: Math.floor((width * image.height) / image.width) }
    : { width: Math.floor((height * image.width) / image.height), height }
  const crop = {
    left: roundHalfToEven((resized.width - canvas.width) / 2),
    top: roundHalfToEven((resized.height - canvas.height) / 2),
  }
  return { resized, crop, pad: NOWHERE }
}

const withMargin = (size: number): number => Math.round(size * CROP_MARGIN)

function letterbox(image: Size, canvas: Size): ResizePlan {
  const scale = Math.min(canvas.width / image.width, canvas.height / image.height)
  const resized = {
    width: Math.max(1, roundHalfToEven(image.width * scale)),
    height: Math.max(1, roundHalfToEven(image.height * scale)),
  }
  const pad = {
    left: Math.floor((canvas.width - resized.width) / 2),
    top: Math.floor((canvas.height - resized.height) / 2),
  }
  return { resized, crop: NOWHERE, pad }
}
