/** Weights of other floating-point types, read as float32: what a converted model computes in. */
import type { DataType } from '../../src/graph/data-type.js'
import type { Hdf5Dataset } from './hdf5.js'

type Widen = (bytes: Uint8Array) => Float32Array

const WIDEN: Partial<Readonly<Record<DataType, Widen>>> = {
  float16: (bytes) => Float32Array.from(halves(bytes), ofHalf),
  bfloat16: (bytes) => new Float32Array(Uint32Array.from(halves(bytes), (bits) => bits << 16).buffer),
  float64: (bytes) => Float32Array.from(new Float64Array(bytes.slice().buffer)),
}

/** @returns whether a dataset of that type can be read as float32 */
export const isWidened = (dtype: DataType): boolean => dtype === 'float32' || WIDEN[dtype] !== undefined

/** @returns the dataset as float32; float64 is rounded, the others are exact */
export function widened(dataset: Hdf5Dataset): Hdf5Dataset {
  const widen = WIDEN[dataset.dtype]
  if (widen === undefined) return dataset
  const elements = dataset.shape.reduce((product, size) => product * size, 1)
  const { path, shape } = dataset
  return {
    path,
    shape,
    dtype: 'float32',
    byteLength: 4 * elements,
    read: () => new Uint8Array(widen(dataset.read()).buffer),
  }
}

const halves = (bytes: Uint8Array): Uint16Array => new Uint16Array(bytes.slice().buffer)

/** The number that the bits of an IEEE 754 binary16 number stand for. */
function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
