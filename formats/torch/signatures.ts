/** By what files and folders of weights are known: first bytes and names. */
import { basename } from 'node:path'
import type { ModelSource } from '../source.js'
import { viewOf } from '../zip/directory.js'

/** Protocol 2, and a number of ten bytes: `torch.save` before PyTorch 1.6. */
const LEGACY = Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex')

/** @returns whether the first bytes are those of a file of `torch.save` before PyTorch 1.6 */
export function isLegacyFile(head: Uint8Array): boolean {
  return LEGACY.equals(head.subarray(0, LEGACY.length))
}

/** @returns whether the first bytes are those of the tar archives of PyTorch before 0.2 */
export function isTorchTar(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 262)).toString('latin1')
  return text.startsWith('ustar', 257) && /^(sys_info|pickle|tensors|storages)\0/.test(text)
}

/** @returns whether the first bytes are those of a safetensors file: the length of a header that begins with a brace */
export function isSafetensors(head: Uint8Array, size: number): boolean {
  if (head.length < 9 || head[8] !== 0x7b) return false
  return viewOf(head).getBigUint64(0, true) <= BigInt(size)
}

/** Name of a file that says which weight lies in which file. */
export const INDEX = /\.(safetensors|bin)\.index\.json$/

/** @returns whether a name in a folder is that of a file of weights */
export const isWeightFile = (name: string): boolean => name.endsWith('.safetensors') || name === 'pytorch_model.bin'

/** @returns whether a folder holds weights, or a file is an index of them; by names alone */
export function holdsShards(source: ModelSource): boolean {
  if (source.kind === 'file') return INDEX.test(basename(source.path))
  return source.entries.some((name) => INDEX.test(name) || isWeightFile(name))
}
