/**
 * Just enough of a WebAssembly assembler to write a few loops over vectors: each function gives the bytes of an expression.
 *
 * @see https://webassembly.github.io/spec/core/binary/
 */

/** Instructions; an expression leaves one value on the stack, a statement none. */
export type Code = readonly number[]

/** A function of a module: parameters are i32, then come locals, all numbered in that order. */
export interface WasmFunction {
  readonly name: string
  readonly parameters: number
  /** i32 locals beside the parameters. */
  readonly integers: number
  /** i64 locals, numbered after the integers. */
  readonly longs?: number
  /** v128 locals, numbered after those. */
  readonly vectors?: number
  /** Whether the body leaves an i32, which is given back. */
  readonly hasResult?: boolean
  readonly body: readonly Code[]
}

const EMPTY = 0x40

export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)]
export const i32 = (value: number): Code => [0x41, ...signed(value)]
/** A constant of 64 bits that fits into 32. */
export const i64 = (value: number): Code => [0x42, ...signed(value)]

const operation =
  (...opcode: number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode]

export const add = operation(0x6a)
export const subtract = operation(0x6b)
export const multiply = operation(0x6c)
export const and = operation(0x71)
export const or = operation(0x72)
export const shiftLeft = operation(0x74)
export const shiftRight = operation(0x75)
export const isEqual = operation(0x46)
export const isNotEqual = operation(0x47)
/** Signed comparisons. */
export const isLess = operation(0x48)
export const isGreater = operation(0x4a)
export const or64 = operation(0x84)
export const shiftLeft64 = operation(0x86)
export const shiftRight64 = operation(0x88)
export const toLong = (value: Code): Code => [...value, 0xad]
export const toInteger = (value: Code): Code => [...value, 0xa7]

const loading =
  (opcode: number) =>
  (address: Code, offset = 0): Code => [...address, opcode, ...memory(0, offset)]
const storing =
  (opcode: number) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, opcode, ...memory(0, offset)]

/** The 4 bytes at `address + offset` as an i32, and smaller ones without sign. */
export const load = loading(0x28)
export const load8 = loading(0x2d)
export const load16 = loading(0x2f)
export const load64 = loading(0x29)
export const store = storing(0x36)
export const store8 = storing(0x3a)
export const store16 = storing(0x3b)
export const store64 = storing(0x37)

export const advance = (local: number, by: Code): Code => set(local, add(get(local), by))

/** @param index - of the function in the module */
export const call = (index: number, ...parameters: readonly Code[]): Code => [
  ...parameters.flat(),
  ...[0x10, ...unsigned(index)],
]

/** Runs the body as many times as the local says, at least once, and leaves 0 in it. */
export const repeat = (counter: number, body: readonly Code[]): Code => [
  ...[0x03, EMPTY, ...body.flat()],
  ...set(counter, subtract(get(counter), i32(1))),
  ...[...get(counter), 0x0d, 0, 0x0b],
]

/** Runs the body again and again until `leaveWhen` inside it, not in a further construct, comes true. */
export const forever = (body: readonly Code[]): Code => [0x02, EMPTY, 0x03, EMPTY, ...body.flat(), 0x0c, 0, 0x0b, 0x0b]

/** Leaves the innermost `forever`. */
export const leaveWhen = (condition: Code): Code => [...condition, 0x0d, 1]

export const when = (condition: Code, body: readonly Code[], otherwise: readonly Code[] = []): Code => [
  ...[...condition, 0x04, EMPTY, ...body.flat()],
  ...(otherwise.length > 0 ? [0x05, ...otherwise.flat()] : []),
  0x0b,
]

const unary =
  (opcode: number) =>
  (value: Code): Code => [...value, ...vector(opcode)]
const binary =
  (opcode: number) =>
  (left: Code, right: Code): Code => [...left, ...right, ...vector(opcode)]
const shift =
  (opcode: number) =>
  (value: Code, bits: Code): Code => [...value, ...bits, ...vector(opcode)]
const read =
  (opcode: number) =>
  (address: Code, offset = 0): Code => [...address, ...vector(opcode), ...memory(0, offset)]

/** Instructions on vectors of 128 bits; the comment is the name in the specification. */
export const simd = {
  /** v128.load */
  load: read(0x00),
  /** v128.load8x8_u: 8 bytes to 8 words. */
  loadBytes: read(0x02),
  /** v128.load32_zero */
  load32: read(0x5c),
  /** v128.load32_splat */
  load32Splat: read(0x09),
  /** v128.store */
  store: (address: Code, value: Code): Code => [...address, ...value, ...vector(0x0b), ...memory(0, 0)],
  /** v128.store32_lane 0 */
  store32: (address: Code, value: Code): Code => [...address, ...value, ...vector(0x5a), ...memory(0, 0), 0],
  /** v128.store64_lane */
  store64: (address: Code, value: Code, lane: 0 | 1, offset = 0): Code => [
    ...[...address, ...value],
    ...[...vector(0x5b), ...memory(0, offset), lane],
  ],
  /** i8x16.shuffle: 16 bytes by their number in the left (0 to 15) or right (16 to 31) vector. */
  shuffle: (left: Code, right: Code, lanes: readonly number[]): Code => [...left, ...right, ...vector(0x0d), ...lanes],
  /** v128.const of 8 words. */
  words: (values: readonly number[]): Code => [...vector(0x0c), ...new Uint8Array(Int16Array.from(values).buffer)],
  /** v128.and */
  and: binary(0x4e),
  /** v128.andnot: what is in the left and not in the right. */
  andNot: binary(0x4f),
  /** v128.or */
  or: binary(0x50),
  /** v128.xor */
  xor: binary(0x51),
  /** v128.any_true */
  anyTrue: unary(0x53),
  /** i8x16.eq */
  isEqual8: binary(0x23),
  /** i8x16.lt_u */
  isLess8: binary(0x26),
  /** i8x16.sub */
  subtract8: binary(0x71),
  /** i8x16.splat */
  splat8: unary(0x0f),
  /** i16x8.splat */
  splat16: unary(0x10),
  /** i32x4.splat */
  splat32: unary(0x11),
  /** i8x16.narrow_i16x8_s */
  narrowToSigned8: binary(0x65),
  /** i8x16.narrow_i16x8_u */
  narrowTo8: binary(0x66),
  /** i16x8.narrow_i32x4_s */
  narrowTo16: binary(0x85),
  /** i16x8.extend_low_i8x16_u */
  extend8Low: unary(0x89),
  /** i16x8.extend_high_i8x16_u */
  extend8High: unary(0x8a),
  /** i32x4.extend_low_i16x8_s */
  extend16Low: unary(0xa7),
  /** i32x4.extend_high_i16x8_s */
  extend16High: unary(0xa8),
  /** i16x8.shr_u */
  shiftRight16: shift(0x8d),
  /** i16x8.add */
  add16: binary(0x8e),
  /** i16x8.sub */
  subtract16: binary(0x91),
  /** i16x8.mul */
  multiply16: binary(0x95),
  /** i32x4.shr_s */
  shiftRight32: shift(0xac),
  /** i32x4.add */
  add32: binary(0xae),
  /** i32x4.sub */
  subtract32: binary(0xb1),
  /** i32x4.mul */
  multiply32: binary(0xb5),
  /** i32x4.dot_i16x8_s: products of words, added in pairs. */
  dot: binary(0xba),
}

const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
const memory = (alignment: number, offset: number): Code => [alignment, ...unsigned(offset)]
/** LEB128. */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  const [low, rest] = [value & 0x7f, value >> 7]
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
  return isLast ? [low] : [low | 0x80, ...signed(rest)]
}
