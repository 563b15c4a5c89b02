/** Architectures of keras.applications, from the golden files: written out with their weights as Keras writes them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { madeWeight } from '../../scripts/made-values.mjs'
import { writeCheckpoint } from './checkpoint-files.js'
import { writeHdf5 } from './hdf5-files.js'
import { storedZip } from './stored-zip.js'
import { temporaryFolder } from './temporary-folder.js'

/** Name in the file and number of the weight; -1 for the whole number that a Normalization counts with. */
type Place = readonly [name: string, weight: number]

/** What `test/golden/make-applications.py` keeps of an architecture. */
export interface Application {
  readonly name: string
  readonly version: string
  readonly input: readonly [number, number, number]
  readonly range: number
  readonly trainable: number
  readonly nonTrainable: number
  readonly macs: number
  readonly weights: readonly (readonly [shape: readonly number[], offset: number, scale: number])[]
  readonly h5: { readonly config: unknown; readonly places: Readonly<Record<string, readonly Place[]>> }
  readonly keras: { readonly config: unknown; readonly places: readonly Place[] }
  readonly saved: Readonly<
    Record<string, { readonly places: readonly Place[]; readonly names: readonly [string, string][] }>
  >
  /** float32 of the first image's probabilities, base64. */
  readonly outputs: string
}

const GOLDEN = new URL('../golden/applications/', import.meta.url)
const ENDING = '.json.br'
const unpacked = (file: string) => brotliDecompressSync(readFileSync(new URL(file, GOLDEN)))

/** @returns names of all architectures */
export const applicationNames = (): string[] =>
  readdirSync(GOLDEN)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))

export const readApplication = (name: string): Application => JSON.parse(unpacked(`${name}${ENDING}`).toString())

/** @returns what TensorFlow computes for the made-up image */
export function expectedOutputs({ outputs }: Application): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(outputs, 'base64')).buffer)
}

/** A weight as it is written. */
export interface WrittenWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

/** @returns shape and elements of one weight */
function writtenWeight({ weights }: Application, [name, number]: Place): WrittenWeight {
  const [shape, offset, scale] = weights[number] ?? [[], 0, 0]
  if (number < 0) return { name, shape, values: new BigInt64Array(1) }
  const length = shape.reduce((product, size) => product * size, 1)
  return { name, shape, values: madeWeight(number, length, offset, scale) }
}

/** @returns path of an `.h5` file with all weights */
export async function writeApplicationH5(application: Application): Promise<string> {
  const path = join(temporaryFolder(), `${application.name}.h5`)
  const { config, places } = application.h5
  const groups = Object.entries(places).map(([layer, list]) => ({
    name: `model_weights/${layer}`,
    attributes: { weight_names: list.map(([name]) => name) },
    datasets: list.map((place) => writtenWeight(application, place)),
  }))
  const root = {
    name: '',
    attributes: { model_config: JSON.stringify(config), keras_version: application.version },
    datasets: [],
  }
  const list = { name: 'model_weights', attributes: { layer_names: Object.keys(places) }, datasets: [] }
  await writeHdf5(path, [root, list, ...groups])
  return path
}

/** @returns path of a `.keras` archive with all weights */
export async function writeApplicationKeras(application: Application): Promise<string> {
  const folder = temporaryFolder()
  const [path, weights] = [join(folder, `${application.name}.keras`), join(folder, 'model.weights.h5')]
  const { config, places } = application.keras
  const datasets = places.map((place) => writtenWeight(application, place))
  await writeHdf5(weights, [{ name: '', attributes: {}, datasets }])
  const entries = {
    'metadata.json': Buffer.from(JSON.stringify({ keras_version: application.version })),
    'config.json': Buffer.from(JSON.stringify(config)),
    'model.weights.h5': readFileSync(weights),
  }
  writeFileSync(path, storedZip(entries))
  return path
}

/**
 * @param form - `exported` by `model.export`, or `saved` by `tf.saved_model.save`
 * @returns path of a SavedModel with all weights
 */
export function writeApplicationSavedModel(application: Application, form: string): string {
  const folder = temporaryFolder()
  const { places, names } = application.saved[form] ?? { places: [], names: [] }
  writeFileSync(join(folder, 'saved_model.pb'), unpacked(`${application.name}.${form}.pb.br`))
  mkdirSync(join(folder, 'variables'))
  writeCheckpoint(
    join(folder, 'variables'),
    places.map((place) => writtenWeight(application, place)),
    names,
  )
  return folder
}
