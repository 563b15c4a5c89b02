/**
 * `TensorProto` of TensorFlow to an initializer.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor.proto
 */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { bytesOf, type DataType } from '../../src/graph/data-type.js'
import type { Initializer, TensorData } from '../../src/graph/graph.js'
import { sameBytes } from '../../src/graph/pieces.js'
import type { FieldRun } from '../../src/graph/protobuf-schema.js'
import { memoryFile } from '../random-access-file.js'
import { WIRE, WireReader } from '../wire/wire-reader.js'
import { dataTypeOf } from './data-type.js'
import type { ShapeProto, TensorProto } from './saved-model-schema.js'

/** A file of a few bytes may ask for a tensor of one repeated value; larger ones no graph needs. */
const MAX_REPEATED_BYTES = 2 ** 28
const MAX_STRINGS = 1_000_000

/**
 * The elements stay in the file until they are asked for.
 *
 * @throws {FormatError} `E_TF_SHAPE`, `E_TF_TENSOR_SIZE`
 * @throws {UnsupportedError} `E_TF_DATA_TYPE`
 */
export function readTensor(proto: TensorProto, name: string, what: string): Initializer {
  const dtype = dataTypeOf(proto.dtype, what)
  const shape = fixedShape(proto.shape, what)
  const count = elementCount(shape, what)
  return {
    name,
    dtype,
    shape,
    data: dtype === 'string' ? textData(proto, count, what) : numberData(proto, dtype, count, what),
  }
}

/** @returns the sizes, which must all be told; @throws {FormatError} `E_TF_SHAPE` */
export function fixedShape(proto: ShapeProto | undefined, what: string): readonly number[] {
  const sizes = (proto?.sizes ?? []).map(({ size }) => size ?? 0)
  elementCount(sizes, what)
  return sizes
}

/** @returns product of the sizes; @throws {FormatError} `E_TF_SHAPE` when it is no number of elements below 2^53 */
export function elementCount(shape: readonly number[], what: string): number {
  let count = 1
  for (const size of shape) count *= size
  if (shape.every((size) => Number.isSafeInteger(size) && size >= 0) && Number.isSafeInteger(count)) return count
  throw new FormatError('E_TF_SHAPE', `${what} has the shape [${shape.slice(0, 8).join(', ')}]`, {
    hint: 'the file is damaged: save the model again',
  })
}

function numberData(proto: TensorProto, dtype: DataType, count: number, what: string): TensorData {
  const expected = bytesOf(dtype, count)
  const { content } = proto
  const readStrings = (): never => {
    throw new FormatError('E_TF_TENSOR_TEXT', `${what} holds numbers, not text`)
  }
  if (content !== undefined && content.byteLength > 0) {
    if (content.byteLength === expected) return { ...sameBytes(content), readStrings }
    throw wrongSize(what, expected, content.byteLength)
  }
  if (dtype === 'complex64' || dtype === 'complex128') {
    throw new UnsupportedError('E_TF_DATA_TYPE', `${what} holds complex numbers`, {
      hint: 'save a signature without it',
    })
  }
  if (expected > MAX_REPEATED_BYTES) throw wrongSize(what, expected, 0)
  const read = () => repeatedValues(proto, dtype, count, what)
  return { byteLength: expected, read, readStrings }
}

/** The last value that is there stands for all that follow; without any all are zero. */
function repeatedValues(proto: TensorProto, dtype: DataType, count: number, what: string): Uint8Array {
  const bytes = new Uint8Array(bytesOf(dtype, count))
  const width = bytesOf(dtype, 1)
  const runs = runsOf(proto, dtype)
  const available = runs.reduce((sum, run) => sum + run.valueBytes, 0)
  // Each value takes a byte at least; a few more than the shape asks for are an error all the same.
  if (available > 16 * Math.max(count, 1)) throw wrongSize(what, bytes.length, available)
  const found = fill(runs, bytes, width, isFixed(dtype))
  if (found > count) throw wrongSize(what, bytes.length, found * width)
  if (found > 0) for (let at = found * width; at < bytes.length; at += 1) bytes[at] = bytes[at - width] ?? 0
  return bytes
}

const isFixed = (dtype: DataType): boolean => dtype === 'float32' || dtype === 'float64'

function runsOf(proto: TensorProto, dtype: DataType): readonly FieldRun[] {
  switch (dtype) {
    case 'float32':
      return proto.floats
    case 'float64':
      return proto.doubles
    case 'int64':
      return proto.longs
    case 'uint32':
      return proto.unsignedInts
    case 'uint64':
      return proto.unsignedLongs
    case 'bool':
      return proto.bools
    case 'float16':
    case 'bfloat16':
      return proto.halves
    default:
      return proto.ints
  }
}

/** @returns how many values there are */
function fill(runs: readonly FieldRun[], bytes: Uint8Array, width: number, isFixedWidth: boolean): number {
  const words = new Uint32Array(2)
  const low = new Uint8Array(words.buffer)
  let index = 0
  for (const run of runs) {
    const raw = run.read()
    const reader = new WireReader(memoryFile(raw))
    while (reader.position < raw.length) {
      const type = reader.tag() & 7
      const end = type === WIRE.bytes ? reader.length(raw.length) + reader.position : reader.position + 1
      while (reader.position < end) {
        if (isFixedWidth) low.set(reader.bytes(width))
        else reader.varintWords(words, 0)
        if ((index + 1) * width <= bytes.length) bytes.set(low.subarray(0, width), index * width)
        index += 1
      }
    }
  }
  return index
}

function textData(proto: TensorProto, count: number, what: string): TensorData {
  const texts = proto.strings
  if (count > MAX_STRINGS || texts.length > count) throw wrongSize(what, count, texts.length, 'texts')
  const last = texts.at(-1) ?? ''
  return {
    byteLength: texts.reduce((sum, text) => sum + text.length, 0),
    read: () => {
      throw new FormatError('E_TF_TENSOR_TEXT', `${what} holds text, not numbers`)
    },
    readStrings: () => Array.from({ length: count }, (_, index) => texts[index] ?? last),
  }
}

function wrongSize(what: string, expected: number, found: number, unit = 'bytes'): FormatError {
  return new FormatError('E_TF_TENSOR_SIZE', `${what} holds ${found} ${unit}, its shape asks for ${expected}`, {
    hint: 'the file is damaged: save the model again',
  })
}
