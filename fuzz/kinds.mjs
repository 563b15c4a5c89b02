// The kinds of files that are fuzzed: what they start from, how they are damaged, and what is then done with them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { readLabels } from '../dist/benchmarks/labels.js'
import { FormatError, inspectModel, ModelFactory, readRecords, recordsToJson, writeOnnx } from '../dist/index.js'
import { fromConfigFile } from '../dist/src/cli/config-file.js'
import { INSPECT_OPTIONS } from '../dist/src/cli/options/inspect-options.js'
import { MEASURE_OPTIONS } from '../dist/src/cli/options/measure-options.js'
import { decodeImage } from '../dist/src/images/decode-image.js'
import { readCheckpoint } from '../dist/src/training/checkpoint.js'
import { mutateBytes } from './mutate-bytes.mjs'
import { mutateHdf5 } from './mutate-hdf5.mjs'
import { mutateJson } from './mutate-json.mjs'
import { mutateProtobuf } from './mutate-protobuf.mjs'
import { mutateTable } from './mutate-table.mjs'
import { mutateTorch } from './mutate-torch.mjs'
import { mutateKerasArchive } from './mutate-zip.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const shared = join(root, '..', 'shared', 'data')
/** Larger files are mostly weights, and slow. */
const LARGEST_SEED = 110_000

/** @typedef {{ name: string, seeds: () => string[], make: (seed: string, other: string, path: string, chance: object) => string, use: (path: string) => Promise<void> }} Kind */

/** @type {readonly Kind[]} */
export const KINDS = [
  { name: 'onnx', seeds: onnxSeeds, make: one('.onnx', protobufOrBytes), isModel: true, use: useModel },
  { name: 'h5', seeds: () => kerasSeeds('.h5'), make: one('.h5', mutateHdf5), isModel: true, use: useModel },
  {
    name: 'keras',
    seeds: () => kerasSeeds('.keras'),
    make: one('.keras', mutateKerasArchive),
    isModel: true,
    use: useModel,
  },
  { name: 'saved-model', seeds: savedModelSeeds, make: savedModel, isModel: true, use: useModel },
  { name: 'torch', seeds: torchSeeds, make: one('.pt', mutateTorch), isModel: true, use: useModel },
  { name: 'image', seeds: imageSeeds, make: one('.img', mutateBytes), use: useImage },
  {
    name: 'record',
    seeds: () => [inRoot('fuzz/seeds/record.json')],
    make: one('.json', jsonOrBytes),
    use: readRecords,
  },
  {
    name: 'labels',
    seeds: () => [inRoot('examples/labels.txt'), inRoot('fuzz/seeds/labels.json')],
    make: one('.json', jsonOrBytes),
    use: readLabels,
  },
  {
    name: 'checkpoint',
    seeds: () => [inRoot('fuzz/seeds/training.safetensors')],
    make: one('.safetensors', mutateBytes),
    use: async (path) => readCheckpoint(path),
  },
  {
    name: 'config',
    seeds: () => [inRoot('fuzz/seeds/config.yaml'), inRoot('fuzz/seeds/config.json')],
    make: one('.yaml', jsonOrBytes),
    use: useConfig,
  },
]

/** Faults on purpose, so that a test can see that each is found. */
export const DRILLS = [
  drill('drill-error', () => undefined.length),
  drill('drill-lines', () => {
    throw new FormatError('E_DRILL', 'two\nlines', { hint: 'none' })
  }),
  drill('drill-hang', () => {
    for (;;);
  }),
  drill('drill-crash', () => process.abort()),
  drill('drill-memory', () => {
    // More than is allowed, but not all there is: whoever watches may be slow.
    const taken = Array.from({ length: 80 }, () => Buffer.alloc(2 ** 24, 1))
    while (taken.length > 0);
  }),
]

/** Every fifth file is taken ill. */
function drill(name, fault) {
  let count = 0
  const use = async () => {
    count += 1
    if (count % 5 === 0) fault()
  }
  return { name, seeds: () => [inRoot('fuzz/seeds/config.json')], make: one('.json', mutateBytes), use }
}

function inRoot(path) {
  return join(root, path)
}

