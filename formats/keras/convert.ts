/** A Keras model's config and weights to a graph in the words of ONNX. */
import { quoted } from '../../src/core/quoted.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { DataType } from '../../src/graph/data-type.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { Fields } from './fields.js'
import { findConverter } from './find-converter.js'
import { configError, layerError } from './keras-errors.js'
import { checkedShape, KerasGraph, type KerasShape, type KerasTensor } from './keras-graph.js'
import type { KerasLayerRegistry } from './layer-registry.js'
import type { LayerConfig, ModelConfig } from './model-config.js'
import { Network } from './network.js'
import type { WeightScope } from './weights.js'

/** What a file says of its model. */
export interface KerasModel {
  readonly config: ModelConfig
  readonly weights: WeightScope
  /** E.g. `2.14.0`; empty where the file does not say. */
  readonly version: string
}

/** Name of the batch, which stays free. */
const BATCH = 'N'
const INPUT_TYPES: ReadonlyMap<unknown, DataType> = new Map<unknown, DataType>([
  ['float32', 'float32'],
  // All arithmetic is done in float32, so inputs are taken in it too.
  ['float16', 'float32'],
  ['bfloat16', 'float32'],
  ['float64', 'float32'],
  ['int32', 'int32'],
  ['int64', 'int64'],
  ['uint8', 'uint8'],
  ['bool', 'bool'],
])

/**
 * @throws {FormatError} `E_KERAS_CONFIG`, `E_KERAS_WEIGHTS`
 * @throws {UnsupportedError} `E_KERAS_LAYER` names a layer without a converter
 */
export function convertKeras(model: KerasModel, registry: KerasLayerRegistry): ModelGraph {
  const builder = new GraphBuilder(model.config.name)
  const graph = new KerasGraph(builder)
  const context = {
    graph,
    registry,
    kerasVersion: Number.parseInt(model.version, 10) || 1,
    converterOf: (className: string, name: string) => findConverter(registry, { className, name }),
    budget: { calls: 0 },
  }
  const inputs = inputsOf(model.config).map((input) => addInput(graph, input))
  const outputs = new Network(model.config, model.weights, context).call(inputs)
  if (outputs.length === 0) throw configError(`model ${quoted(model.config.name)} has no outputs`)
  const names = outputNames(model.config)
  for (const [index, output] of outputs.entries()) addOutput(graph, output, names[index] ?? 'output')
  const { unreadWeights } = graph
  const assumptions = [...graph.assumptions]
  return { ...builder.build({ producer: { name: 'keras', version: model.version } }), unreadWeights, assumptions }
}

interface ModelInput {
  readonly name: string
  readonly shape: KerasShape
  readonly dtype: DataType
}

function addInput({ builder }: KerasGraph, { name, shape, dtype }: ModelInput): KerasTensor {
  const sizes = shape.map((size, axis) => size ?? (axis === 0 ? BATCH : `${name}_axis${axis}`))
  return { name: builder.input(builder.uniqueName(name), dtype, sizes), dtype, shape, layout: 'logical' }
}

/** An output has the order of Keras and the name of its layer. */
function addOutput(graph: KerasGraph, tensor: KerasTensor, name: string): void {
  const { builder } = graph
  const ordered = graph.logical(tensor)
  const output = builder.isDefined(name) ? builder.uniqueName(name) : name
  builder.node('Identity', [ordered.name], {}, { outputs: [output] })
  const sizes = ordered.shape.map((size, axis) => size ?? (axis === 0 ? BATCH : `${output}_axis${axis}`))
  builder.output(output, ordered.dtype, sizes)
}

function outputNames(model: ModelConfig): readonly string[] {
  if (!model.isSequential) return model.outputs.map(({ layer }) => layer)
  return [model.layers.at(-1)?.name ?? 'output']
}

function inputsOf(model: ModelConfig): ModelInput[] {
  if (model.isSequential) return [sequentialInput(model)]
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  return model.inputs.map(({ layer: name }) => {
    const layer = layers.get(name)
    if (layer?.className === 'InputLayer') return inputLayer(layer)
    throw configError(`input ${quoted(name)} is no InputLayer`)
  })
}

/** A Sequential may keep its input's shape with its first layer, within a model that is its first layer, or on its own. */
function sequentialInput(model: ModelConfig): ModelInput {
  const [first] = model.layers
  if (first === undefined) throw configError(`model ${quoted(model.name)} has no layers`)
  if (first.className === 'InputLayer') return inputLayer(first)
  const own = shapeIn(first) ?? (model.builtShape === undefined ? undefined : shapeOf(model.builtShape, first.name))
  const dtype = first.className === 'Embedding' ? 'int32' : 'float32'
  if (own !== undefined) return { name: `${first.name}_input`, shape: own, dtype }
  if (first.nested !== undefined) {
    const [inner, ...others] = inputsOf(first.nested)
    if (inner !== undefined && others.length === 0) return inner
  }
  throw configError(`model ${quoted(model.name)} does not say what shape its input has: build it before saving`)
}

function inputLayer(layer: LayerConfig): ModelInput {
  const shape = shapeIn(layer)
  const given = dtypeName(layer.config.any('dtype', 'input_dtype') ?? 'float32')
  const dtype = INPUT_TYPES.get(given)
  if (shape === undefined) throw configError(`input ${quoted(layer.name)} has no shape`)
  if (dtype === undefined)
    throw layerError(layer.className, layer.name, `it takes ${quoted(String(given))}, which is not read`)
  return { name: layer.name, shape, dtype }
}

/** Keras 3 may wrap it: `{ class_name: 'DTypePolicy', config: { name } }`. */
function dtypeName(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('config' in value)) return value
  return new Fields(value.config, 'a dtype').get('name')
}

/** Keras 3 has `batch_shape`, Keras 2 `batch_input_shape`, Keras 1 also `input_dim` and `input_length`. */
function shapeIn({ config, name, className }: LayerConfig): KerasShape | undefined {
  const shape = config.any('batch_shape', 'batch_input_shape')
  if (shape !== undefined) return shapeOf(shape, name)
  if (config.get('input_shape') !== undefined) {
    const rest = config.get('input_shape')
    return shapeOf([null, ...(Array.isArray(rest) ? rest : [rest])], name)
  }
  if (className === 'Embedding' || config.get('input_dim') === undefined) return undefined
  return shapeOf([null, config.get('input_dim')], name)
}

function shapeOf(value: unknown, layer: string): KerasShape {
  if (!Array.isArray(value) || value.length > 16)
    throw configError(`layer ${quoted(layer)}: its input shape is no list`)
  const sizes = value.map((size: unknown) => {
    if (size === null || typeof size === 'number') return size ?? undefined
    throw configError(
      `layer ${quoted(layer)}: its input shape holds ${quoted(String(JSON.stringify(size)).slice(0, 40))}`,
    )
  })
  if (sizes.length === 0) throw configError(`layer ${quoted(layer)}: its input has no axes`)
  return checkedShape(sizes, layer)
}
