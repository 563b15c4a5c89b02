/** Loops in WebAssembly with vectors, five times as fast as in JavaScript, and the memory that they work in. */
import { compileWasm, openWasm, type WasmMemory } from '../../core/wasm-module.js'
import { type EntropyKernel, entropyFunctions } from './entropy-kernel.js'
import { JPEG_FUNCTIONS, type JpegKernel } from './jpeg-kernel.js'
import { RESIZE_FUNCTIONS, type ResizeKernel } from './resize-kernel.js'
import { TABLE_FUNCTIONS, type TableKernel } from './table-kernel.js'

type Loops = ResizeKernel & JpegKernel & EntropyKernel & TableKernel

const PAGE = 65536
/** Every piece has this much room behind it, for vectors that reach beyond its end. */
const SLACK = 64

let compiled: { readonly module: object | undefined } | undefined

/**
 * The compiled loops, which threads can share: compiled by the first call, and better and better as they run.
 *
 * @returns `undefined` where the engine has no WebAssembly with vectors: then the loops in JavaScript and libvips serve
 */
export function compileLoops(): object | undefined {
  compiled ??= { module: compile() }
  return compiled.module
}

function compile(): object | undefined {
  const functions = [...RESIZE_FUNCTIONS, ...JPEG_FUNCTIONS, ...TABLE_FUNCTIONS]
  return compileWasm([...functions, ...entropyFunctions(functions.length)])
}

/** One memory, handed out piece by piece from the start for each image anew. */
export class VectorKernel {
  private used = 0

  private constructor(
    readonly loops: Loops,
    private readonly memory: WasmMemory,
  ) {}

  /** @param module - what `compileLoops` gave */
  static open(module: object): VectorKernel {
    const { exports, memory } = openWasm(module, 1)
    return new VectorKernel(exports as Loops, memory)
  }

  /** Forgets all pieces. */
  clear(): void {
    this.used = 0
  }

  /** @returns address of a piece of that many bytes, on a boundary of 16; views made before are then worthless */
  take(bytes: number): number {
    const address = this.used
    this.used += (bytes + SLACK + 15) & ~15
    const missing = this.used - this.memory.buffer.byteLength
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE))
    return address
  }

  /** @returns the whole memory, as it is until more is taken */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer)
  }
}
