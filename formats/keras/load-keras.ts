/** Opens `.h5` files and `.keras` archives: config and weights to a model. */
import { basename, extname } from 'node:path'
import { InterruptedError, UnsupportedError } from '../../src/core/errors.js'
import { bytesOf } from '../../src/graph/data-type.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { fileDigest } from '../file-digest.js'
import type { LoadOptions, Model, ParameterCount } from '../format.js'
import type { ModelSource } from '../source.js'
import { contentStart, readArchive, readEntry } from '../zip/archive.js'
import { convertKeras } from './convert.js'
import type { Hdf5Dataset, Hdf5File } from './hdf5.js'
import { configError } from './keras-errors.js'
import { CONFIG_ENTRY, isKerasArchive, WEIGHTS_ENTRY } from './keras-signature.js'
import type { KerasLayerRegistry } from './layer-registry.js'
import { readModelConfig } from './model-config.js'
import { parsePythonJson } from './python-json.js'
import { readHdf5 } from './read-hdf5.js'
import { allWeights, countedWeights, legacyWeights } from './weights.js'

const LARGEST_CONFIG = 64 * 2 ** 20

/**
 * @throws {FormatError} `E_HDF5`, `E_ZIP`, `E_KERAS_CONFIG`, `E_KERAS_WEIGHTS`
 * @throws {UnsupportedError} `E_KERAS_LAYER`
 */
export async function loadKeras(
  source: ModelSource,
  { signal }: LoadOptions,
  layers: KerasLayerRegistry,
): Promise<Model> {
  if (signal?.aborted) throw new InterruptedError()
  const found = isKerasArchive(source) ? await loadArchive(source, layers) : await loadHdf5(source, layers)
  const { graph, weights } = found
  return {
    name: basename(source.path, extname(source.path)),
    format: 'keras',
    path: source.path,
    bytes: source.size,
    inputs: graph?.main.inputs ?? [],
    outputs: graph?.main.outputs ?? [],
    sha256: (digestSignal) => fileDigest(source.path, digestSignal),
    ...(graph === undefined ? withoutGraph(source.path, weights) : { graph }),
  }
}

const WHY_NO_GRAPH = 'the file holds weights alone: the graph is missing'

/** Weights can be counted, but nothing says what is computed with them. */
function withoutGraph(path: string, weights: readonly Hdf5Dataset[]) {
  return {
    whyNoGraph: WHY_NO_GRAPH,
    countParameters: async () => countOf(weights),
    createRunner: async () => {
      throw new UnsupportedError('E_KERAS_NO_GRAPH', `${path}: ${WHY_NO_GRAPH}`, {
        hint: 'build the model in Python, load these weights into it, and save all of it: model.save("model.keras")',
      })
    },
  }
}

interface Found {
  readonly graph?: ModelGraph
  /** Weights of a file without a graph. */
  readonly weights: readonly Hdf5Dataset[]
}

async function loadHdf5(source: ModelSource, layers: KerasLayerRegistry): Promise<Found> {
  const place = { path: source.path, start: 0, size: source.size, open: () => source.open() }
  return readHdf5(place, (file) => {
    const text = file.texts('/', 'model_config')?.join('')
    const version = file.text('/', 'keras_version') ?? file.text('/model_weights', 'keras_version') ?? ''
    if (text === undefined || text === '') return { weights: weightsAlone(file, source) }
    const config = readModelConfig(parsePythonJson(text, `the model_config of ${source.path}`))
    return { graph: convertKeras({ config, weights: legacyWeights(file), version }, layers), weights: [] }
  })
}

function weightsAlone(file: Hdf5File, source: ModelSource): readonly Hdf5Dataset[] {
  const weights = allWeights(file)
  if (weights.length > 0) return weights
  throw configError(`${source.path} is an HDF5 file that holds neither a Keras model nor weights of one`)
}

async function loadArchive(source: ModelSource, layers: KerasLayerRegistry): Promise<Found> {
  const archive = source.open()
  try {
    const entries = readArchive(archive)
    const [configEntry, weightEntry] = [entries.get(CONFIG_ENTRY), entries.get(WEIGHTS_ENTRY)]
    if (configEntry === undefined || weightEntry === undefined) throw configError(`${source.path} is no .keras file`)
    if (!weightEntry.isStored) throw configError(`${source.path}: its weights are compressed, which Keras never does`)
    const text = Buffer.from(readEntry(archive, configEntry, LARGEST_CONFIG)).toString('utf8')
    const config = readModelConfig(parsePythonJson(text, `config.json of ${source.path}`))
    const start = contentStart(archive, weightEntry)
    const metadata = entries.get('metadata.json')
    const about =
      metadata === undefined ? '{}' : Buffer.from(readEntry(archive, metadata, LARGEST_CONFIG)).toString('utf8')
    const version = versionIn(parsePythonJson(about, `metadata.json of ${source.path}`))
    const place = { path: source.path, start, size: weightEntry.size, open: () => source.open() }
    return await readHdf5(place, (file) => {
      const model = { config, weights: countedWeights(file, config), version }
      return { graph: convertKeras(model, layers), weights: [] }
    })
  } finally {
    archive.close()
  }
}

function versionIn(metadata: unknown): string {
  const version = (metadata as { keras_version?: unknown } | null)?.keras_version
  return typeof version === 'string' ? version : '3'
}

/** A file of weights does not say which of them are trained: names of running statistics tell. */
function countOf(weights: readonly Hdf5Dataset[]): ParameterCount {
  const counts = { trainable: 0, nonTrainable: 0, bytes: 0 }
  for (const { path, shape, dtype } of weights) {
    const elements = shape.reduce((product, size) => product * size, 1)
    counts[isStatistic(path, weights) ? 'nonTrainable' : 'trainable'] += elements
    counts.bytes += bytesOf(dtype, elements)
  }
  return counts
}

/** Keras 3 numbers the weights of a layer: the last two of a BatchNormalization are its statistics. */
function isStatistic(path: string, weights: readonly Hdf5Dataset[]): boolean {
  const group = /^.*\/batch_normalization(_\d+)?\/vars\//.exec(path)?.[0]
  if (group === undefined) return /moving_(mean|variance)|running_(mean|std)/.test(path)
  const count = weights.filter((other) => other.path.startsWith(group)).length
  return Number(path.slice(group.length)) >= count - 2
}
