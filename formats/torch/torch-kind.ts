/** What a file or folder of PyTorch is, by its first bytes and names. */
import type { ModelSource } from '../source.js'
import { zipNames } from '../zip/zip-names.js'
import { holdsShards, isLegacyFile, isSafetensors, isTorchTar } from './signatures.js'

/** Name of the format that reads it. */
export type TorchKind = 'torchscript' | 'torch-export' | 'pytorch-weights' | 'safetensors'

/** Never throws on what the file holds. */
export function torchKind(source: ModelSource): TorchKind | undefined {
  if (holdsShards(source)) return isOfTensors(source) ? 'safetensors' : 'pytorch-weights'
  if (source.kind !== 'file') return undefined
  if (isLegacyFile(source.head) || isTorchTar(source.head)) return 'pytorch-weights'
  if (isSafetensors(source.head, source.size)) return 'safetensors'
  const names = zipNames(source).map((name) => name.slice(name.indexOf('/') + 1))
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name))
  if (has(/^(archive_format|serialized_exported_program\.json)$/)) return 'torch-export'
  if (has(/^code\/.*\.py$/) || (has(/^constants\.pkl$/) && has(/^data\.pkl$/))) return 'torchscript'
  return has(/^data\.pkl$/) ? 'pytorch-weights' : undefined
}

/** A folder, or an index. */
function isOfTensors({ entries, path }: ModelSource): boolean {
  return [path, ...entries].some((name) => /\.safetensors(\.index\.json)?$/.test(name))
}
