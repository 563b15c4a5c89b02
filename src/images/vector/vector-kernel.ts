/** Loops in WebAssembly with vectors, five times as fast as in JavaScript, and the memory that they work in. */
import { type EntropyKernel, entropyFunctions } from './entropy-kernel.js'
import { JPEG_FUNCTIONS, type JpegKernel } from './jpeg-kernel.js'
import { RESIZE_FUNCTIONS, type ResizeKernel } from './resize-kernel.js'
import { TABLE_FUNCTIONS, type TableKernel } from './table-kernel.js'
import { wasmModule } from './wasm-code.js'

/** Memory of a module, which grows by pages of 64 KiB; `buffer` is replaced when it does. */
interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** The part of the standard that is used; the types of Node 20 leave it out. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

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
  try {
    const functions = [...RESIZE_FUNCTIONS, ...JPEG_FUNCTIONS, ...TABLE_FUNCTIONS]
    return new WebAssembly.Module(wasmModule([...functions, ...entropyFunctions(functions.length)]))
  } catch {
    return undefined
  }
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
    const memory = new WebAssembly.Memory({ initial: 1 })
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
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
