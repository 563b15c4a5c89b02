/**
 * Classical machine learning, domain `ai.onnx.ml`: linear models, support vectors, encoders, maps.
 *
 * @see https://onnx.ai/onnx/operators/index.html#ai-onnx-ml
 */
import type { DataType } from '../graph/data-type.js'
import { type Dimension, product } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, CostRule, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { countOf, perOutput } from './shape/cost.js'
import { sameAsInput, sameShape } from './shape/same.js'
import { SOFTMAX_STEPS } from './shape/steps.js'

const LINEAR_WEIGHTS = ['coefficients', 'intercepts']
const VECTOR_WEIGHTS = ['coefficients', 'support_vectors', 'rho', 'prob_a', 'prob_b']

export const classicalMl: OperatorFamily = {
  ArrayFeatureExtractor: { shape: (context) => [extracted(context)], cost: 'free', settingInputs: [1] },
  Binarizer: { shape: sameAsInput(), cost: perOutput() },
  CastMap: { shape: (context) => [fromMap(context)], cost: perOutput() },
  CategoryMapper: { shape: sameShape(mappedCategory), cost: perOutput() },
  DictVectorizer: { shape: (context) => [vocabulary(context)], cost: 'free' },
  FeatureVectorizer: { shape: (context) => [features(context)], cost: 'free' },
  Imputer: { shape: sameAsInput(), cost: perOutput() },
  LabelEncoder: { shape: sameShape(encodedLabel), cost: perOutput() },
  LinearClassifier: {
    shape: (context) => labelsAndScores(context, linearScores(context)),
    cost: linearCost(1),
    weightAttributes: LINEAR_WEIGHTS,
  },
  LinearRegressor: {
    shape: (context) => [tensor('float32', [rowsOf(context), context.int('targets', 1)])],
    cost: linearCost(0),
    weightAttributes: LINEAR_WEIGHTS,
  },
  // Squares and their sum, then the division.
  Normalizer: { shape: sameShape('float32'), cost: perOutput(3) },
  OneHotEncoder: { shape: (context) => [oneHot(context)], cost: perOutput() },
  Scaler: { shape: sameShape('float32'), cost: perOutput(2) },
  SVMClassifier: {
    shape: (context) => labelsAndScores(context, vectorScores(context)),
    cost: supportVectorCost,
    weightAttributes: VECTOR_WEIGHTS,
  },
  SVMRegressor: {
    shape: (context) => [tensor('float32', [rowsOf(context), 1])],
    cost: supportVectorCost,
    weightAttributes: VECTOR_WEIGHTS,
  },
  ZipMap: { shape: (context) => [zipped(context)], cost: 'free' },
}

/** @returns rows of `X`: a vector is one row */
export function rowsOf(context: NodeContext): Dimension {
  const shape = context.shape(0)
  if (shape === undefined) return context.unknownDimension('rows')
  return shape.length < 2 ? 1 : (shape[0] ?? 1)
}

/** @returns columns of `X`, when it is numbers through and through */
export function columnsOf(sizes: readonly number[]): number {
  return sizes.length < 2 ? (sizes[0] ?? 1) : countOf(sizes.slice(1))
}

/** Class labels `[N]` as strings or integers, and scores `[N, classes]`. */
export function labelsAndScores(context: NodeContext, scores: Dimension): readonly (KnownValue | undefined)[] {
  const rows = rowsOf(context)
  const dtype: DataType = stringsOf(context, 'classlabels_strings').length > 0 ? 'string' : 'int64'
  return [tensor(dtype, [rows]), tensor('float32', [rows, scores])]
}

/** @returns how many class labels the node names; they have one name or another in each operator */
export function labelCount(context: NodeContext): number {
  const strings = stringsOf(context, 'classlabels_strings').length
  const numbers = context.ints('classlabels_ints') ?? context.ints('classlabels_int64s') ?? []
  return Math.max(strings, numbers.length)
}

/** @returns steps that `post_transform` takes for each score */
export function transformSteps(context: NodeContext): number {
  const transform = context.text('post_transform', 'NONE')
  if (transform === 'NONE') return 0
  return transform.startsWith('SOFTMAX') ? SOFTMAX_STEPS : 1
}

function stringsOf(context: NodeContext, name: string): readonly string[] {
  const attribute = context.attribute(name)
  return attribute?.kind === 'strings' ? attribute.value : []
}

/** `X` `[..., C]` and indices give `[..., indices]`; a vector gives one row. */
function extracted(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  const indices = context.shape(1)
  if (shape === undefined || indices === undefined) return tensor(context.dtype(0), undefined)
  const rows = shape.length < 2 ? [1] : shape.slice(0, -1)
  return tensor(context.dtype(0), [...rows, product(indices)])
}

