/**
 * Images, boxes and sampling grids.
 *
 * @see https://onnx.ai/onnx/operators/onnx__RoiAlign.html
 */
import { type Dimension, floorDivide, min, multiply, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { countOf, perInput, perOutput } from './shape/cost.js'
import { dimensionAt, dimensionsIn, hasInput, shapeOfRank } from './shape/inputs.js'
import { steps } from './shape/steps.js'

/** Overlap of two boxes: corners (4), sides (2) and their clamps (2), area (1), two areas (6), union (2), ratio, comparison. */
const OVERLAP_STEPS = 19
/** Shift, scale by the size, and halve. */
const PER_COORDINATE_STEPS = 4

export const image: OperatorFamily = {
  RoiAlign: { shape: (context) => [roiShape(context)], cost: roiCost },
  MaxRoiPool: { shape: (context) => [pooledRois(context)], cost: maxRoiCost },
  GridSample: { shape: (context) => [sampledShape(context)], cost: gridSampleCost },
  AffineGrid: { shape: (context) => [gridShape(context)], cost: affineGridCost, settingInputs: [1] },
  CenterCropPad: { shape: (context) => [centered(context)], cost: 'free', settingInputs: [1] },
  NonMaxSuppression: {
    shape: (context) => [tensor('int64', [context.unknownDimension('NonMaxSuppression', mostBoxes(context)), 3])],
    cost: suppressionCost,
    settingInputs: [2, 3, 4],
  },
  ImageDecoder: { shape: (context) => [decodedShape(context)], cost: perOutput() },
  Col2Im: { shape: (context) => [imageShape(context)], cost: perInput(), settingInputs: [1, 2] },
}

/** `X` `[N, C, H, W]` and `rois` `[R, 4]` give `[R, C, output_height, output_width]`. */
function roiShape(context: NodeContext): KnownValue | undefined {
  const size = [context.int('output_height', 1), context.int('output_width', 1)]
  return tensor(context.dtype(0), [dimensionAt(context, 1, 0, 'rois'), dimensionAt(context, 0, 1, 'channels'), ...size])
}

/** A bilinear sample (7 steps) per grid point of a bin, and one step to pool it. */
function roiCost(context: CostContext): Cost {
  const asked = context.int('sampling_ratio', 0)
  if (asked <= 0) context.assume('RoiAlign: an adaptive sampling grid is counted as 2 x 2 points per bin')
  const points = (asked > 0 ? asked : 2) ** 2
  return steps(context.outputElements(0) * points * (interpolationSteps('linear', 2) + 1))
}

function pooledRois(context: NodeContext): KnownValue | undefined {
  const size = context.ints('pooled_shape')
  if (size === undefined) return tensor(context.dtype(0), undefined)
  return tensor(context.dtype(0), [dimensionAt(context, 1, 0, 'rois'), dimensionAt(context, 0, 1, 'channels'), ...size])
}

function maxRoiCost(context: CostContext): Cost {
  const [rois = 0, channels = 0] = context.outputSizes(0)
  const area = countOf(context.inputSizes(0).slice(2))
  context.assume('MaxRoiPool: every region is counted as the whole feature map')
  return steps(rois * channels * area)
}

/** `X` `[N, C, ...]` and `grid` `[N, ..., axes]` give `[N, C, ...]` of the grid. */
export function sampledShape(context: NodeContext): KnownValue | undefined {
  const grid = context.shape(1)
  const source = context.shape(0)
  const batch = source?.[0] ?? grid?.[0] ?? context.unknownDimension('batch')
  if (grid === undefined)
    return tensor(
      context.dtype(0),
      source?.map(() => context.unknownDimension('sampled')),
    )
  return tensor(context.dtype(0), [batch, dimensionAt(context, 0, 1, 'channels'), ...grid.slice(1, -1)])
}

/** Every coordinate is brought to pixels, then every channel is interpolated there. */
export function gridSampleCost(context: CostContext): Cost {
  const axes = context.inputSizes(1).at(-1) ?? 2
  const mode = context.text('mode', context.opset < 20 ? 'bilinear' : 'linear')
  const coordinates = context.inputElements(1) * PER_COORDINATE_STEPS
  return steps(coordinates + context.outputElements(0) * interpolationSteps(mode, axes))
}

/** @returns products and their sum for one sample: 2 neighbours per axis when linear, 4 when cubic, none when nearest */
export function interpolationSteps(mode: string, axes: number): number {
  if (mode === 'nearest') return 0
  const taps = mode === 'cubic' || mode === 'bicubic' ? 4 : 2
  return 2 * taps ** axes - 1
}

/** `size` `[N, C, (D,) H, W]` gives `[N, (D,) H, W, axes]`. */
function gridShape(context: NodeContext): KnownValue | undefined {
  const size = dimensionsIn(context, 1)
  const rank = size?.length ?? context.shape(1)?.[0]
  const batch = dimensionAt(context, 0, 0, 'batch')
  if (typeof rank !== 'number' || rank < 3 || rank > 8) return tensor(context.dtype(0), undefined)
  const spatial = size?.slice(2) ?? Array.from({ length: rank - 2 }, () => context.unknownDimension('grid'))
  return tensor(context.dtype(0), [batch, ...spatial, rank - 2])
}

/** The matrix product of the base grid `[points, axes + 1]` with `theta` `[axes, axes + 1]`, per image. */
function affineGridCost(context: CostContext): Cost {
  const coordinates = context.outputElements(0)
  const axes = context.outputSizes(0).at(-1) ?? 2
  return { macs: coordinates * (axes + 1), other: 0 }
}

/** `shape` gives the new sizes of `axes`, or of all. */
function centered(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return tensor(context.dtype(0), undefined)
  const asked = dimensionsIn(context, 1)
  const axes = context.ints('axes') ?? shape.map((_, axis) => axis)
  const resized = axes.reduce<Shape>((result, given, at) => {
    return result.with(normalizeAxis(given, shape.length), asked?.[at] ?? context.unknownDimension('centered'))
  }, shape)
  return tensor(context.dtype(0), resized)
}

/** For every batch entry and class no more than `max_output_boxes_per_class`, nor than there are. */
function mostBoxes(context: NodeContext): Dimension | undefined {
  const [batch, boxes] = context.shape(0) ?? []
  const classes = context.shape(1)?.[1]
  if (batch === undefined || boxes === undefined || classes === undefined) return undefined
  const limit = hasInput(context, 2) ? (context.numbers(2)?.[0] ?? boxes) : 0
  return multiply(multiply(batch, classes), min(boxes, limit))
}

/** Every box against every one that is kept: the most that can be. */
function suppressionCost(context: CostContext): Cost {
  const [batch = 0, boxes = 0] = context.inputSizes(0)
  const [, classes = 0] = context.inputSizes(1)
  const limit = hasInput(context, 2) ? (context.numbers(2)?.[0] ?? boxes) : 0
  context.assume('NonMaxSuppression: every box is compared with as many boxes as may be kept')
  const compared = boxes * Math.min(Math.max(limit, 0), boxes)
  return steps(batch * classes * (boxes + OVERLAP_STEPS * compared))
}

/** `[H, W, 3]`, or `[H, W, 1]` for `Grayscale`; the sizes are in the file. */
function decodedShape(context: NodeContext): KnownValue | undefined {
  const channels = context.text('pixel_format', 'RGB') === 'Grayscale' ? 1 : 3
  return tensor('uint8', [context.unknownDimension('height'), context.unknownDimension('width'), channels])
}

/** `[N, C * block, L]` gives `[N, C, ...image_shape]`. */
function imageShape(context: NodeContext): KnownValue | undefined {
  const [batch, columns] = shapeOfRank(context, 0, ['batch', 'columns', 'blocks'])
  const block = context.numbers(2)
  const rank = context.shape(1)?.[0]
  const size = dimensionsIn(context, 1) ?? (typeof rank === 'number' ? unknownSizes(context, rank) : undefined)
  if (batch === undefined || columns === undefined || size === undefined) return tensor(context.dtype(0), undefined)
  const channels =
    block === undefined ? context.unknownDimension('channels') : floorDivide(columns, countOf(block) || 1)
  return tensor(context.dtype(0), [batch, channels, ...size])
}

function unknownSizes(context: NodeContext, rank: number): readonly Dimension[] {
  return Array.from({ length: Math.min(rank, 8) }, () => context.unknownDimension('image'))
}
