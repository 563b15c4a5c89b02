/** The loops in WebAssembly that all images of a thread share, one after the other. */
import { compileLoops, VectorKernel } from './vector-kernel.js'

let shared: { readonly kernel: VectorKernel | undefined } | undefined

/** @returns the thread's kernel, made by the first call; `undefined` where the engine cannot have one */
export function sharedKernel(): VectorKernel | undefined {
  return shared === undefined ? shareKernel(compileLoops()) : shared.kernel
}

/** @param module - loops that another thread has compiled; `undefined` does without */
export function shareKernel(module: object | undefined): VectorKernel | undefined {
  shared = { kernel: module === undefined ? undefined : VectorKernel.open(module) }
  return shared.kernel
}