const CAST: ReadonlyMap<string, DataType> = new Map([
  ['TO_FLOAT', 'float32'],
  ['TO_STRING', 'string'],
  ['TO_INT64', 'int64'],
])

function fromMap(context: NodeContext): KnownValue | undefined {
  const isSparse = context.text('map_form', 'DENSE') === 'SPARSE'
  const width = isSparse ? context.int('max_map', 1) : context.unknownDimension('keys')
  return tensor(CAST.get(context.text('cast_to', 'TO_FLOAT')), [1, width])
}

function mappedCategory(context: NodeContext): DataType | undefined {
  const dtype = context.dtype(0)
  return dtype && (dtype === 'string' ? 'int64' : 'string')
}

function vocabulary(context: NodeContext): KnownValue | undefined {
  const type = context.inputs[0]?.type
  const value = type?.kind === 'map' ? type.value : undefined
  const words = stringsOf(context, 'string_vocabulary').length || (context.ints('int64_vocabulary')?.length ?? 0)
  return value?.kind === 'tensor' ? tensor(value.dtype, [1, words]) : undefined
}

function features(context: NodeContext): KnownValue | undefined {
  const width = (context.ints('inputdimensions') ?? []).reduce((sum, size) => sum + size, 0)
  return tensor('float32', [rowsOf(context), width])
}

/** Values are given as strings, integers, floats or, from version 4 on, a tensor; version 1 goes either way. */
function encodedLabel(context: NodeContext): DataType | undefined {
  if (context.opset < 2) return mappedCategory(context)
  const values = context.attribute('values_tensor')
  if (values?.kind === 'tensor') return values.value.dtype
  if (context.attribute('values_strings') !== undefined) return 'string'
  if (context.attribute('values_int64s') !== undefined) return 'int64'
  return context.attribute('values_floats') === undefined ? context.dtype(0) : 'float32'
}

function oneHot(context: NodeContext): KnownValue | undefined {
  const categories = stringsOf(context, 'cats_strings').length || (context.ints('cats_int64s')?.length ?? 0)
  const shape = context.shape(0)
  return tensor('float32', shape && [...shape, categories])
}

/** One row of coefficients per score; the only row of two classes gives two scores. */
function linearScores(context: NodeContext): number {
  const rows = context.floats('intercepts')?.length ?? labelCount(context)
  return rows === 1 && labelCount(context) === 2 ? 2 : rows
}

/** The product with the coefficients, their intercepts, and the transform of the scores. */
function linearCost(scoresOutput: number): CostRule {
  return (context) => {
    const [rows = 0] = context.outputSizes(scoresOutput)
    const coefficients = context.floats('coefficients')?.length ?? 0
    const scores = context.outputElements(scoresOutput)
    const intercepts = rows * (context.floats('intercepts')?.length ?? 0)
    return { macs: rows * coefficients, other: intercepts + scores * transformSteps(context) }
  }
}

/** Pairs of classes vote unless probabilities are asked for; two classes always have a score each. */
function vectorScores(context: NodeContext): number {
  const classes = labelCount(context) || (context.ints('vectors_per_class')?.length ?? 0)
  const isVote = (context.floats('prob_a')?.length ?? 0) === 0 && (context.ints('vectors_per_class')?.length ?? 0) > 0
  return isVote && classes > 2 ? (classes * (classes - 1)) / 2 : classes
}

/** The kernel of every row with every support vector, and the weighted sum of the kernels. */
function supportVectorCost(context: CostContext): Cost {
  const sizes = context.inputSizes(0)
  const rows = sizes.length < 2 ? 1 : (sizes[0] ?? 0)
  const width = columnsOf(sizes)
  const values = context.floats('support_vectors')?.length ?? 0
  const coefficients = context.floats('coefficients')?.length ?? 0
  const vectors = width > 0 ? values / width : 0
  const kernel = { LINEAR: 0, POLY: 3, RBF: 3, SIGMOID: 3 }[context.text('kernel_type', 'LINEAR')] ?? 0
  const outputs = context.outputElements(context.node.outputs.length - 1)
  return {
    macs: rows * (values + coefficients),
    other: rows * vectors * kernel + outputs * (1 + transformSteps(context)),
  }
}

function zipped(context: NodeContext): KnownValue {
  const key: DataType = stringsOf(context, 'classlabels_strings').length > 0 ? 'string' : 'int64'
  const value = { kind: 'tensor', dtype: 'float32', shape: [] } as const
  return { type: { kind: 'sequence', element: { kind: 'map', key, value } } }
}
