/**
 * Text of protobuf fields, without loss: bytes that are no UTF-8 become lone surrogates U+DC80..U+DCFF and back.
 *
 * ONNX calls attribute strings UTF-8, yet exporters also keep compiled blobs in them.
 * @see https://peps.python.org/pep-0383/
 */

const REPLACEMENT = '\ufffd'
const LONE_SURROGATE = /\p{Surrogate}/u
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** @returns the text of UTF-8 bytes; other bytes are kept as lone surrogates */
export function decodeText(bytes: Uint8Array): string {
  return decodeTextAt(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength)
}

/** The same for the bytes of a buffer from `start` to `end`, exclusive; makes nothing but the text. */
export function decodeTextAt(buffer: Buffer, start: number, end: number): string {
  const text = buffer.toString('utf8', start, end)
  return text.includes(REPLACEMENT) ? decodeWithEscapes(buffer.subarray(start, end)) : text
}

/** @returns UTF-8 bytes; lone surrogates U+DC80..U+DCFF become the single bytes they stand for */
export function encodeText(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return encoder.encode(text)
  const parts: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00)
    else for (const byte of encoder.encode(character)) parts.push(byte)
  }
  return Uint8Array.from(parts)
}

/** @returns how many bytes `encodeText` gives */
export function textBytes(text: string): number {
  return LONE_SURROGATE.test(text) ? encodeText(text).length : Buffer.byteLength(text)
}

function decodeWithEscapes(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    parts.push(
      length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : strict.decode(bytes.subarray(at, at + length)),
    )
    at += Math.max(1, length)
  }
  return parts.join('')
}

/** @returns bytes of the valid UTF-8 sequence at `at`; 0 where there is none */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (length < 2) return length
  try {
    strict.decode(bytes.subarray(at, at + length))
    return length
  } catch {
    return 0
  }
}
