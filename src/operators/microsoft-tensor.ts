/**
 * Operators of `com.microsoft` on tensors, texts and signals that are neither fused nor quantised.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { add, type Dimension, floorDivide, multiply, product, type Shape, subtract } from '../graph/dimension.js'
import { gridSampleCost, interpolationSteps, sampledShape } from './image.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { countOf, perInput, perOutput } from './shape/cost.js'
import { dimensionAt, dimensionsIn, hasInput, scalarDimension, shapeOfRank } from './shape/inputs.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { steps } from './shape/steps.js'
import { assumeFastFourier, fourierSteps, onesidedBins } from './signal.js'

export const microsoftTensor: OperatorFamily = {
  ExpandDims: {
    shape: (context) => [tensor(context.dtype(0), expanded(context))],
    cost: 'free',
    settingInputs: [1],
    isView: true,
  },
  GatherND: { shape: (context) => [tensor(context.dtype(0), gathered(context))], cost: 'free', settingInputs: [1] },
  Trilu: { shape: sameAsInput(), cost: 'free', settingInputs: [1] },
  Pad: { shape: (context) => [tensor(context.dtype(0), padded(context))], cost: 'free', settingInputs: [1, 2] },
  Range: {
    shape: (context) => [tensor(context.dtype(0), [rangeLength(context)])],
    cost: perOutput(),
    settingInputs: 'all',
  },
  UnfoldTensor: { shape: (context) => [tensor(context.dtype(0), unfolded(context))], cost: 'free' },
  TorchEmbedding: {
    shape: (context) => [tensor(context.dtype(0), embedded(context))],
    cost: 'free',
    weightInputs: [0],
    settingInputs: [2, 3],
  },
  Unique: { shape: unique, cost: perInput() },
  Inverse: { shape: sameAsInput(), cost: inverseCost },
  // A difference, a square and a sum for every pair of rows and every column.
  CDist: {
    shape: (context) => [
      tensor(context.dtype(0), [dimensionAt(context, 0, 0, 'rows'), dimensionAt(context, 1, 0, 'rows')]),
    ],
    cost: (context) => steps(3 * context.outputElements(0) * (context.inputSizes(0)[1] ?? 0)),
  },
  DynamicTimeWarping: {
    shape: (context) => [tensor('int32', [2, context.unknownDimension('path', longestPath(context))])],
    // Two comparisons and a sum for every pair of positions.
    cost: perInput(3),
  },
  Rfft: {
    shape: (context) => [tensor(context.dtype(0), spectrum(context))],
    cost: (context) => transformCost(context, 0),
  },
  Irfft: {
    shape: (context) => [tensor(context.dtype(0), signalOf(context))],
    cost: (context) => transformCost(context, 1),
  },
  GridSample: { shape: (context) => [sampledShape(context)], cost: gridSampleCost },
  CropAndResize: {
    shape: (context) => [tensor(context.dtype(0), cropped(context))],
    cost: cropCost,
    settingInputs: [2, 3],
  },
  RemovePadding: { shape: removedPadding, cost: 'free', settingInputs: [1] },
  RestorePadding: { shape: restoredPadding, cost: 'free', settingInputs: [1] },
  Tokenizer: {
    shape: (context) => {
      const shape = context.shape(0)
      return [tensor('string', shape && [...shape, context.unknownDimension('tokens')])]
    },
    cost: (context) => {
      context.assume('string operators: counted as one operation per string')
      return steps(context.inputElements(0))
    },
  },
  WordConvEmbedding: { shape: wordVectors, cost: wordCost, weightInputs: [1, 2, 3] },
  NGramRepeatBlock: { shape: sameAsInput(1), cost: perInput(1, 1) },
  NGramHashMapping: { shape: (context) => hashed(context, 0), cost: hashCost, settingInputs: 'all' },
  VarlenNGramHashMapping: { shape: (context) => hashed(context, 4), cost: hashCost, settingInputs: 'all' },
  BifurcationDetector: {
    shape: (context) => [tensor('int64', [context.unknownDimension('tokens')]), withoutContents(context.inputs[2])],
    cost: perInput(),
  },
}

/** Inserts an axis of size 1; where it goes does not change the number of dimensions. */
function expanded(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  const axis = context.numbers(1)?.[0]
  if (shape === undefined) return undefined
  if (axis === undefined) return [1, ...shape].map(() => context.unknownDimension('expanded'))
  return shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, 1)
}

function gathered(context: NodeContext): Shape | undefined {
  const [data, indices] = [context.shape(0), context.shape(1)]
  const depth = indices?.at(-1)
  if (data === undefined || indices === undefined || typeof depth !== 'number') return undefined
  return [...indices.slice(0, -1), ...data.slice(depth)]
}

/** `pads` are all starts, then all ends. */
function padded(context: NodeContext): Shape | undefined {
  const pads = dimensionsIn(context, 1)
  const shape = context.shape(0)
  return shape?.map((size, axis) => {
    const [before, after] = [pads?.[axis], pads?.[axis + shape.length]]
    return before === undefined || after === undefined
      ? context.unknownDimension('padded')
      : add(size, add(before, after))
  })
}

function rangeLength(context: NodeContext): Dimension {
  const [start, limit] = [scalarDimension(context, 0), scalarDimension(context, 1)]
  const delta = hasInput(context, 2) ? context.numbers(2)?.[0] : 1
  if (start === undefined || limit === undefined || delta === undefined || delta === 0)
    return context.unknownDimension('range')
  if (typeof start === 'number' && typeof limit === 'number') return Math.max(Math.ceil((limit - start) / delta), 0)
  return delta === 1 ? subtract(limit, start) : context.unknownDimension('range')
}

