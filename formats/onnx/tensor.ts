/** `TensorProto` to initializer: where the elements lie, checked against the shape, and read when asked for. */

import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { bytesOf, type DataType, dataTypeOfCode } from '../../src/graph/data-type.js'
import type { Initializer, TensorData } from '../../src/graph/graph.js'
import { EXTERNAL_LOCATION, type TensorProto } from '../../src/graph/onnx-schema.js'
import { readCountNotes } from '../../src/graph/parameter-notes.js'
import { sameBytes } from '../../src/graph/pieces.js'
import type { Payload } from '../../src/graph/protobuf-schema.js'
import type { OnnxContext } from './context.js'
import { assertPackedSize, typedBytes, typedRuns, typedStrings } from './tensor-values.js'

/**
 * @param name - for tensors that carry none: attributes and the values of sparse tensors
 * @throws {FormatError} `E_ONNX_SHAPE`, `E_ONNX_TENSOR_SIZE`, and those of `ExternalData.region`
 * @throws {UnsupportedError} `E_ONNX_DATA_TYPE`, `E_ONNX_SEGMENT`
 */
export function readTensor(proto: TensorProto, context: OnnxContext, name = proto.name ?? ''): Initializer {
  const what = `${context.path}: tensor ${quoted(name)}`
  const dtype = dataTypeOf(proto, what)
  const count = elementCount(proto.dims, what)
  if (proto.segment !== undefined) {
    throw new UnsupportedError('E_ONNX_SEGMENT', `${what} is stored in segments, which no engine reads`, {
      hint: 'export the model again',
    })
  }
  const notes = readCountNotes(proto.metadataProps, count)
  return { name, dtype, shape: proto.dims, data: dataOf(proto, dtype, count, context, what), ...notes }
}

/** @returns product of the sizes; throws `E_ONNX_SHAPE` when it is no whole number of elements below 2^53 */
export function elementCount(dims: readonly number[], what: string): number {
  let count = 1
  for (const size of dims) count *= size
  if (dims.every((size) => Number.isSafeInteger(size) && size >= 0) && Number.isSafeInteger(count)) return count
  throw new FormatError('E_ONNX_SHAPE', `${what} has the shape [${dims.slice(0, 8).join(', ')}]`, {
    hint: 'the file is damaged: export the model again',
  })
}

function dataTypeOf(proto: TensorProto, what: string): DataType {
  const dtype = dataTypeOfCode(proto.dataType ?? 0)
  if (dtype !== undefined) return dtype
  throw new UnsupportedError(
    'E_ONNX_DATA_TYPE',
    `${what} has the element type ${proto.dataType ?? 0}, which is not known`,
    {
      hint: 'the file is damaged or newer than this version of greenbench',
    },
  )
}

function dataOf(proto: TensorProto, dtype: DataType, count: number, context: OnnxContext, what: string): TensorData {
  const isExternal = proto.dataLocation === EXTERNAL_LOCATION
  if (dtype === 'string') {
    if (!isExternal && proto.rawData === undefined) return stringData(proto, count, what)
    throw new FormatError('E_ONNX_TENSOR_SIZE', `${what} holds text, which must lie in string_data`, {
      hint: 'the file is damaged: export the model again',
    })
  }
  const expected = bytesOf(dtype, count)
  if (isExternal) return bytesData(context.external.region(proto.externalData, expected, what), what)
  const raw = proto.rawData
  if (raw === undefined || (raw.byteLength === 0 && expected > 0)) return typedData(proto, dtype, count, what)
  if (raw.byteLength === expected) return bytesData(raw, what)
  throw new FormatError(
    'E_ONNX_TENSOR_SIZE',
    `${what} holds ${raw.byteLength} bytes, ${dtype} [${proto.dims.join(', ')}] takes ${expected}`,
    { hint: 'the file is damaged: export the model again' },
  )
}

function bytesData(payload: Payload, what: string): TensorData {
  return { ...sameBytes(payload), readStrings: () => notText(what) }
}

function typedData(proto: TensorProto, dtype: DataType, count: number, what: string): TensorData {
  const runs = typedRuns(proto, dtype)
  const byteLength = runs.reduce((sum, run) => sum + run.valueBytes, 0)
  assertPackedSize(runs, dtype, count, what)
  return { byteLength, read: () => typedBytes(runs, dtype, count, what), readStrings: () => notText(what) }
}

function stringData(proto: TensorProto, count: number, what: string): TensorData {
  const runs = typedRuns(proto, 'string')
  const byteLength = runs.reduce((sum, run) => sum + run.valueBytes, 0)
  const read = (): never => {
    throw new FormatError('E_ONNX_TENSOR_TEXT', `${what} holds text, not numbers`)
  }
  return { byteLength, read, readStrings: () => typedStrings(runs, count, what) }
}

function notText(what: string): never {
  throw new FormatError('E_ONNX_TENSOR_TEXT', `${what} holds numbers, not text`)
}
