/** A model's config, of Keras 1, 2 or 3, as one form: layers, what each call of them reads, inputs and outputs. */
import { quoted } from '../../src/core/quoted.js'
import { Fields } from './fields.js'
import { configError } from './keras-errors.js'

/** One tensor: output `tensor` of call `node` of a layer. */
export interface TensorRef {
  readonly layer: string
  readonly node: number
  readonly tensor: number
}

/** One call of a layer. */
export interface LayerCallConfig {
  /** Tensors among the positional arguments. */
  readonly inputs: readonly TensorRef[]
  /** Tensors among the keyword arguments. */
  readonly keywordInputs: readonly TensorRef[]
  /** Positional arguments as they stand in the file: numbers and texts between tensors. */
  readonly positional: unknown
  /** Keyword arguments as they stand in the file. */
  readonly keywords: Readonly<Record<string, unknown>>
}

/** A layer as the file describes it. */
export interface LayerConfig {
  /** Without the package of a registered class. */
  readonly className: string
  /** An operator of Keras 3 between layers, which may have the name of a layer: `Add` of a tensor and a number. */
  readonly isOperation: boolean
  readonly name: string
  readonly config: Fields
  readonly calls: readonly LayerCallConfig[]
  /** Set for a model that is used as a layer. */
  readonly nested?: ModelConfig
  /** Set for a layer such as TimeDistributed around a model. */
  readonly wrapped?: ModelConfig
}

/** A Sequential or Functional model. A Sequential has no calls, inputs or outputs: its layers follow each other. */
export interface ModelConfig {
  readonly name: string
  readonly isSequential: boolean
  readonly isTrainable: boolean
  readonly layers: readonly LayerConfig[]
  readonly inputs: readonly TensorRef[]
  readonly outputs: readonly TensorRef[]
  /** Shape of a Sequential's input, as it was built. */
  readonly builtShape?: unknown
}

const DEEPEST_MODEL = 24
const DEEPEST_ARGUMENT = 16
const MOST_LAYERS = 50_000

/**
 * @param value - `{ class_name, config }`
 * @throws {FormatError} `E_KERAS_CONFIG`
 */
export function readModelConfig(value: unknown): ModelConfig {
  const fields = new Fields(value, 'the model')
  const model = nestedModel(fields, 'the model', 0)
  if (model !== undefined) return model
  const className = fields.text('class_name') ?? 'no class'
  throw configError(`the model is a ${quoted(className)}, neither Sequential nor Functional: it keeps no layers`)
}

/** A layer is a model when its config lists layers. */
function nestedModel(fields: Fields, name: string, depth: number): ModelConfig | undefined {
  if (depth > DEEPEST_MODEL) throw configError(`models are nested deeper than ${DEEPEST_MODEL}`)
  const config = fields.get('config')
  if (Array.isArray(config)) return sequential(name, config, undefined, depth)
  if (typeof config !== 'object' || config === null) return undefined
  const inner = new Fields(config, name)
  const layers = inner.get('layers')
  if (!Array.isArray(layers)) return undefined
  const ownName = inner.text('name') ?? name
  if (inner.get('input_layers') === undefined) return sequential(ownName, layers, inner, depth)
  return {
    name: ownName,
    isSequential: false,
    isTrainable: inner.flag('trainable', true),
    layers: layers.map((layer) => readLayer(layer, depth)),
    inputs: refsIn(inner.get('input_layers')),
    outputs: refsIn(inner.get('output_layers')),
  }
}

function sequential(name: string, layers: readonly unknown[], config: Fields | undefined, depth: number): ModelConfig {
  return {
    name,
    isSequential: true,
    isTrainable: config?.flag('trainable', true) ?? true,
    layers: layers.map((layer) => readLayer(layer, depth)),
    inputs: [],
    outputs: [],
    builtShape: config?.get('build_input_shape'),
  }
}