/** Files below a folder, those of `../shared/data` only where it is there. */
function filesIn(folder, ending) {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true }).sort()
  const paths = names.filter((name) => ending.test(name)).map((name) => join(folder, name))
  return paths.filter((path) => statSync(path).isFile() && statSync(path).size <= LARGEST_SEED)
}

function onnxSeeds() {
  const others = filesIn(join(shared, 'onnx'), /\.onnx$/).filter((_, index) => index % 5 === 0)
  return [inRoot('test/fixtures/onnx/everything.onnx'), ...filesIn(inRoot('test/fixtures/onnx'), /\.onnx$/), ...others]
}

function kerasSeeds(ending) {
  const pattern = ending === '.h5' ? /\.h5$/ : /\.keras$/
  return [
    ...filesIn(inRoot('test/fixtures/keras'), pattern),
    ...filesIn(inRoot('test/golden/keras'), pattern),
    ...filesIn(join(shared, 'h5'), pattern),
  ]
}

function savedModelSeeds() {
  const models = [inRoot('test/fixtures/saved-model'), join(shared, 'savedmodel')]
  return models.flatMap((folder) => filesIn(folder, /saved_model\.pb$/)).map((path) => dirname(path))
}

/** The oldest form names its files by their endings. */
function torchSeeds() {
  return filesIn(inRoot('test/golden/torch-files'), /\.(pt|pt2|pth|bin|tar|safetensors)$/)
}

function imageSeeds() {
  const folders = [inRoot('test/images/fixtures'), inRoot('examples/images'), join(shared, 'images/sharp')]
  return folders.flatMap((folder) => filesIn(folder, /\.(jpe?g|png|gif|webp|tiff?|bmp)$/).slice(0, 20))
}

/** One file in, one file out. */
function one(ending, mutate) {
  return (seed, other, folder, chance) => {
    const path = join(folder, `file${ending}`)
    writeFileSync(path, mutate(readFileSync(seed), chance, readFileSync(other)))
    return path
  }
}

function protobufOrBytes(bytes, chance, other) {
  return chance.happens(0.6) ? mutateProtobuf(bytes, chance) : mutateBytes(bytes, chance, other)
}

function jsonOrBytes(bytes, chance, other) {
  return chance.happens(0.6)
    ? Buffer.from(mutateJson(bytes.toString('utf8'), chance))
    : mutateBytes(bytes, chance, other)
}

/** A copy of the folder with one or two of its files damaged, or gone. */
function savedModel(seed, other, folder, chance) {
  const path = join(folder, 'model')
  rmSync(path, { recursive: true, force: true })
  const names = readdirSync(seed, { recursive: true })
    .filter((name) => statSync(join(seed, name)).isFile())
    .sort()
  const damaged = new Set([chance.pick([/\.pb$/, /\.pb$/, /\.index$/, /data-/])])
  if (chance.happens(0.1)) damaged.add(/\.index$/)
  for (const name of names) {
    const bytes = readFileSync(join(seed, name))
    const isDamaged = [...damaged].some((pattern) => pattern.test(name))
    if (isDamaged && chance.happens(0.02)) continue
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), isDamaged ? damage(name, bytes, join(other, name), chance) : bytes)
  }
  return path
}

function damage(name, bytes, otherPath, chance) {
  const other = existsSync(otherPath) ? readFileSync(otherPath) : bytes
  if (name.endsWith('.index')) return mutateTable(bytes, chance, other)
  return name.endsWith('.pb') ? protobufOrBytes(bytes, chance, other) : mutateBytes(bytes, chance, other)
}

/** Opened, counted layer by layer, its weights read and written; what is found must fit the schema of records. */
async function useModel(path) {
  const model = await ModelFactory.withPredefinedFormats().open(path)
  recordsToJson([await inspectModel({ model, layers: true })])
  if (model.graph !== undefined) writeOnnx(model.graph)
}

async function useImage(path) {
  await decodeImage(sharp, readFileSync(path), {
    canvas: { width: 32, height: 32 },
    channels: 3,
    resize: 'shortest-crop',
    decode: 'exact',
    maxPixels: 2 ** 26,
  })
}

async function useConfig(path) {
  await fromConfigFile({ ...MEASURE_OPTIONS, ...INSPECT_OPTIONS }, dirname(path), path)
}
