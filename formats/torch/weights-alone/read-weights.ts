/** Weights of a file or folder without a graph, whichever way they are stored. */
import type { RandomAccessFile } from '../../random-access-file.js'
import type { ModelSource } from '../../source.js'
import { holdsShards, isLegacyFile, isSafetensors, isTorchTar } from '../signatures.js'
import { TorchArchive } from '../torch-archive.js'
import { foundWeights } from './found-weights.js'
import { readLegacyFile } from './legacy-file.js'
import { type FoundWeights, WEIGHTS_ALONE } from './named-weight.js'
import { pickledModel } from './pickled-weights.js'
import { readSafetensors } from './safetensors.js'
import { findShards, type Shards } from './shards.js'
import { readTarFile } from './tar-file.js'

/** Weights, and the files that they lie in. */
export interface WeightFiles {
  readonly found: FoundWeights
  /** Absolute paths; bytes. */
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** @throws what the readers of the files throw */
export function readWeights(source: ModelSource): WeightFiles {
  if (holdsShards(source)) return readShards(source, findShards(source))
  return readFiles(source, [undefined])
}

function readShards(source: ModelSource, { files, names }: Shards): WeightFiles {
  const read = readFiles(source, files)
  if (names === undefined) return read
  const weights = read.found.weights.filter(({ name }) => names.has(name))
  const left = read.found.weights.length - weights.length
  const notes =
    left === 0 ? read.found.notes : [...read.found.notes, `${left} tensors that the index does not name are left out`]
  return { ...read, found: { ...read.found, weights, notes } }
}

function readFiles(source: ModelSource, names: readonly (string | undefined)[]): WeightFiles {
  const all = names.map((name) => {
    const file = source.open(name)
    try {
      return { found: weightsIn(file), path: file.path, size: file.size }
    } finally {
      file.close()
    }
  })
  const notes = [...new Set(all.flatMap(({ found }) => found.notes))]
  const weights = all.flatMap(({ found }) => found.weights)
  return { found: { weights, notes, what: all[0]?.found.what ?? WEIGHTS_ALONE }, files: all }
}

function weightsIn(file: RandomAccessFile): FoundWeights {
  const head = file.read(0, Math.min(file.size, 512))
  if (isSafetensors(head, file.size)) return { weights: readSafetensors(file), what: WEIGHTS_ALONE, notes: [] }
  if (isLegacyFile(head)) return readLegacyFile(file)
  if (isTorchTar(head)) return readTarFile(file)
  const archive = new TorchArchive(file)
  return foundWeights(pickledModel(archive.pickle('data.pkl')), (key) => archive.storage(`data/${key}`), file.path)
}
