/** What a caller of `GraphBuilder` says beside names: sizes, options of nodes and of the finished model. */
import type { DataType } from './data-type.js'
import { type Dimension, symbol } from './dimension.js'
import type { Attribute, ValueType } from './graph.js'
import type { TensorElements } from './tensor.js'

/** A size: a number, a name that stays free, or an expression over such names. */
export type SizeLike = number | string | Dimension

/** What the finished model says of itself. */
export interface ModelOptions {
  /** Opset of the standard domain; 21 when left out, which every onnxruntime since 1.18 runs. */
  readonly opset?: number
  /** Opsets of further domains, e.g. `com.microsoft` -> 1. */
  readonly opsets?: Readonly<Record<string, number>>
  readonly irVersion?: number
  readonly producer?: { readonly name: string; readonly version: string }
  readonly metadata?: Readonly<Record<string, string>>
}

/** Beside operator, inputs and attributes. */
export interface NodeOptions {
  readonly name?: string
  /** `''`, the ONNX standard, when left out. */
  readonly domain?: string
  readonly overload?: string
  /** Names of the outputs, or how many there are: one when left out. */
  readonly outputs?: readonly string[] | number
}

/** Attributes by name; see `attributes.ts` for short ways to write them. */
export type Attributes = Readonly<Record<string, Attribute>>

/** @returns the type of a tensor; without a shape its rank stays open */
export function tensorType(dtype: DataType, shape: readonly SizeLike[] | undefined): ValueType {
  const sizes = shape?.map((size) => (typeof size === 'string' ? symbol(size) : size))
  return { kind: 'tensor', dtype, shape: sizes }
}

/** @returns the numbers as elements of that type */
export function elementsOf(values: readonly number[], dtype: 'int64' | 'float32' | 'int32' | 'bool'): TensorElements {
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt)
  if (dtype === 'float32') return Float32Array.from(values)
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values)
}
