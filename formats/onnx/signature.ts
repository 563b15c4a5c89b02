/** Whether first bytes look like ONNX, which has no signature: protobuf fields that only a `ModelProto` has in this order. */
import { memoryFile } from '../random-access-file.js'
import { WIRE, WireReader } from '../wire/wire-reader.js'

/** Wire types of all fields of `ModelProto`, known to the reader or not. */
const MODEL_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, WIRE.varint],
  [2, WIRE.bytes],
  [3, WIRE.bytes],
  [4, WIRE.bytes],
  [5, WIRE.varint],
  [6, WIRE.bytes],
  [7, WIRE.bytes],
  [8, WIRE.bytes],
  [14, WIRE.bytes],
  [20, WIRE.bytes],
  [25, WIRE.bytes],
  [26, WIRE.bytes],
])
/** `producer_name`, `producer_version` and `domain` are short texts; other formats keep messages there. */
const SHORT_TEXTS = new Set([2, 3, 4])
const GRAPH_FIELDS = new Set([1, 2, 5, 10, 11, 12, 13, 14, 15, 16])
const HIGHEST_IR_VERSION = 1000
const LONGEST_TEXT = 256

/**
 * @param head - first bytes of a file
 * @param size - bytes of the whole file
 * @returns `sure` when a graph was seen among the model's fields, `possible` when nothing speaks against it
 */
export function looksLikeOnnx(head: Uint8Array, size: number): 'sure' | 'possible' | 'no' {
  const reader = new WireReader(memoryFile(head))
  let seen = 0
  try {
    while (reader.position < head.length) {
      const verdict = readTopField(reader, head.length, size)
      if (verdict !== 'go on') return verdict
      seen += 1
    }
  } catch {
    // The head ends within a field, or the file is cut off: what was seen so far has to do.
  }
  return seen > 0 ? 'possible' : 'no'
}

function readTopField(reader: WireReader, headEnd: number, size: number): 'sure' | 'no' | 'go on' {
  const tag = reader.tag()
  const field = tag >>> 3
  if (MODEL_FIELDS.get(field) !== (tag & 7)) return 'no'
  if (field === 1) {
    const version = reader.varint()
    return version >= 1 && version <= HIGHEST_IR_VERSION ? 'go on' : 'no'
  }
  if (field === 7) return graphFollows(reader, headEnd) ? 'sure' : 'no'
  if (SHORT_TEXTS.has(field)) return textFollows(reader, headEnd, size) ? 'go on' : 'no'
  reader.skip(tag, size)
  return 'go on'
}

function textFollows(reader: WireReader, headEnd: number, size: number): boolean {
  const length = reader.length(size)
  const end = reader.position + length
  const bytes = reader.bytes(Math.min(length, headEnd - reader.position, LONGEST_TEXT))
  reader.seek(end)
  return bytes.every((byte) => byte >= 0x20)
}

/** A file that was cut off announces more than it has. */
function graphFollows(reader: WireReader, headEnd: number): boolean {
  const length = reader.length(Number.MAX_SAFE_INTEGER)
  if (length === 0 || reader.position >= headEnd) return true
  const tag = reader.tag()
  return GRAPH_FIELDS.has(tag >>> 3) && (tag & 7) === WIRE.bytes
}
