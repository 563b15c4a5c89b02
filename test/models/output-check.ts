/** Compares an output of the engine with a stored one, or with that of another run, within a stated tolerance. */
import type { Tensor } from 'onnxruntime-node'
import { toEngine } from '../helpers/onnxruntime-oracle.js'
import type { StoredTensor } from '../helpers/tensor-proto.js'

/** The runner of the ONNX backend tests, which made the stored outputs, allows as much. */
const RELATIVE = 1e-3
/** Of the largest element: what float32 loses in sums of large terms that cancel. */
const OF_LARGEST = 1e-6
const ABSOLUTE = 1e-7

/**
 * @returns the largest difference of two elements as a multiple of what is allowed, so that at most 1 is within the
 *   tolerance; infinity for unlike strings and lengths, and where only one is not a number
 */
export function largestDifference(given: Tensor, expected: Tensor | StoredTensor): number {
  const left = elementsOf(given)
  const right = elementsOf('code' in expected ? toEngine(expected) : expected)
  if (left.length !== right.length) return Infinity
  const scale = largest(right)
  let most = 0
  for (let index = 0; index < left.length; index++) {
    most = Math.max(most, differenceOf(left[index], right[index], scale))
  }
  return most
}

type Element = number | bigint | string

function elementsOf(tensor: Tensor): ArrayLike<Element> {
  const { type, data } = tensor
  if (type !== 'float16') return data as ArrayLike<Element>
  // A `Uint16Array`, or from Node 24 on a `Float16Array`: the bits are the same.
  const { buffer, byteOffset, length } = data as Uint16Array
  return Array.from(new Uint16Array(buffer, byteOffset, length), fromFloat16)
}

function largest(elements: ArrayLike<Element>): number {
  let most = 0
  for (let index = 0; index < elements.length; index++) {
    const size = Math.abs(Number(elements[index]))
    if (size > most && Number.isFinite(size)) most = size
  }
  return most
}

function differenceOf(left: Element | undefined, right: Element | undefined, scale: number): number {
  if (left === right) return 0
  const [a, b] = [Number(left), Number(right)]
  if (Number.isNaN(a) && Number.isNaN(b) && typeof left === 'number') return 0
  const difference = Math.abs(a - b) / (ABSOLUTE + OF_LARGEST * scale + RELATIVE * Math.abs(b))
  return Number.isNaN(difference) ? Infinity : difference
}

/** @see https://en.wikipedia.org/wiki/Half-precision_floating-point_format */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (1024 + fraction)
}
