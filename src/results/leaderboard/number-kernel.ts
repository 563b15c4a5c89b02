/** The loop that passes over lists of numbers as greenbench writes them, 16 bytes at a time. */
import {
  advance,
  type Code,
  forever,
  get,
  i32,
  isGreater,
  leaveWhen,
  set,
  simd,
  type WasmFunction,
} from '../../core/wasm-code.js'
import { compileWasm, openWasm } from '../../core/wasm-module.js'

/** A loop, and the memory that it works in. */
export interface NumberKernel {
  /** Where the bytes must lie. */
  readonly room: Buffer
  /**
   * Passes over numbers with one digit before the point and any behind it, between commas and one space each.
   *
   * @param from - where a number begins, behind a comma and a space
   * @param to - end of the bytes that belong to the list or follow it
   * @returns the last place that it is sure to reach; it may lie within a number
   */
  pass(from: number, to: number): number
}

/** Bytes of a vector, and those before one that are looked at with it. */
const [VECTOR, BEFORE] = [16, 2]
const PAGE = 65536

/** @returns a loop with room for so many bytes; `undefined` where the engine has no WebAssembly with vectors */
export function openNumberKernel(bytes: number): NumberKernel | undefined {
  const module = compileWasm([passNumbers()])
  if (module === undefined) return undefined
  const { exports, memory } = openWasm(module, Math.ceil((VECTOR + bytes) / PAGE))
  const loops = exports as { readonly passNumbers: (before: number, last: number) => number }
  return {
    room: Buffer.from(memory.buffer, VECTOR, bytes),
    pass: (from, to) => loops.passNumbers(VECTOR + from - BEFORE, VECTOR + to - VECTOR - BEFORE) + BEFORE - VECTOR,
  }
}

/** Of each byte and the two before it: what must hold everywhere in such a list, and holds nowhere else. */
function passNumbers(): WasmFunction {
  const [at, last, now, before, digitBefore] = [0, 1, 2, 3, 4]
  const [zero, ten, point, comma, space] = [5, 6, 7, 8, 9]
  const constant = (local: number, character: string): Code => set(local, simd.splat8(i32(character.charCodeAt(0))))
  const isDigit = (bytes: Code): Code => simd.isLess8(simd.subtract8(bytes, get(zero)), get(ten))
  const is = (local: number): Code => simd.isEqual8(get(now), get(local))
  const isNumberBegun = simd.and(get(digitBefore), simd.isEqual8(simd.load(get(at)), get(space)))
  const known = [isDigit(get(now)), is(point), is(comma), is(space)].reduce(simd.or)
  const faults = [
    simd.xor(known, simd.splat8(i32(-1))),
    // A space follows each comma, and nothing else.
    simd.xor(is(space), simd.isEqual8(get(before), get(comma))),
    // A point follows each first digit, and nothing else.
    simd.xor(is(point), isNumberBegun),
    simd.andNot(is(comma), get(digitBefore)),
  ].reduce(simd.or)
  return {
    name: 'passNumbers',
    parameters: 2,
    integers: 0,
    vectors: 8,
    hasResult: true,
    body: [
      ...[constant(zero, '0'), set(ten, simd.splat8(i32(10)))],
      ...[constant(point, '.'), constant(comma, ','), constant(space, ' ')],
      forever([
        leaveWhen(isGreater(get(at), get(last))),
        set(now, simd.load(get(at), 2)),
        set(before, simd.load(get(at), 1)),
        set(digitBefore, isDigit(get(before))),
        leaveWhen(simd.anyTrue(faults)),
        advance(at, i32(VECTOR)),
      ]),
      get(at),
    ],
  }
}
