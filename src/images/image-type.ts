/** Tells by the first bytes of a file which kind of image it is; the ending is only a hint. */

/** Kinds that can be decoded. */
export type ImageType = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif'

/** Kinds that are recognised so that the refusal can name them. */
export type RefusedImageType = 'heic' | 'bmp' | 'jpeg2000' | 'jpegxl' | 'svg'

/** First bytes that `imageTypeOf` needs at most. */
export const SIGNATURE_BYTES = 256

/** Endings, lower case with dot, whose files are taken for images without looking into them. */
export const IMAGE_ENDINGS: ReadonlySet<string> = new Set([
  ...['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.apng', '.webp', '.avif', '.tif', '.tiff', '.gif'],
  ...['.heic', '.heif', '.hif', '.bmp', '.dib', '.jp2', '.j2k', '.jpx', '.jxl', '.svg', '.svgz'],
])

/** Endings that stand beside images in data sets and never are one; any other unknown ending is looked into. */
export const OTHER_ENDINGS: ReadonlySet<string> = new Set([
  ...['.txt', '.json', '.jsonl', '.csv', '.tsv', '.xml', '.yaml', '.yml', '.md', '.html', '.pdf', '.py', '.mat'],
  ...['.npy', '.npz', '.pb', '.onnx', '.h5', '.pt', '.zip', '.tar', '.gz', '.tgz', '.mp4', '.avi', '.mov', '.wav'],
])

const REFUSED: ReadonlySet<string> = new Set(['heic', 'bmp', 'jpeg2000', 'jpegxl', 'svg'])

/** @returns whether the kind is recognised but cannot be decoded */
export const isRefused = (type: ImageType | RefusedImageType): type is RefusedImageType => REFUSED.has(type)

/**
 * Recognises an image by its signature.
 *
 * @param bytes - the start of the file; `SIGNATURE_BYTES` are enough
 * @returns `undefined` when it is no image of a known kind
 */
export function imageTypeOf(bytes: Uint8Array): ImageType | RefusedImageType | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SIGNATURE_BYTES)).toString('latin1')
  if (start.startsWith('ftyp', 4)) return typeOfBrands(start.slice(0, Buffer.from(start, 'latin1').readUInt32BE()))
  if (start.startsWith('RIFF')) return start.startsWith('WEBP', 8) ? 'webp' : undefined
  if (start.startsWith('BM')) return start.startsWith('\0\0\0\0', 6) ? 'bmp' : undefined
  const found = SIGNATURES.find(([, signatures]) => signatures.some((signature) => start.startsWith(signature)))
  return found?.[0] ?? (SVG.test(start) ? 'svg' : undefined)
}

/** First bytes as Latin-1; TIFF is classic or BigTIFF in both byte orders. */
const SIGNATURES: readonly (readonly [ImageType | RefusedImageType, readonly string[]])[] = [
  ['jpeg', ['\xff\xd8\xff']],
  ['png', ['\x89PNG\r\n\x1a\n']],
  ['gif', ['GIF87a', 'GIF89a']],
  ['tiff', ['II*\0', 'II+\0', 'MM\0*', 'MM\0+']],
  ['jpeg2000', ['\0\0\0\x0cjP  \r\n', '\xff\x4f\xff\x51']],
  ['jpegxl', ['\xff\x0a', '\0\0\0\x0cJXL \r\n']],
]

const SVG = /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!DOCTYPE svg|svg[\s>])/is

/** ISO base media file: major brand, version, compatible brands, of which each has 4 letters. */
function typeOfBrands(start: string): ImageType | RefusedImageType | undefined {
  const brands = [start.slice(8, 12), ...(start.slice(16).match(/.{4}/gs) ?? [])]
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif'
  return brands.some((brand) => /^(?:hei[cmsx]|hev[cmsx]|mif1|msf1)$/.test(brand)) ? 'heic' : undefined
}
