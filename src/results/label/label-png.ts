/** A label as pixels; sharp is loaded when one is wanted. */

/** Pixels of a unit of the SVG: sharp on paper and on dense screens. */
const SCALE = 3
const SVG_DENSITY = 72

/** @returns the bytes of a PNG file, three times as large as the SVG says */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  return sharp(Buffer.from(svg), { density: SCALE * SVG_DENSITY })
    .png({ compressionLevel: 9 })
    .toBuffer()
}
