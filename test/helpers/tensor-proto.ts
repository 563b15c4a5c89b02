/** Reads the `.pb` files of ONNX backend tests: a TensorProto each, or a sequence or an optional of them. */
import { type Field, fieldsOf, integersOf, messagesOf, textsOf } from './protobuf.js'

/** A tensor of a `.pb` file. Bits of float16, bfloat16 and smaller types stay as they are stored. */
export interface StoredTensor {
  readonly name: string
  /** `TensorProto.DataType`. */
  readonly code: number
  readonly dims: readonly number[]
  /** Little-endian bytes of the elements. */
  readonly bytes: Uint8Array
  /** Elements of a string tensor. */
  readonly strings: readonly string[]
}

/** Fields of TensorProto. */
const DIMS = 1
const DATA_TYPE = 2
const FLOAT_DATA = 4
const INT32_DATA = 5
const STRING_DATA = 6
const INT64_DATA = 7
const NAME = 8
const RAW_DATA = 9
const DOUBLE_DATA = 10
const UINT64_DATA = 11

/** Bytes of one element by `TensorProto.DataType`; 1 for those that are not listed. */
const ELEMENT_BYTES: ReadonlyMap<number, number> = new Map([
  ...[4, 5, 10, 16].map((code) => [code, 2] as const),
  ...[1, 6, 12].map((code) => [code, 4] as const),
  ...[7, 11, 13, 14].map((code) => [code, 8] as const),
])

/** @returns the tensor of a TensorProto message */
export function readTensorProto(message: Uint8Array): StoredTensor {
  const code = Number(integersOf(message, DATA_TYPE)[0] ?? 0n)
  const dims = integersOf(message, DIMS).map(Number)
  const strings = textsOf(message, STRING_DATA)
  const bytes = messagesOf(message, RAW_DATA)[0] ?? typedData(message, code)
  return { name: textsOf(message, NAME)[0] ?? '', code, dims, bytes, strings }
}

/** @returns the tensors of a SequenceProto: field 2 says what it holds (1: tensors), field 3 has them */
export function readSequenceProto(message: Uint8Array): StoredTensor[] {
  return messagesOf(message, 3).map(readTensorProto)
}

/** Elements in a typed field instead of `raw_data`: fixed-size ones as they lie, varints cut to the element's size. */
function typedData(message: Uint8Array, code: number): Uint8Array {
  const fixed = fieldsOf(message).filter(({ number }) => number === FLOAT_DATA || number === DOUBLE_DATA)
  if (fixed.length > 0) return Buffer.concat(fixed.flatMap(bytesOfField))
  const integers = [INT32_DATA, INT64_DATA, UINT64_DATA].flatMap((number) => integersOf(message, number))
  const size = ELEMENT_BYTES.get(code) ?? 1
  return Buffer.concat(integers.map((value) => littleEndian(value, size)))
}

const bytesOfField = ({ value }: Field): Uint8Array[] => (value instanceof Uint8Array ? [value] : [])

function littleEndian(value: bigint, size: number): Uint8Array {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64LE(value)
  return buffer.subarray(0, size)
}
