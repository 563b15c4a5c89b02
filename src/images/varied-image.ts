/** Writes an image flipped, moved or enlarged, element by element as the model takes it. */
import type { Variation } from './augmentation.js'
import type { ElementArray } from './element-table.js'

/** How the elements of one image lie in memory. */
export interface ElementLayout {
  readonly width: number
  readonly height: number
  /** Channels that are a plane each; 1 where they lie side by side. */
  readonly planes: number
  /** Elements from pixel to pixel: the channels, where they lie side by side. */
  readonly step: number
  /** The element of black, by channel; what lies around the image. */
  readonly black: ElementArray
}

/**
 * @param source - elements of one image
 * @param target - as many, of the same type; another array
 */
export function writeVaried(source: ElementArray, target: ElementArray, layout: ElementLayout, part: Variation): void {
  const { width, height, planes, step, black } = layout
  const length = width * height * step
  const isWhole = part.width === width && part.height === height
  for (let plane = 0; plane < planes; plane++) {
    const from = source.subarray(plane * length, (plane + 1) * length)
    const to = target.subarray(plane * length, (plane + 1) * length)
    // Only plain numbers are enlarged: see `checkAugmentation`.
    if (isWhole) writeMoved(from, to, layout, part, planes > 1 ? black.subarray(plane, plane + 1) : black)
    else writeEnlarged(from as Float32Array, to as Float32Array, layout, part)
  }
}

/** Whole pixels move; nothing is computed, so that any type of element will do. */
function writeMoved(
  source: ElementArray,
  target: ElementArray,
  { width, height, step }: ElementLayout,
  { isFlipped, left, top }: Variation,
  border: ElementArray,
): void {
  let to = 0
  for (let row = top; row < top + height; row++) {
    for (let column = 0; column < width; column++) {
      // Flipped after it was cut out.
      const pixel = (isFlipped ? width - 1 - column : column) + left
      const isInside = row >= 0 && row < height && pixel >= 0 && pixel < width
      const from = (row * width + pixel) * step
      for (let channel = 0; channel < step; channel++) {
        target[to++] = (isInside ? source[from + channel] : border[channel]) as never
      }
    }
  }
}

/** Bilinear between pixel centres, which lie at halves; at the image's border its outermost pixels go on. */
function writeEnlarged(
  source: Float32Array | Float64Array,
  target: Float32Array | Float64Array,
  { width, height, step }: ElementLayout,
  part: Variation,
): void {
  let to = 0
  for (let row = 0; row < height; row++) {
    const down = placeOf(part.top, part.height, (row + 0.5) / height, height)
    for (let column = 0; column < width; column++) {
      const across = placeOf(
        part.left,
        part.width,
        ((part.isFlipped ? width - 1 - column : column) + 0.5) / width,
        width,
      )
      for (let channel = 0; channel < step; channel++) {
        const at = (y: number, x: number): number => source[(y * width + x) * step + channel] ?? 0
        const upper = mix(at(down.first, across.first), at(down.first, across.second), across.share)
        const lower = mix(at(down.second, across.first), at(down.second, across.second), across.share)
        target[to++] = mix(upper, lower, down.share)
      }
    }
  }
}

const mix = (first: number, second: number, share: number): number => first + (second - first) * share

/** The two pixels that a place lies between, and the share of the second. */
function placeOf(start: number, length: number, share: number, side: number) {
  const place = Math.min(side - 1, Math.max(0, start + length * share - 0.5))
  const first = Math.floor(place)
  return { first, second: Math.min(side - 1, first + 1), share: place - first }
}
