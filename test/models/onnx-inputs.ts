/** Inputs for a model file: those that lie beside it, else made up from what the engine says it takes. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { namesOfMainGraph, tensorOf, toEngine } from '../helpers/onnxruntime-oracle.js'
import { readTensorProto, type StoredTensor } from '../helpers/tensor-proto.js'

/** What a test lays down by hand for one file. */
export interface InputChoices {
  /** Sizes of free dimensions by name; 2 where nothing is said. */
  readonly sizes?: Readonly<Record<string, number>>
  /** Contents of integer inputs by name; others get zeros. */
  readonly values?: Readonly<Record<string, readonly number[]>>
}

const FREE_SIZE = 2
const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  int8: 1,
  bool: 1,
}

/** @returns the input tensors of one file, by name; those that are no tensors are left out */
export function inputsFor(
  path: string,
  metadata: readonly InferenceSession.ValueMetadata[],
  choices: InputChoices = {},
): Record<string, Tensor> {
  const order = namesOfMainGraph(readFileSync(path)).inputs
  const entries = metadata.flatMap((value): [string, Tensor][] => {
    if (!value.isTensor) return []
    const stored = storedTensor(path, `input_${order.indexOf(value.name)}`)
    return [[value.name, stored === undefined ? madeUp(value, choices) : toEngine(stored)]]
  })
  return Object.fromEntries(entries)
}

/** @returns the tensor of `<name>.pb` that belongs to a model: beside it, or in its first set of test data */
export function storedTensor(path: string, name: string): StoredTensor | undefined {
  const beside = path.replace(/\.onnx$/, `_${name}.pb`)
  const found = [join(dirname(path), 'test_data_set_0', `${name}.pb`), beside].find((file) => existsSync(file))
  return found === undefined ? undefined : readTensorProto(readFileSync(found))
}

/**
 * Floats run evenly from 0 to 1, as the runner of the ONNX backend tests makes them for the `light_*` models:
 * `np.arange(n).reshape(shape) / n`. Integers are zeros, which is an index that every table has.
 */
function madeUp(value: InferenceSession.TensorValueMetadata, choices: InputChoices): Tensor {
  const dims = value.shape.map((size) => (typeof size === 'number' ? size : (choices.sizes?.[size] ?? FREE_SIZE)))
  const count = dims.reduce((product, size) => product * size, 1)
  const { type } = value
  if (type === 'string') throw new Error(`no strings can be made up for ${value.name}`)
  const contents = choices.values?.[value.name]
  if (contents !== undefined && type === 'float32') return tensorOf(type, bytesOf(Float32Array.from(contents)), dims)
  if (contents !== undefined) return tensorOf(type, bytesOf(Int32Array.from(contents)), dims)
  if (type !== 'float32') return tensorOf(type, new Uint8Array(count * (BYTES[type] ?? 8)), dims)
  return tensorOf(type, bytesOf(Float32Array.from({ length: count }, (_, index) => index / count)), dims)
}

const bytesOf = (array: Float32Array | Int32Array): Uint8Array => new Uint8Array(array.buffer)
