/** Bits of 16-bit floating point numbers, which Node 20 has no array for. */
import { roundHalfToEven } from '../core/round-half-to-even.js'

const single = new Float32Array(1)
const bits = new Uint32Array(single.buffer)

/**
 * @returns the bits of the IEEE 754 binary16 number nearest to `value`, ties to even; too large becomes infinity
 */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(size)) return 0x7e00
  if (size >= 65520) return sign | 0x7c00
  // Below 2^-14 numbers are multiples of 2^-24; above, of 2^(exponent - 10).
  const exponent = Math.max(Math.floor(Math.log2(size)), -14)
  const steps = roundHalfToEven(size * 2 ** (10 - exponent))
  return sign | (steps + (exponent + 14) * 1024)
}

/** @returns the bits of the bfloat16 number nearest to `value`, ties to even */
export function bfloat16Bits(value: number): number {
  single[0] = value
  const word = bits[0] ?? 0
  if (Number.isNaN(value)) return 0x7fc0
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff
}
