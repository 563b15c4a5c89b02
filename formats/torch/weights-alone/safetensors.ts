/**
 * Weights in `.safetensors`: a header of JSON that says where each tensor lies.
 *
 * @see https://huggingface.co/docs/safetensors/index#format
 */
import { FormatError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { bytesOf, type DataType } from '../../../src/graph/data-type.js'
import type { RandomAccessFile } from '../../random-access-file.js'
import { viewOf } from '../../zip/directory.js'
import { isDeeper } from '../json-depth.js'
import { elementCount } from '../located-tensor.js'
import type { NamedWeight } from './named-weight.js'

/** The format allows 100 MB; a hundred thousand tensors take some 15 MB. */
const LARGEST_HEADER = 32 * 2 ** 20
/** A table of tables of lists. */
const DEEPEST = 8

const TYPES: ReadonlyMap<unknown, DataType> = new Map<unknown, DataType>([
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['F8_E5M2', 'float8e5m2'],
  ['F8_E4M3', 'float8e4m3fn'],
  ['F8_E8M0', 'float8e8m0'],
  ['F4', 'float4e2m1'],
  ['I16', 'int16'],
  ['U16', 'uint16'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I32', 'int32'],
  ['U32', 'uint32'],
  ['F32', 'float32'],
  ['C64', 'complex64'],
  ['F64', 'float64'],
  ['I64', 'int64'],
  ['U64', 'uint64'],
])

/**
 * @returns the weights in the order of the header
 * @throws {FormatError} `E_SAFETENSORS`; `E_NOT_A_MODEL` for the checkpoint of a training
 */
export function readSafetensors(file: RandomAccessFile): NamedWeight[] {
  const length = Number(viewOf(file.read(0, 8)).getBigUint64(0, true))
  if (length > LARGEST_HEADER || 8 + length > file.size) throw damaged(file.path, `a header of ${length} bytes`)
  const bytes = file.read(8, length)
  if (isDeeper(bytes, DEEPEST)) throw damaged(file.path, 'the values of its header lie too deep in each other')
  const header = headerOf(Buffer.from(bytes).toString('utf8'), file.path)
  refuseCheckpoint(header, file.path)
  const room = file.size - 8 - length
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => weightOf(name, entry, room, file.path))
}

function headerOf(text: string, path: string): object {
  try {
    const header: unknown = JSON.parse(text)
    if (typeof header === 'object' && header !== null) return header
  } catch (cause) {
    throw damaged(path, 'its header is no JSON', cause)
  }
  throw damaged(path, 'its header is no table')
}

/** What `greenbench train --checkpoint` writes is a model together with the state of its optimizer. */
function refuseCheckpoint(header: object, path: string): void {
  const { __metadata__: metadata } = header as { __metadata__?: { format?: unknown } | null }
  if (metadata?.format !== 'greenbench-training') return
  throw new FormatError('E_NOT_A_MODEL', `${path} is a checkpoint of greenbench train, not a model`, {
    hint: 'name the model, and give the checkpoint with --resume',
  })
}

/** An entry is `{ dtype, shape, data_offsets: [start, end] }`. */
function weightOf(name: string, entry: unknown, room: number, path: string): NamedWeight {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Readonly<Record<string, unknown>>
  const type = TYPES.get(dtype)
  if (type === undefined) throw damaged(path, `${quoted(name)} is of the type ${quoted(String(dtype))}`)
  if (!isSizes(shape) || !isSizes(offsets)) throw damaged(path, `${quoted(name)} has no sizes`)
  const [start = 0, end = 0] = offsets
  const bytes = bytesOf(type, elementCount(shape))
  if (end - start !== bytes || end > room)
    throw damaged(path, `${quoted(name)} takes ${bytes} bytes, not ${end - start}`)
  return { name, shape, dtype: type, bytes, isTrainable: undefined }
}

const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)

function damaged(path: string, what: string, cause?: unknown): FormatError {
  return new FormatError('E_SAFETENSORS', `${path} is a damaged safetensors file: ${what}`, {
    hint: 'download the file or save the weights again',
    cause,
  })
}
