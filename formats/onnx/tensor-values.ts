/** Elements that `TensorProto` keeps in typed fields (`float_data`, `int32_data`, ...), as little-endian bytes. */
import { FormatError } from '../../src/core/errors.js'
import { bytesOf, DATA_TYPES, type DataType } from '../../src/graph/data-type.js'
import type { TensorProto } from '../../src/graph/onnx-schema.js'
import type { FieldRun } from '../../src/graph/protobuf-schema.js'
import { memoryFile } from '../random-access-file.js'
import { WIRE, WireReader } from '../wire/wire-reader.js'

type TypedField = 'floatData' | 'int32Data' | 'stringData' | 'int64Data' | 'doubleData' | 'uint64Data'

const FIELD_OF: Partial<Record<DataType, TypedField>> = {
  float32: 'floatData',
  complex64: 'floatData',
  string: 'stringData',
  int64: 'int64Data',
  float64: 'doubleData',
  complex128: 'doubleData',
  uint32: 'uint64Data',
  uint64: 'uint64Data',
}

/** @returns the runs of the field that holds elements of this type; every type up to 32 bits lies in `int32_data` */
export const typedRuns = (proto: TensorProto, dtype: DataType): readonly FieldRun[] =>
  proto[FIELD_OF[dtype] ?? 'int32Data']

/**
 * @param runs - of the field that `typedRuns` gives
 * @param count - elements of the tensor
 * @param what - names the tensor in errors
 * @returns little-endian elements, packed as ONNX `raw_data` packs them
 * @throws {FormatError} `E_ONNX_TENSOR_SIZE` when there are more or fewer elements
 */
export function typedBytes(runs: readonly FieldRun[], dtype: DataType, count: number, what: string): Uint8Array {
  const expected = bytesOf(dtype, count)
  const field = FIELD_OF[dtype] ?? 'int32Data'
  if (isFixed(field)) return fixedBytes(runs, expected, what)
  const width = field === 'int32Data' ? Math.max(1, DATA_TYPES[dtype].bits / 8) : DATA_TYPES[dtype].bits / 8
  const valueCount = expected / width
  const available = runs.reduce((sum, run) => sum + run.valueBytes, 0)
  // Each value takes a byte at least, so a file cannot make this allocate more than eight times its size.
  if (available < valueCount) throw wrongCount(what, valueCount, available)
  const bytes = new Uint8Array(expected)
  const store = storeOf(bytes, width, dtype === 'bool')
  const found = eachVarint(runs, (reader, index) => {
    if (index < valueCount) store(reader, index)
    else reader.varint()
  })
  if (found !== valueCount) throw wrongCount(what, valueCount, found)
  return bytes
}

/** Packed floats and doubles show their number without being read. @throws {FormatError} `E_ONNX_TENSOR_SIZE` */
export function assertPackedSize(runs: readonly FieldRun[], dtype: DataType, count: number, what: string): void {
  const [run] = runs
  if (run === undefined || runs.length > 1 || !run.isPacked || !isFixed(FIELD_OF[dtype])) return
  const expected = bytesOf(dtype, count)
  if (run.valueBytes !== expected) throw wrongCount(what, expected, run.valueBytes, 'bytes')
}

const isFixed = (field: TypedField | undefined): boolean => field === 'floatData' || field === 'doubleData'

/** @returns the strings of `string_data`; throws as `typedBytes` */
export function typedStrings(runs: readonly FieldRun[], count: number, what: string): string[] {
  const texts: string[] = []
  for (const run of runs) {
    const bytes = run.read()
    const reader = new WireReader(memoryFile(bytes, what))
    while (reader.position < bytes.length) {
      reader.tag()
      texts.push(reader.text(reader.length(bytes.length)))
    }
  }
  if (texts.length !== count) throw wrongCount(what, count, texts.length)
  return texts
}

/** Floats and doubles lie in the file as they lie in memory. */
function fixedBytes(runs: readonly FieldRun[], expected: number, what: string): Uint8Array {
  const available = runs.reduce((sum, run) => sum + run.valueBytes, 0)
  if (available !== expected) throw wrongCount(what, expected, available, 'bytes')
  const [first] = runs
  if (runs.length === 1 && first?.isPacked) return first.readValues()
  const bytes = new Uint8Array(expected)
  let at = 0
  for (const run of runs) {
    const raw = run.read()
    const reader = new WireReader(memoryFile(raw, what))
    while (reader.position < raw.length) {
      const type = reader.tag() & 7
      const length = type === WIRE.bytes ? reader.length(raw.length) : type === WIRE.fixed32 ? 4 : 8
      bytes.set(reader.bytes(length), at)
      at += length
    }
  }
  return bytes
}

type Store = (reader: WireReader, index: number) => void

function storeOf(bytes: Uint8Array, width: number, isBool: boolean): Store {
  if (width === 8) {
    const words = new Uint32Array(bytes.buffer)
    return (reader, index) => reader.varintWords(words, index * 2)
  }
  const values = width === 4 ? new Int32Array(bytes.buffer) : width === 2 ? new Uint16Array(bytes.buffer) : bytes
  return (reader, index) => {
    const value = reader.varint()
    values[index] = isBool && value !== 0 ? 1 : value
  }
}

/** Calls `take` at each value; @returns how many there are */
function eachVarint(runs: readonly FieldRun[], take: (reader: WireReader, index: number) => void): number {
  let index = 0
  for (const run of runs) {
    const bytes = run.read()
    const reader = new WireReader(memoryFile(bytes))
    while (reader.position < bytes.length) {
      const type = reader.tag() & 7
      const end = type === WIRE.bytes ? reader.length(bytes.length) + reader.position : reader.position + 1
      while (reader.position < end) {
        take(reader, index)
        index += 1
      }
    }
  }
  return index
}

function wrongCount(what: string, expected: number, found: number, unit = 'values'): FormatError {
  return new FormatError('E_ONNX_TENSOR_SIZE', `${what} holds ${found} ${unit}, its shape asks for ${expected}`, {
    hint: 'the file is damaged, or its weights were taken out: export the model again',
  })
}
