/**
 * Folds batch normalisations into the convolutions before them, as engines do at load: done while weights are read, it
 * spares the engine a copy of every kernel.
 *
 * @see https://onnx.ai/onnx/operators/onnx__BatchNormalization.html
 */
import type { Attribute, Graph, Initializer, ModelGraph, Node, TensorData } from './graph.js'
import { floatsOf, scaledData, shiftedData } from './scaled-data.js'
import { countUses } from './uses.js'

/** @returns the same function of the inputs, up to rounding; unused weights are left out */
export function foldBatchNormalization(model: ModelGraph): ModelGraph {
  const { main } = model
  const uses = countUses(main)
  const makers = new Map(main.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  const folds = main.nodes.flatMap((node) => foldOf(node, main, makers, uses) ?? [])
  if (folds.length === 0) return model
  return { ...model, main: withFolds(main, folds) }
}

/** A convolution with one consumer, which is a normalisation by constants. */
interface Fold {
  readonly convolution: Node
  readonly normalization: Node
  readonly kernel: Initializer
  readonly bias: Initializer | undefined
  readonly statistics: Statistics
}

interface Statistics {
  readonly scale: Initializer
  readonly shift: Initializer
  readonly mean: Initializer
  readonly variance: Initializer
  readonly epsilon: number
}

/** `epsilon` of the operator where the node does not say. */
const EPSILON = 1e-5

function foldOf(
  normalization: Node,
  { initializers }: Graph,
  makers: ReadonlyMap<string, Node>,
  uses: ReadonlyMap<string, number>,
): Fold | undefined {
  const [x = '', ...names] = normalization.inputs
  const convolution = makers.get(x)
  if (!isStandard(normalization, 'BatchNormalization') || uses.get(x) !== 1) return undefined
  if (convolution === undefined || !isStandard(convolution, 'Conv')) return undefined
  const foldable = (name = ''): Initializer | undefined => plainFloats(initializers.get(name))
  const kernel = foldable(convolution.inputs[1])
  const bias = foldable(convolution.inputs[2])
  const [scale, shift, mean, variance] = names.map(foldable)
  const channels = kernel?.shape[0]
  if (kernel === undefined || !scale || !shift || !mean || !variance) return undefined
  if (bias === undefined && (convolution.inputs[2] ?? '') !== '') return undefined
  const vectors = [scale, shift, mean, variance, ...(bias === undefined ? [] : [bias])]
  if (!vectors.every(({ shape }) => shape.length === 1 && shape[0] === channels)) return undefined
  const epsilon = numberOf(normalization.attributes.get('epsilon')) ?? EPSILON
  return { convolution, normalization, kernel, bias, statistics: { scale, shift, mean, variance, epsilon } }
}

/** In inference, with nothing asked for but the result. */
function isStandard({ operator, domain, outputs, attributes }: Node, wanted: string): boolean {
  const isTraining = numberOf(attributes.get('training_mode')) === 1
  return operator === wanted && domain === '' && outputs.length === 1 && !isTraining && !attributes.has('spatial')
}

const plainFloats = (tensor: Initializer | undefined): Initializer | undefined =>
  tensor?.dtype === 'float32' && tensor.sparse === undefined ? tensor : undefined

const numberOf = (attribute: Attribute | undefined): number | undefined =>
  attribute?.kind === 'float' || attribute?.kind === 'int' ? attribute.value : undefined

function withFolds(graph: Graph, folds: readonly Fold[]): Graph {
  const initializers = new Map(graph.initializers)
  const folded = new Map<Node, Node>()
  const gone = new Set<Node>()
  for (const fold of folds) {
    const { convolution, normalization } = fold
    const [kernel, bias] = weightsOf(fold, initializers)
    for (const tensor of [kernel, bias]) initializers.set(tensor.name, tensor)
    const [x = ''] = convolution.inputs
    const { outputs } = normalization
    folded.set(normalization, { ...convolution, inputs: [x, kernel.name, bias.name], outputs })
    gone.add(convolution)
  }
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) => folded.get(node) ?? node)
  const next = { ...graph, nodes, initializers }
  const uses = countUses(next)
  return { ...next, initializers: new Map([...initializers].filter(([name]) => uses.has(name))) }
}

function weightsOf(
  { convolution, kernel, bias, statistics }: Fold,
  taken: ReadonlyMap<string, Initializer>,
): readonly [Initializer, Initializer] {
  const factors = once(() => factorsOf(statistics))
  const prefix = unusedPrefix(convolution.outputs[0] ?? '', taken)
  const { shift, mean } = statistics
  const plain = (name: string, shape: readonly number[], data: TensorData): Initializer => ({
    name,
    dtype: 'float32',
    shape,
    data,
  })
  return [
    plain(`${prefix}_folded_kernel`, kernel.shape, scaledData(kernel.data, factors)),
    plain(
      `${prefix}_folded_bias`,
      shift.shape,
      shiftedData({ factors, bias: bias?.data, mean: mean.data, shift: shift.data }),
    ),
  ]
}

/** @returns gamma / sqrt(variance + epsilon), one for each channel, in double precision */
function factorsOf({ scale, variance, epsilon }: Statistics): Float64Array {
  const [gamma, spread] = [floatsOf(scale.data.read()), floatsOf(variance.data.read())]
  return Float64Array.from(gamma, (value, channel) => value / Math.sqrt((spread[channel] ?? 0) + epsilon))
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A prefix under which no initializer starts: nothing else in a graph ends in `_folded_...`. */
function unusedPrefix(name: string, taken: ReadonlyMap<string, Initializer>): string {
  let prefix = name
  while (taken.has(`${prefix}_folded_kernel`) || taken.has(`${prefix}_folded_bias`)) prefix += '_'
  return prefix
}
