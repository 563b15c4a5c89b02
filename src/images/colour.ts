/** Colour conversions of Pillow, bit for bit. */
import type { Pixels } from './pixels.js'

/**
 * CMYK with 0 for no ink to RGB, by the plain formula without profiles.
 *
 * @see https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Convert.c `cmyk2rgb`
 */
export function cmykToRgb({ width, height, channels, data }: Pixels): Pixels {
  const rgb = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const light = 255 - (data[from + 3] as number)
    for (let colour = 0; colour < 3; colour++) {
      rgb[to + colour] = Math.max(0, light - multiply255(data[from + colour] as number, light))
    }
  }
  return { width, height, channels: 3, data: rgb }
}

/** `a * b / 255`, rounded, as Pillow's `MULDIV255`. */
function multiply255(a: number, b: number): number {
  const product = a * b + 128
  return ((product >> 8) + product) >> 8
}

/**
 * Luma of ITU-R 601; further channels are left out.
 *
 * @see https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Convert.c `L24`
 */
export function rgbToGrey({ width, height, channels, data }: Pixels): Pixels {
  const grey = new Uint8Array(width * height)
  for (let from = 0, to = 0; to < grey.length; from += channels, to++) {
    const [red, green, blue] = [data[from] as number, data[from + 1] as number, data[from + 2] as number]
    grey[to] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
  }
  return { width, height, channels: 1, data: grey }
}