/** Slices of `size` every `step`, laid along a new last axis. */
function unfolded(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return undefined
  const axis = normalizeAxis(context.int('dim', -1), shape.length)
  const size = context.int('size', 1)
  const slices = add(floorDivide(subtract(shape[axis] ?? 0, size), context.int('step', 1) || 1), 1)
  return [...shape.with(axis, slices), size]
}

function embedded(context: NodeContext): Shape | undefined {
  const indices = context.shape(1)
  return indices && [...indices, dimensionAt(context, 0, 1, 'width')]
}

function unique(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  const found = context.unknownDimension('unique', shape && product(shape))
  return [tensor(context.dtype(0), [found]), tensor('int64', shape), tensor('int64', [found])]
}

/** Costs `[M, N]` or `[1, M, N]`: each step goes on along one axis at least. */
function longestPath(context: NodeContext): Dimension | undefined {
  const [rows, columns] = context.shape(0)?.slice(-2) ?? []
  return rows === undefined || columns === undefined ? undefined : subtract(add(rows, columns), 1)
}

/** Elimination on both sides of an n x n matrix takes about 2 n^3 operations. */
function inverseCost(context: CostContext): Cost {
  const sizes = context.inputSizes(0)
  return steps(2 * countOf(sizes) * (sizes.at(-1) ?? 0))
}

/** The last axis becomes its frequencies, and a pair of parts for each. */
function spectrum(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  const length = shape?.at(-1)
  return length === undefined ? undefined : shape && [...shape.slice(0, -1), onesidedBins(length), 2]
}

/** `[..., n/2 + 1, 2]` gives `[..., n]`. */
function signalOf(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  const bins = shape?.at(-2)
  return bins === undefined ? undefined : shape && [...shape.slice(0, -2), multiply(subtract(bins, 1), 2)]
}

/** One transform per axis of the signal; the last real axis carries the others. */
function transformCost(context: CostContext, direction: 0 | 1): Cost {
  const real = direction === 0 ? context.inputSizes(0) : context.outputSizes(0)
  const axes = real.slice(-Math.max(context.int('signal_ndim', 1), 1))
  assumeFastFourier(context)
  return steps(
    axes.reduce((sum, length) => sum + (length > 0 ? countOf(real) / length : 0) * fourierSteps(length, true), 0),
  )
}

/** Boxes `[R, 4]` of `[N, C, H, W]` give `[R, C, height, width]`. */
function cropped(context: NodeContext): Shape {
  const unknown = () => context.unknownDimension('crop')
  const [height, width] = dimensionsIn(context, 3) ?? []
  return [
    dimensionAt(context, 1, 0, 'boxes'),
    dimensionAt(context, 0, 1, 'channels'),
    height ?? unknown(),
    width ?? unknown(),
  ]
}

function cropCost(context: CostContext): Cost {
  return steps(context.outputElements(0) * interpolationSteps(context.text('mode', 'bilinear'), 2))
}

/** `[N, S, H]` gives tokens `[T, H]`, offsets `[N, S]`, sums of lengths `[N + 1]` and the longest length `[1]`. */
function removedPadding(context: NodeContext): readonly (KnownValue | undefined)[] {
  const [batch = 0, length = 0, hidden = 0] = shapeOfRank(context, 0, ['batch', 'sequence', 'hidden'])
  return [
    tensor(context.dtype(0), [context.unknownDimension('tokens', multiply(batch, length)), hidden]),
    tensor('int32', [batch, length]),
    tensor('int32', [add(batch, 1)]),
    tensor('int32', [1]),
  ]
}

function restoredPadding(context: NodeContext): readonly (KnownValue | undefined)[] {
  const offsets = shapeOfRank(context, 1, ['batch', 'sequence'])
  return [tensor(context.dtype(0), [...offsets, dimensionAt(context, 0, 1, 'hidden')])]
}

/** Words of characters `[..., letters]` give vectors `[..., filters]`; `W` is `[filters, 1, window, embedding]`. */
function wordVectors(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  return [tensor(context.dtype(1), shape && [...shape.slice(0, -1), dimensionAt(context, 1, 0, 'filters')])]
}

/** A convolution over the letters, an activation, and the largest value of each filter. */
function wordCost(context: CostContext): Cost {
  const sizes = context.inputSizes(0)
  const [filters = 0, , window = 1, embedding = 0] = context.inputSizes(1)
  const places = Math.max((sizes.at(-1) ?? 0) - window + 1, 0)
  const results = countOf(sizes.slice(0, -1)) * places * filters
  return { macs: results * window * embedding, other: 3 * results }
}

/** One id per order of n-grams and head. */
function hashed(context: NodeContext, past: number): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  const orders = context.int('max_ngram_size', 2) - 1
  const width = orders * context.int('n_head_per_ngram', 1)
  const batch = past === 0 ? shape?.[0] : (context.shape(past)?.[0] ?? batchOfLengths(context))
  const history = tensor(context.dtype(0), batch === undefined ? undefined : [batch, orders])
  return [tensor(context.dtype(0), shape && [...shape, width]), history, history]
}

function batchOfLengths(context: NodeContext): Dimension | undefined {
  const offsets = context.shape(3)?.[0]
  return offsets === undefined ? undefined : subtract(offsets, 1)
}

/** A product and an exclusive or per shift, a remainder per head. */
function hashCost(context: CostContext): Cost {
  const orders = context.int('max_ngram_size', 2)
  return steps(context.inputElements(0) * 2 * orders + context.outputElements(0))
}
