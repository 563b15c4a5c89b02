/** Element types of tensors, named as numpy names them, with their ONNX codes and sizes. */

/** Element type of a tensor. */
export type DataType = keyof typeof DATA_TYPES

/** ONNX `TensorProto.DataType` code and size in bits of one element; strings have no fixed size. */
export const DATA_TYPES = {
  float32: { code: 1, bits: 32 },
  uint8: { code: 2, bits: 8 },
  int8: { code: 3, bits: 8 },
  uint16: { code: 4, bits: 16 },
  int16: { code: 5, bits: 16 },
  int32: { code: 6, bits: 32 },
  int64: { code: 7, bits: 64 },
  string: { code: 8, bits: 0 },
  bool: { code: 9, bits: 8 },
  float16: { code: 10, bits: 16 },
  float64: { code: 11, bits: 64 },
  uint32: { code: 12, bits: 32 },
  uint64: { code: 13, bits: 64 },
  complex64: { code: 14, bits: 64 },
  complex128: { code: 15, bits: 128 },
  bfloat16: { code: 16, bits: 16 },
  float8e4m3fn: { code: 17, bits: 8 },
  float8e4m3fnuz: { code: 18, bits: 8 },
  float8e5m2: { code: 19, bits: 8 },
  float8e5m2fnuz: { code: 20, bits: 8 },
  uint4: { code: 21, bits: 4 },
  int4: { code: 22, bits: 4 },
  float4e2m1: { code: 23, bits: 4 },
  float8e8m0: { code: 24, bits: 8 },
  uint2: { code: 25, bits: 2 },
  int2: { code: 26, bits: 2 },
} as const

const BY_CODE = new Map<number, DataType>(
  Object.entries(DATA_TYPES).map(([name, { code }]) => [code, name as DataType]),
)

/** @returns the type with that ONNX code; `undefined` for 0 (undefined) and codes of the future */
export const dataTypeOfCode = (code: number): DataType | undefined => BY_CODE.get(code)

/** @returns bytes that `count` elements take, packed as ONNX `raw_data` packs them; 0 for strings */
export const bytesOf = (dtype: DataType, count: number): number => Math.ceil((DATA_TYPES[dtype].bits * count) / 8)

/** @returns whether elements are floating-point numbers, those of 8 and 4 bits included; complex ones are not */
export const isFloat = (dtype: DataType): boolean => dtype.startsWith('float') || dtype === 'bfloat16'
