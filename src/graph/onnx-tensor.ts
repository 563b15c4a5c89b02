/** Initializers to `TensorProto`: elements as `raw_data`, text as `string_data`. */

import { FormatError } from '../core/errors.js'
import { quoted } from '../core/quoted.js'
import { bytesOf, DATA_TYPES } from './data-type.js'
import type { Initializer } from './graph.js'
import { EXTERNAL_LOCATION, SPARSE_TENSOR, type SparseTensorProto, TENSOR, type TensorProto } from './onnx-schema.js'
import { countNotes } from './parameter-notes.js'
import { piecesOf } from './pieces.js'
import { type FieldRun, messageSchema, type Payload } from './protobuf-schema.js'
import { encodeMessage } from './protobuf-writer.js'
import type { Scratch } from './scratch.js'

/** Decides where the elements of an initializer go; `undefined` leaves them in the file. */
export type PlaceElements = (payload: Payload) => ExternalPlace | undefined

/** A part of a data file beside the model. */
export interface ExternalPlace {
  /** File name. */
  readonly location: string
  /** Bytes from the start of that file. */
  readonly offset: number
}

/** `string_data` alone. */
const STRINGS = messageSchema<{ readonly texts: readonly string[] }>('TensorProto', () => ({ texts: [6, 'texts'] }))

/** @param place - leaves all elements in the file when absent */
export function tensorProto(tensor: Initializer, place?: PlaceElements): TensorProto {
  const head = {
    ...TENSOR.empty(),
    name: tensor.name,
    dims: tensor.shape,
    dataType: DATA_TYPES[tensor.dtype].code,
    metadataProps: countNotes(tensor),
  }
  if (tensor.dtype === 'string') return { ...head, stringData: [stringRun(tensor.data.readStrings())] }
  const rawData = rawPayload(tensor)
  const external = place?.(rawData)
  if (external === undefined) return { ...head, rawData }
  const externalData = [
    { key: 'location', value: external.location },
    { key: 'offset', value: String(external.offset) },
    { key: 'length', value: String(rawData.byteLength) },
  ]
  return { ...head, externalData, dataLocation: EXTERNAL_LOCATION }
}

/** @param sparse - `Initializer.sparse` of `tensor` */
export function sparseTensorProto(
  tensor: Initializer,
  { values, indices }: NonNullable<Initializer['sparse']>,
): SparseTensorProto {
  return {
    ...SPARSE_TENSOR.empty(),
    values: tensorProto({ ...values, name: tensor.name }),
    indices: tensorProto(indices),
    dims: tensor.shape,
  }
}

/** Elements that are read when the writer comes to them. */
function rawPayload(tensor: Initializer): Payload {
  const count = tensor.shape.reduce((product, size) => product * size, 1)
  const byteLength = bytesOf(tensor.dtype, count)
  function* pieces(scratch: Scratch, atMost: number): Generator<Uint8Array> {
    let given = 0
    for (const piece of piecesOf(tensor.data, scratch, atMost)) {
      given += piece.length
      if (given > byteLength) break
      yield piece
    }
    if (given !== byteLength) throw wrongSize(tensor, given, byteLength)
  }
  const read = (): Uint8Array => {
    const bytes = tensor.data.read()
    if (bytes.length === byteLength) return bytes
    throw wrongSize(tensor, bytes.length, byteLength)
  }
  return { byteLength, read, pieces }
}

function wrongSize({ name }: Initializer, found: number, expected: number): FormatError {
  return new FormatError(
    'E_TENSOR_SIZE',
    `tensor ${quoted(name)} gives ${found} bytes, its type and shape take ${expected}`,
    { hint: 'the model that it comes from is broken' },
  )
}

/** Texts as the wire has them, tags included. */
function stringRun(texts: readonly string[]): FieldRun {
  const { parts } = encodeMessage(STRINGS, { texts })
  const bytes = Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : part.read())))
  return {
    byteLength: bytes.length,
    valueBytes: bytes.length,
    isPacked: false,
    read: () => bytes,
    readValues: () => bytes,
  }
}
