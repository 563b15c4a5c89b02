/** Lists of numbers in the bytes of JSON, without parsing them. */

import type { NumberKernel } from './number-kernel.js'

/** So long are the parts of a number at most, so that it cannot overflow. */
const [MOST_DIGITS, MOST_EXPONENT_DIGITS] = [16, 2]
const [TAB, LINE_FEED, CARRIAGE_RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20]
const [COMMA, OPEN, CLOSE] = [0x2c, 0x5b, 0x5d]
const [PLUS, MINUS, POINT, ZERO, NINE, LARGE_E, SMALL_E] = [0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65]

/** @returns where the white space of JSON ends that may begin here */
export function afterSpace(bytes: Buffer, from: number): number {
  let at = from
  for (let byte = bytes[at]; byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB; ) {
    byte = bytes[++at]
  }
  return at
}

/**
 * @param kernel - quicker where the bytes lie at the beginning of its room
 * @returns where a list ends that begins here and holds finite numbers from 0; `undefined` for everything of which that is
 * not sure, and for the empty list
 */
export function endOfNumberList(bytes: Buffer, from: number, kernel?: NumberKernel): number | undefined {
  if (bytes[from] !== OPEN) return undefined
  for (let at = from + 1; ; ) {
    at = afterNumber(bytes, afterSpace(bytes, at))
    if (at < 0) return undefined
    at = afterSpace(bytes, at)
    if (bytes[at] !== COMMA) return bytes[at] === CLOSE ? at + 1 : undefined
    at++
    if (kernel !== undefined && bytes[at] === SPACE) at = afterUsualNumbers(bytes, at + 1, kernel)
  }
}

/** @returns where the first number begins that may be unusual */
function afterUsualNumbers(bytes: Buffer, from: number, kernel: NumberKernel): number {
  let at = kernel.pass(from, bytes.length)
  while (at > from && bytes[at - 1] !== SPACE) at--
  return at
}

/** @returns where the number ends, or -1 */
function afterNumber(bytes: Buffer, from: number): number {
  const point = afterDigits(bytes, from)
  if (point === from || point > from + MOST_DIGITS || (bytes[from] === ZERO && point > from + 1)) return -1
  if (bytes[point] !== POINT) return afterExponent(bytes, point)
  const end = afterDigits(bytes, point + 1)
  return end === point + 1 ? -1 : afterExponent(bytes, end)
}

function afterExponent(bytes: Buffer, from: number): number {
  if (bytes[from] !== SMALL_E && bytes[from] !== LARGE_E) return from
  const digits = bytes[from + 1] === PLUS || bytes[from + 1] === MINUS ? from + 2 : from + 1
  const end = afterDigits(bytes, digits)
  return end === digits || end > digits + MOST_EXPONENT_DIGITS ? -1 : end
}

function afterDigits(bytes: Buffer, from: number): number {
  let at = from
  for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; ) byte = bytes[++at] ?? 0
  return at
}
