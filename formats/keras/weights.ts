/** Finds the weights of each layer, in the order in which Keras keeps them, in `.h5` files and in `.keras` archives. */
import { quoted } from '../../src/core/quoted.js'
import type { Hdf5Dataset, Hdf5File } from './hdf5.js'
import { configError, weightError } from './keras-errors.js'
import type { LayerConfig, ModelConfig } from './model-config.js'

/** The weights of one model, layer by layer. */
export interface WeightScope {
  /** @returns the weights of a layer, wrapped layers included; none for a layer that keeps none */
  of(layer: LayerConfig): readonly Hdf5Dataset[]
  /** @returns the weights of a model that is used as a layer */
  nested(layer: LayerConfig): WeightScope
}

/** A weight and the name that the file gives it. */
interface NamedWeight {
  readonly name: string
  readonly dataset: Hdf5Dataset
}

/** @returns the group that holds the layers of an `.h5` file: the root in files of weights alone */
export function weightRoot(file: Hdf5File): string {
  return file.members('/').includes('model_weights') ? '/model_weights' : '/'
}

/**
 * @returns all weights of an `.h5` or `.weights.h5` file, by layer, each path once; none where it keeps none
 * @throws {FormatError} `E_KERAS_WEIGHTS` for a name without its dataset
 */
export function allWeights(file: Hdf5File): Hdf5Dataset[] {
  const root = weightRoot(file)
  const layers = file.texts(root, 'layer_names') ?? []
  if (layers.length === 0) return CONTAINERS.flatMap((name) => datasetsBelow(file, join(root, name), 0))
  const found = layers.flatMap((layer) => namedWeights(file, join(root, layer)).map(({ dataset }) => dataset))
  return [...new Map(found.map((dataset) => [dataset.path, dataset])).values()]
}

/** @returns the weights of an `.h5` file, where each layer of the outermost model has a group of its name */
export function legacyWeights(file: Hdf5File): WeightScope {
  const root = weightRoot(file)
  const known = new Map<string, NamedWeight[]>()
  const listOf = (layer: LayerConfig): NamedWeight[] => {
    const list = known.get(layer.name) ?? namedWeights(file, join(root, layer.name))
    known.set(layer.name, list)
    return list
  }
  return {
    of: (layer) => listOf(layer).map(({ dataset }) => dataset),
    nested: (layer) => namedScope(listOf(layer)),
  }
}

/** A nested model keeps one list, trainable weights first: names tell whose each weight is. */
function namedScope(list: readonly NamedWeight[]): WeightScope {
  const partOf = (layer: LayerConfig) => list.filter(({ name }) => name.split('/').slice(0, -1).includes(layer.name))
  return {
    of: (layer) => partOf(layer).map(({ dataset }) => dataset),
    nested: (layer) => namedScope(hasOwnNames(layer, list) ? partOf(layer) : list),
  }
}

/** Some versions leave the nested model's name out of its weights' names. */
function hasOwnNames(layer: LayerConfig, list: readonly NamedWeight[]): boolean {
  return list.some(({ name }) => name.split('/').slice(0, -1).includes(layer.name))
}

function namedWeights(file: Hdf5File, group: string): NamedWeight[] {
  const names = file.texts(group, 'weight_names') ?? []
  return names.map((name) => {
    const dataset = file.dataset(join(group, name))
    if (dataset === undefined) throw weightError(`weight ${quoted(name)} is named but not there`)
    return { name, dataset }
  })
}

/** @returns the weights of `model.weights.h5`, whose groups count the layers of each class */
export function countedWeights(file: Hdf5File, model: ModelConfig): WeightScope {
  let places: ReadonlyMap<string, string> | undefined
  return countedScope(file, model, '/', (name) => {
    places ??= placesOf(file, model, '/')
    return places.get(name)
  })
}

/** @param elsewhere - where a layer of that name is kept: what several models share stands where it is met first */
function countedScope(
  file: Hdf5File,
  model: ModelConfig,
  group: string,
  elsewhere: (name: string) => string | undefined,
): WeightScope {
  const paths = countedPaths(model, containerOf(file, group))
  const pathOf = (layer: LayerConfig): string => {
    const own = paths.get(layer.name) ?? ''
    return file.members(own).length > 0 ? own : (elsewhere(layer.name) ?? own)
  }
  return {
    of: (layer) => datasetsBelow(file, pathOf(layer), 0),
    nested: (layer) => {
      if (layer.nested !== undefined) return countedScope(file, layer.nested, pathOf(layer), elsewhere)
      if (layer.wrapped === undefined) throw configError(`layer ${quoted(layer.name)} is no model`)
      return countedScope(file, layer.wrapped, join(pathOf(layer), 'layer'), elsewhere)
    },
  }
}

function containerOf(file: Hdf5File, group: string): string {
  const found = CONTAINERS.map((name) => join(group, name)).find((path) => file.members(path).length > 0)
  return found ?? join(group, 'layers')
}

/** The first place of each layer that a model within a model has. */
function placesOf(file: Hdf5File, model: ModelConfig, group: string): Map<string, string> {
  const places = new Map<string, string>()
  const paths = countedPaths(model, containerOf(file, group))
  for (const { name, nested } of model.layers) {
    if (nested === undefined) continue
    const path = paths.get(name) ?? ''
    if (file.members(path).length === 0) continue
    places.set(name, path)
    for (const [inner, place] of [...placesOf(file, nested, path), ...countedPaths(nested, containerOf(file, path))]) {
      if (!places.has(inner) && file.members(place).length > 0) places.set(inner, place)
    }
  }
  return places
}

const CONTAINERS = ['layers', '_layer_checkpoint_dependencies']

/** Classes that have another name in Python than in files. */
const CLASS_NAMES: ReadonlyMap<string, string> = new Map([['GroupQueryAttention', 'GroupedQueryAttention']])

/** `conv2d`, `conv2d_1`, ... whatever the layers are called. */
function countedPaths(model: ModelConfig, container: string): Map<string, string> {
  const counts = new Map<string, number>()
  const paths = new Map<string, string>()
  for (const layer of model.layers) {
    const name = snakeCase(CLASS_NAMES.get(layer.className) ?? layer.className)
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    paths.set(layer.name, join(container, count === 0 ? name : `${name}_${count}`))
  }
  return paths
}

/** As `keras.src.utils.naming.to_snake_case`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** Wrapped layers follow in the order in which Keras lists their weights. */
const ORDER = [
  'forward_layer',
  'backward_layer',
  ...['query', 'key', 'gate', 'value', 'output'].map((of) => `${of}_dense`),
]
/** State of random numbers is no weight. */
const SKIPPED = new Set(['vars', 'seed_generator', 'random_generator', '_random_generator'])
const DEEPEST_GROUP = 48

function datasetsBelow(file: Hdf5File, group: string, depth: number): Hdf5Dataset[] {
  if (depth > DEEPEST_GROUP) throw configError(`groups of weights are nested deeper than ${DEEPEST_GROUP}`)
  const vars = join(group, 'vars')
  const own = file
    .members(vars)
    .sort((left, right) => Number(left) - Number(right))
    .flatMap((name) => file.dataset(join(vars, name)) ?? [])
  const rank = (name: string) => ORDER.indexOf(name.replace(/^_/, ''))
  const inner = file
    .members(group)
    .filter((name) => !SKIPPED.has(name))
    .sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1))
  return [...own, ...inner.flatMap((name) => datasetsBelow(file, join(group, name), depth + 1))]
}

function join(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`
}
