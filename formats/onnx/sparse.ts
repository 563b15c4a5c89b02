/**
 * `SparseTensorProto` to initializer: zero wherever no element is stored.
 *
 * @see https://onnx.ai/onnx/api/classes.html#sparsetensorproto
 */

import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { bytesOf, DATA_TYPES } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import type { SparseTensorProto } from '../../src/graph/onnx-schema.js'
import type { OnnxContext } from './context.js'
import { elementCount, readTensor } from './tensor.js'

/** Largest dense form that `data.read` makes: 1 GiB. */
const LARGEST_DENSE = 2 ** 30

/** The name is that of the values. @throws as `readTensor`, and `FormatError` `E_ONNX_SPARSE` */
export function readSparseTensor(proto: SparseTensorProto, context: OnnxContext): Initializer {
  const name = proto.values?.name ?? ''
  const what = `${context.path}: sparse tensor ${quoted(name)}`
  if (proto.values === undefined) throw broken(what, 'has no values')
  const values = readTensor(proto.values, context, name)
  const stored = elementCount(values.shape, what)
  const indices = indicesOf(proto, context, stored, what)
  const count = elementCount(proto.dims, what)
  const data = {
    byteLength: values.data.byteLength + indices.data.byteLength,
    read: () => denseBytes(values, indices, proto.dims, count, what),
    readStrings: () => {
      throw new UnsupportedError('E_ONNX_SPARSE', `${what} holds text, which is not supported`)
    },
  }
  return { name, dtype: values.dtype, shape: proto.dims, data, storedElements: stored, sparse: { values, indices } }
}

/** A tensor without any stored element may leave its indices out. */
function indicesOf(proto: SparseTensorProto, context: OnnxContext, stored: number, what: string): Initializer {
  const empty = { dims: [0], dataType: DATA_TYPES.int64.code }
  const none: readonly never[] = []
  const fallback = {
    ...empty,
    floatData: none,
    int32Data: none,
    stringData: none,
    int64Data: none,
    doubleData: none,
    uint64Data: none,
    externalData: none,
    metadataProps: none,
  }
  const indices = readTensor(proto.indices ?? fallback, context)
  const [rows = 0, columns] = indices.shape
  const isShaped = indices.shape.length === 1 || (indices.shape.length === 2 && columns === proto.dims.length)
  if (indices.dtype === 'int64' && isShaped && rows === stored) return indices
  throw broken(what, `has ${stored} values and indices of ${indices.dtype} [${indices.shape.join(', ')}]`)
}

function denseBytes(
  values: Initializer,
  indices: Initializer,
  dims: readonly number[],
  count: number,
  what: string,
): Uint8Array {
  const width = DATA_TYPES[values.dtype].bits / 8
  const total = bytesOf(values.dtype, count)
  if (width < 1 || values.dtype === 'string' || total > LARGEST_DENSE) {
    throw new UnsupportedError('E_ONNX_SPARSE', `${what}: ${values.dtype} [${dims.join(', ')}] cannot be made dense`)
  }
  const dense = new Uint8Array(total)
  const stored = values.data.read()
  const places = new BigInt64Array(indices.data.read().slice().buffer)
  const columns = indices.shape.length === 2 ? dims.length : 1
  const sizes = columns === 1 && indices.shape.length === 1 ? [count] : dims
  for (let row = 0; row * width < stored.length; row += 1) {
    let place = 0
    for (let column = 0; column < columns; column += 1) {
      const size = sizes[column] ?? 0
      const index = Number(places[row * columns + column] ?? -1n)
      if (index < 0 || index >= size) throw broken(what, `has the index ${index} for a size of ${size}`)
      place = place * size + index
    }
    dense.set(stored.subarray(row * width, (row + 1) * width), place * width)
  }
  return dense
}

function broken(what: string, detail: string): FormatError {
  return new FormatError('E_ONNX_SPARSE', `${what} ${detail}`, { hint: 'the file is damaged: export the model again' })
}
