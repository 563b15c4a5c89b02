/** The loops in WebAssembly that all images of a thread share, one after the other. */
import { VectorKernel } from './vector-kernel.js'

let shared: { readonly kernel: VectorKernel | undefined } | undefined

/** @returns the thread's kernel, made by the first call; `undefined` where the engine cannot have one */
export function sharedKernel(): VectorKernel | undefined {
  shared ??= { kernel: VectorKernel.open() }
  return shared.kernel
}
