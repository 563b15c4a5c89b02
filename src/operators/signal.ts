/**
 * Signals: Fourier transforms, windows and the mel filter bank.
 *
 * @see https://onnx.ai/onnx/operators/onnx__STFT.html
 */
import { add, type Dimension, floorDivide, multiply, subtract } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { perOutput } from './shape/cost.js'
import { dtypeAttribute, hasInput, scalarDimension } from './shape/inputs.js'
import { steps } from './shape/steps.js'

/** `a - b*cos(2*pi*n/N)`: product, cosine, product, difference. */
const RAISED_COSINE_STEPS = 4
/** Two cosines. */
const BLACKMAN_STEPS = 8
/** `min(rising, falling)` of two quotients of differences, not below zero. */
const TRIANGLE_STEPS = 6

export const signal: OperatorFamily = {
  DFT: { shape: (context) => [dftShape(context)], cost: dftCost, settingInputs: [1, 2] },
  STFT: { shape: (context) => [stftShape(context)], cost: stftCost, settingInputs: [1, 2, 3] },
  HannWindow: window(RAISED_COSINE_STEPS),
  HammingWindow: window(RAISED_COSINE_STEPS),
  BlackmanWindow: window(BLACKMAN_STEPS),
  MelWeightMatrix: { shape: (context) => [melShape(context)], cost: perOutput(TRIANGLE_STEPS), settingInputs: 'all' },
}

/**
 * Real operations of a fast Fourier transform of `length` points: `5 n log2 n` for complex, half of it for real input.
 * An estimate: split radix needs a fifth less, lengths with large prime factors need more.
 */
export function fourierSteps(length: number, isReal: boolean): number {
  return length < 2 ? 0 : Math.round((isReal ? 2.5 : 5) * length * Math.log2(length))
}

/** Says once how transforms are counted. */
export function assumeFastFourier(context: NodeContext): void {
  context.assume('Fourier transforms: counted as 5 n log2 n operations, half of that for real input')
}

/** @returns how many frequencies of a real signal of `length` points differ */
export function onesidedBins(length: Dimension): Dimension {
  return add(floorDivide(length, 2), 1)
}

function window(count: number): OperatorRule {
  return {
    shape: (context) => {
      const size = scalarDimension(context, 0) ?? context.unknownDimension('window')
      return [tensor(dtypeAttribute(context, 'output_datatype', 'float32'), [size])]
    },
    cost: perOutput(count),
    settingInputs: 'all',
  }
}

function melShape(context: NodeContext): KnownValue | undefined {
  const bands = scalarDimension(context, 0) ?? context.unknownDimension('mel')
  const length = scalarDimension(context, 1) ?? context.unknownDimension('spectrum')
  return tensor(dtypeAttribute(context, 'output_datatype', 'float32'), [onesidedBins(length), bands])
}

/** The axis is an attribute in opset 17 (1 unless given) and input 2 from opset 20 on (-2 unless given). */
function dftAxis(context: NodeContext, rank: number): number {
  const axis = context.opset < 20 ? context.int('axis', 1) : (context.numbers(2)?.[0] ?? -2)
  return normalizeAxis(axis, rank)
}

/** `[..., n, 1 or 2]` gives `[..., n, 2]`; a one-sided inverse gives real numbers again. */
function dftShape(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return tensor(context.dtype(0), undefined)
  const axis = dftAxis(context, shape.length)
  const points = shape[axis]
  if (points === undefined) return tensor(context.dtype(0), undefined)
  const isOnesided = context.int('onesided', 0) === 1
  const isInverse = context.int('inverse', 0) === 1
  // Bins of one side come from a signal of twice as many points less two.
  const own = isOnesided && isInverse ? multiply(subtract(points, 1), 2) : points
  const length = scalarDimension(context, 1) ?? (hasInput(context, 1) ? context.unknownDimension('dft') : own)
  const size = isOnesided && !isInverse ? onesidedBins(length) : length
  return tensor(context.dtype(0), shape.with(axis, size).with(-1, isOnesided && isInverse ? 1 : 2))
}

function dftCost(context: CostContext): Cost {
  const sizes = context.inputSizes(0)
  const axis = dftAxis(context, sizes.length)
  // The longer side is the whole transform, the other one may be its one-sided half.
  const length = context.numbers(1)?.[0] ?? Math.max(sizes[axis] ?? 0, context.outputSizes(0)[axis] ?? 0)
  const transforms = sizes.reduce(
    (count, size, at) => (at === axis || at === sizes.length - 1 ? count : count * size),
    1,
  )
  assumeFastFourier(context)
  const isReal = sizes.at(-1) === 1 || context.outputSizes(0).at(-1) === 1
  return steps(transforms * fourierSteps(length, isReal))
}

function frameLength(context: NodeContext): Dimension | undefined {
  return scalarDimension(context, 3) ?? context.shape(2)?.[0]
}

/** Signal `[N, L, 1 or 2]` gives `[N, frames, bins, 2]`. */
function stftShape(context: NodeContext): KnownValue | undefined {
  const [batch, length] = context.shape(0) ?? []
  const step = scalarDimension(context, 1)
  const frame = frameLength(context)
  if (batch === undefined || length === undefined) return tensor(context.dtype(0), undefined)
  const isKnown = step !== undefined && step !== 0 && frame !== undefined
  const frames = isKnown ? add(floorDivide(subtract(length, frame), step), 1) : context.unknownDimension('frames')
  const isOnesided = context.int('onesided', 1) === 1
  const bins = frame === undefined ? context.unknownDimension('bins') : isOnesided ? onesidedBins(frame) : frame
  return tensor(context.dtype(0), [batch, frames, bins, 2])
}

function stftCost(context: CostContext): Cost {
  const [batch = 0, frames = 0, bins = 0] = context.outputSizes(0)
  const given = frameLength(context)
  const frame = typeof given === 'number' ? given : context.int('onesided', 1) === 1 ? 2 * (bins - 1) : bins
  const windowSteps = hasInput(context, 2) ? frame : 0
  assumeFastFourier(context)
  return steps(batch * frames * (windowSteps + fourierSteps(frame, context.inputSizes(0)[2] !== 2)))
}
