/** Inputs and outputs of a signature: their order, their tensors in the graph, their types. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { type Shape, symbol } from '../../src/graph/dimension.js'
import type { ValueType } from '../../src/graph/graph.js'
import { dataTypeOf } from './data-type.js'
import type { ShapeProto, TensorInfoEntryProto } from './saved-model-schema.js'

/** Name of the free first size of every input and output. */
const BATCH = 'batch'

/**
 * @returns the entries by their keys: the order of a map's entries is not the file's to choose
 * @throws {FormatError} `E_SIGNATURE_NAME`
 */
export function sortedEntries(entries: readonly TensorInfoEntryProto[]): readonly TensorInfoEntryProto[] {
  // Of two entries with one key the later counts, as in every map of protobuf.
  const byKey = new Map(entries.map((entry) => [entry.key ?? '', entry]))
  if (byKey.has('')) {
    throw new FormatError('E_SIGNATURE_NAME', 'an input or output of the signature has no name', {
      hint: 'the file is damaged: save the model again',
    })
  }
  return [...byKey.values()].sort((left, right) => ((left.key ?? '') < (right.key ?? '') ? -1 : 1))
}

/** @throws {UnsupportedError} `E_SIGNATURE_TENSOR` for what is no single tensor of the graph */
export function tensorName(name: string | undefined, key: string): string {
  if (name !== undefined && name !== '') return name
  throw new UnsupportedError('E_SIGNATURE_TENSOR', `${quoted(key)} of the signature is no dense tensor`, {
    hint: 'choose another --signature, with dense tensors only',
  })
}

/**
 * @param what - `input` or `output`, for errors
 * @throws {UnsupportedError} `E_TF_DATA_TYPE`
 */
export function signatureType({ key = '', value }: TensorInfoEntryProto, what: string): ValueType {
  return {
    kind: 'tensor',
    dtype: dataTypeOf(value?.dtype, `${what} ${quoted(key)}`),
    shape: shapeOf(key, value?.shape),
  }
}

/** The first free size is that of the batch, which all inputs and outputs share. */
function shapeOf(name: string, proto: ShapeProto | undefined): Shape | undefined {
  if (proto === undefined || (proto.unknownRank ?? 0) !== 0) return undefined
  return proto.sizes.map(({ size = 0 }, axis) => {
    if (size >= 0) return size
    return symbol(axis === 0 ? BATCH : `${name}_${axis}`)
  })
}
