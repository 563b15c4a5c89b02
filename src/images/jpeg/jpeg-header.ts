/**
 * Size, components and orientation of a JPEG from its header, without decoding.
 *
 * @see ITU-T T.81, annex B, and Exif 2.32, 4.6.4
 */

/** What the header says. */
export interface JpegHeader {
  /** As stored, before the orientation. */
  readonly width: number
  readonly height: number
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number
  /** Bits of a sample. */
  readonly precision: number
  /** 1 to 8; 1 where the file says nothing. */
  readonly orientation: number
}

/** Frame headers: SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Markers that stand alone: TEM, RST0 to RST7, SOI. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/** @returns `undefined` when the header cannot be followed to its frame; the decoder then says what is wrong */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let orientation: number | undefined
  let at = 2
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff || isBare(marker)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    const length = view.getUint16(at + 2)
    if (isFrame(marker)) return frameAt(view, at + 4, orientation ?? 1)
    if (marker === 0xda || marker === 0xd9 || length < 2) return undefined
    if (marker === 0xe1) orientation ??= orientationIn(view, at + 4, Math.min(at + 2 + length, view.byteLength))
    at += 2 + length
  }
  return undefined
}

function frameAt(view: DataView, at: number, orientation: number): JpegHeader | undefined {
  if (at + 6 > view.byteLength) return undefined
  const [height, width] = [view.getUint16(at + 1), view.getUint16(at + 3)]
  // A height of 0 is told after the first scan (DNL): rare, and left to the decoder.
  if (height === 0 || width === 0) return undefined
  return { width, height, components: view.getUint8(at + 5), precision: view.getUint8(at), orientation }
}

const ORIENTATION_TAG = 0x0112

/** @returns the orientation in an APP1 segment, or `undefined` where it holds none that is valid */
function orientationIn(view: DataView, start: number, end: number): number | undefined {
  const tiff = start + 6
  if (tiff + 8 > end || view.getUint32(start) !== 0x45786966) return undefined
  const order = view.getUint16(tiff)
  if (order !== 0x4949 && order !== 0x4d4d) return undefined
  const isLittle = order === 0x4949
  const directory = tiff + view.getUint32(tiff + 4, isLittle)
  if (directory + 2 > end) return undefined
  const entries = view.getUint16(directory, isLittle)
  for (let entry = directory + 2, left = entries; left > 0 && entry + 12 <= end; entry += 12, left--) {
    if (view.getUint16(entry, isLittle) !== ORIENTATION_TAG) continue
    const value = view.getUint16(entry + 8, isLittle)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}
