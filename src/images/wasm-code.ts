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
  /** v128 locals, numbered after the integers. */
  readonly vectors: number
  readonly body: readonly Code[]
}

const I32 = 0x7f
const V128 = 0x7b
const EMPTY = 0x40

export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)]
export const i32 = (value: number): Code => [0x41, ...signed(value)]
export const add = (left: Code, right: Code): Code => [...left, ...right, 0x6a]
export const subtract = (left: Code, right: Code): Code => [...left, ...right, 0x6b]
/** The 4 bytes at `address + offset` as an i32. */
export const load = (address: Code, offset = 0): Code => [...address, 0x28, ...memory(2, offset)]
export const advance = (local: number, by: Code): Code => set(local, add(get(local), by))

/** Runs the body as many times as the local says, at least once, and leaves 0 in it. */
export const repeat = (counter: number, body: readonly Code[]): Code => [
  ...[0x03, EMPTY, ...body.flat()],
  ...set(counter, subtract(get(counter), i32(1))),
  ...[...get(counter), 0x0d, 0, 0x0b],
]

/** Instructions on vectors of 128 bits, named as the specification names them. */
export const simd = {
  load: (address: Code): Code => [...address, ...vector(0x00), ...memory(0, 0)],
  load32Zero: (address: Code): Code => [...address, ...vector(0x5c), ...memory(0, 0)],
  load32Splat: (address: Code): Code => [...address, ...vector(0x09), ...memory(0, 0)],
  store: (address: Code, value: Code): Code => [...address, ...value, ...vector(0x0b), ...memory(0, 0)],
  /** The lowest 4 bytes. */
  store32: (address: Code, value: Code): Code => [...address, ...value, ...vector(0x5a), ...memory(0, 0), 0],
  splat: (value: Code): Code => [...value, ...vector(0x11)],
  add: (left: Code, right: Code): Code => [...left, ...right, ...vector(0xae)],
  multiply: (left: Code, right: Code): Code => [...left, ...right, ...vector(0xb5)],
  shiftRight: (value: Code, bits: number): Code => [...value, ...i32(bits), ...vector(0xac)],
  extend8Low: (value: Code): Code => [...value, ...vector(0x89)],
  extend8High: (value: Code): Code => [...value, ...vector(0x8a)],
  extend16Low: (value: Code): Code => [...value, ...vector(0xa9)],
  extend16High: (value: Code): Code => [...value, ...vector(0xaa)],
  narrow32: (low: Code, high: Code): Code => [...low, ...high, ...vector(0x85)],
  narrow16: (low: Code, high: Code): Code => [...low, ...high, ...vector(0x66)],
}

/** @returns the bytes of a module that imports `env.memory` and exports the functions */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...list(Array(parameters).fill([I32])), 0])
  const imports = [[...text('env'), ...text('memory'), 0x02, 0x00, ...unsigned(1)]]
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, imports),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(7, exports),
    ...section(10, functions.map(functionBody)),
  ])
}

function functionBody({ integers, vectors, body }: WasmFunction): Code {
  const locals = list([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ])
  return sized([...locals, ...body.flat(), 0x0b])
}

const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
const memory = (alignment: number, offset: number): Code => [alignment, ...unsigned(offset)]
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))]
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const sized = (code: Code): Code => [...unsigned(code.length), ...code]
const text = (value: string): Code => list([...Buffer.from(value)].map((byte) => [byte]))

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  const [low, rest] = [value & 0x7f, value >> 7]
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
  return isLast ? [low] : [low | 0x80, ...signed(rest)]
}