function readLayer(value: unknown, depth: number): LayerConfig {
  const outer = new Fields(value, 'a layer')
  const className = outer.text('class_name')?.replace(/^.*>/, '')
  if (className === undefined) throw configError('a layer has no class_name')
  const config = outer.get('config')
  const ownName = Array.isArray(config) ? undefined : new Fields(config ?? {}, className).text('name')
  const name = outer.text('name') ?? ownName ?? className.toLowerCase()
  const nested = nestedModel(outer, name, depth + 1)
  const calls = outer.get('inbound_nodes')
  const layer = {
    className,
    isOperation: isOperation(outer, config),
    name,
    config: new Fields(Array.isArray(config) ? {} : (config ?? {}), `layer ${quoted(name)} (${className})`),
    calls: Array.isArray(calls) ? calls.map(readCall) : [],
  }
  if (nested !== undefined) return { ...layer, nested }
  const wrapped = wrappedModel(layer.config, depth)
  return wrapped === undefined ? layer : { ...layer, wrapped }
}

/** TimeDistributed and the like keep a layer, which may be a model. */
function wrappedModel(config: Fields, depth: number): ModelConfig | undefined {
  const inner = config.get('layer')
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined
  const fields = new Fields(inner, 'a wrapped layer')
  const own = recordOf(fields.get('config')).name
  return nestedModel(fields, typeof own === 'string' ? own : 'wrapped', depth + 1)
}

/** A `.keras` file tells the module; in an `.h5` of Keras 3 only layers say whether they are trained. */
function isOperation(layer: Fields, config: unknown): boolean {
  const module = layer.text('module')
  if (module !== undefined) return /\bops\b/.test(module)
  const calls = layer.get('inbound_nodes')
  const isKeras3 = Array.isArray(calls) && calls.length > 0 && !Array.isArray(calls[0])
  return isKeras3 && recordOf(config).trainable === undefined
}

/** Keras 3: `{ args, kwargs }`; Keras 1 and 2: `[[layer, node, tensor, kwargs], ...]`, or one such list alone. */
function readCall(value: unknown): LayerCallConfig {
  if (!Array.isArray(value)) {
    const fields = new Fields(value, 'a call of a layer')
    const positional = fields.get('args') ?? []
    const keywords = recordOf(fields.get('kwargs'))
    return { inputs: refsIn(positional), keywordInputs: refsIn(Object.values(keywords)), positional, keywords }
  }
  const entries: readonly unknown[] = typeof value[0] === 'string' ? [value] : value
  const last = entries.map((entry) => (Array.isArray(entry) ? entry[3] : undefined))
  const keywords: Record<string, unknown> = Object.assign({}, ...last.map(recordOf))
  return { inputs: refsIn(entries), keywordInputs: refsIn(Object.values(keywords)), positional: entries, keywords }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** All tensors named in a value, in order: `[layer, node, tensor]` or `{ config: { keras_history } }`. */
export function refsIn(value: unknown, depth = 0): TensorRef[] {
  if (depth > DEEPEST_ARGUMENT) throw configError(`arguments are nested deeper than ${DEEPEST_ARGUMENT}`)
  if (typeof value !== 'object' || value === null) return []
  const ref = refIn(value)
  if (ref !== undefined) return [ref]
  if (Array.isArray(value)) {
    if (value.length > MOST_LAYERS) throw configError(`a list of ${value.length} arguments`)
    return value.flatMap((entry) => refsIn(entry, depth + 1))
  }
  const record = recordOf(value)
  if (record.class_name !== undefined) return []
  // Keras puts the entries of a dict in the order of their keys.
  const keys = Object.keys(record).sort()
  return keys.flatMap((key) => refsIn(record[key], depth + 1))
}

/** @returns the tensor that a value names, when it names one: `[layer, node, tensor]` or `{ config: { keras_history } }` */
export function refIn(value: object): TensorRef | undefined {
  const list = Array.isArray(value) ? value : recordOf(recordOf(value).config).keras_history
  if (!Array.isArray(list)) return undefined
  const [layer, node, tensor] = list
  return typeof layer === 'string' && isIndex(node) && isIndex(tensor) ? { layer, node, tensor } : undefined
}

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0
