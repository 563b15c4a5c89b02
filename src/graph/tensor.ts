/** Tensors in memory: what goes into an engine and comes out of it. */
import type { DataType } from './data-type.js'

/** Elements of a tensor in memory, row-major. */
export type TensorElements =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[]

/** A tensor in memory. float16 and bfloat16 lie in a `Uint16Array` as bits, bool in a `Uint8Array`. */
export interface Tensor {
  readonly dtype: DataType
  readonly shape: readonly number[]
  readonly data: TensorElements
}
