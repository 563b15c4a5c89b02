/** Weights that are spread over several files of a folder, as Hugging Face's libraries write large models. */
import { basename } from 'node:path'
import { FormatError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import type { ModelSource } from '../../source.js'
import { INDEX, isWeightFile } from '../signatures.js'

/** Files that belong together, by their names in the folder. */
export interface Shards {
  readonly kind: 'safetensors' | 'pickled'
  readonly files: readonly string[]
  /** Weights that the index names, each with its file; `undefined` without an index: all count. */
  readonly names?: ReadonlyMap<string, string>
}

const LARGEST_INDEX = 64 * 2 ** 20
const MOST_FILES = 10_000

/**
 * @returns safetensors where a folder holds both kinds, since both hold the same
 * @throws {FormatError} `E_SHARDS` for a damaged index
 */
export function findShards(source: ModelSource): Shards {
  const index =
    source.kind === 'file' ? basename(source.path) : bestOf(source.entries.filter((name) => INDEX.test(name)))
  if (index !== undefined) return fromIndex(source, index)
  const files = source.entries.filter(isWeightFile)
  const tensors = files.filter((name) => name.endsWith('.safetensors'))
  if (tensors.length === 0) return { kind: 'pickled', files }
  return { kind: 'safetensors', files: tensors.includes('model.safetensors') ? ['model.safetensors'] : tensors }
}

const bestOf = (names: readonly string[]): string | undefined =>
  names.find((name) => name.includes('.safetensors.')) ?? names[0]

/** `{ weight_map: { name: file } }`. */
function fromIndex(source: ModelSource, index: string): Shards {
  const map = weightMap(source, index)
  const entries = Object.entries(map ?? {})
  const names = new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  const files = [...new Set(names.values())].sort()
  if (files.length === 0 || files.length > MOST_FILES || names.size < entries.length)
    throw damaged(index, `it names ${files.length} files`)
  return { kind: index.includes('.safetensors.') ? 'safetensors' : 'pickled', files, names }
}

function weightMap(source: ModelSource, index: string): object | undefined {
  const file = source.open(index)
  try {
    if (file.size > LARGEST_INDEX) throw damaged(index, `it takes ${file.size} bytes`)
    const parsed: unknown = JSON.parse(Buffer.from(file.read(0, file.size)).toString('utf8'))
    const map = (parsed as { weight_map?: unknown } | null)?.weight_map
    return typeof map === 'object' && map !== null ? map : undefined
  } catch (cause) {
    if (cause instanceof SyntaxError) throw damaged(index, 'it is no JSON')
    throw cause
  } finally {
    file.close()
  }
}

function damaged(index: string, what: string): FormatError {
  return new FormatError('E_SHARDS', `the index ${quoted(index)} is damaged: ${what}`, {
    hint: 'download the folder again',
  })
}
