/** Modules of WebAssembly from a few functions, compiled and opened. */
import { type Code, unsigned, type WasmFunction } from './wasm-code.js'

const I32 = 0x7f
const I64 = 0x7e
const V128 = 0x7b

/** Memory of a module, which grows by pages of 64 KiB; `buffer` is replaced when it does. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** The part of the standard that is used; the types of Node 20 leave it out. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** @returns the module, which threads can share; `undefined` where the engine has no WebAssembly with vectors */
export function compileWasm(functions: readonly WasmFunction[]): object | undefined {
  try {
    return new WebAssembly.Module(wasmModule(functions))
  } catch {
    return undefined
  }
}

/**
 * @param module - what `compileWasm` gave
 * @param pages - of its memory, at first
 * @returns what the module exports, by the names of the functions, and the memory that they work in
 */
export function openWasm(module: object, pages: number): { readonly exports: object; readonly memory: WasmMemory } {
  const memory = new WebAssembly.Memory({ initial: pages })
  return { exports: new WebAssembly.Instance(module, { env: { memory } }).exports, memory }
}

/** @returns the bytes of a module that imports `env.memory` and exports the functions */
function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(typeOf)
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

const typeOf = ({ parameters, hasResult = false }: WasmFunction): Code => [
  ...[0x60, ...list(Array(parameters).fill([I32]))],
  ...list(hasResult ? [[I32]] : []),
]

function functionBody({ integers, longs = 0, vectors = 0, body }: WasmFunction): Code {
  const locals = list([
    [...unsigned(integers), I32],
    [...unsigned(longs), I64],
    [...unsigned(vectors), V128],
  ])
  return sized([...locals, ...body.flat(), 0x0b])
}

const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))]
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const sized = (code: Code): Code => [...unsigned(code.length), ...code]
const text = (value: string): Code => list([...Buffer.from(value)].map((byte) => [byte]))
