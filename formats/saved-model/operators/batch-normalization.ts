/**
 * Batch normalisation: as one operator of TensorFlow, and put together again from the arithmetic that Keras writes.
 *
 * @see https://onnx.ai/onnx/operators/onnx__BatchNormalization.html
 */
import { float, int } from '../../../src/graph/attributes.js'
import type { Value } from '../../emission/value.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, type Operation } from '../operation.js'

/** FusedBatchNorm in its three versions, and normalisation across channels. */
export const batchNormalization: ConversionTable = {
  FusedBatchNorm: fused,
  FusedBatchNormV2: fused,
  FusedBatchNormV3: fused,
  LRN: acrossChannels,
}

/** ONNX divides `alpha` by the number of channels, TensorFlow does not. */
function acrossChannels({ inputs: [x], attributes }: Operation, emitter: FlowEmitter): Flow | readonly Flow[] {
  if (x === undefined) return []
  const size = 2 * attributes.int('depth_radius', 5) + 1
  const value = emitter.emit('LRN', [emitter.channelsFirst(x)], {
    size: int(size),
    alpha: float(attributes.float('alpha', 1) * size),
    beta: float(attributes.float('beta', 0.5)),
    bias: float(attributes.float('bias', 1)),
  })
  return new Flow({ channelsFirst: value })
}

/** Vectors of one entry per channel, and a small number against division by zero. */
interface Statistics {
  readonly scale: Flow | undefined
  readonly offset: Flow | undefined
  readonly mean: Flow
  readonly variance: Flow
  readonly epsilon: number
}

function fused(operation: Operation, emitter: FlowEmitter): Flow {
  const { attributes } = operation
  if (attributes.bool('is_training', true)) {
    throw cannotConvert(operation, 'it normalises by the batch (is_training), as in training')
  }
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((index) => inputAt(operation, index))
  if (mean === undefined || variance === undefined) throw cannotConvert(operation, 'its statistics are missing')
  const statistics = { scale, offset, mean, variance, epsilon: attributes.float('epsilon', 1e-4) }
  const x = inputAt(operation, 0)
  if (attributes.text('data_format', 'NHWC').startsWith('NC'))
    return new Flow({ plain: normalized(operation, emitter.plain(x), statistics, emitter) })
  return new Flow({ channelsFirst: normalized(operation, emitter.channelsFirst(x), statistics, emitter) })
}

/**
 * `x * inv + (offset - mean * inv)` with `inv = rsqrt(variance + epsilon) * scale`, where all but `x` are constants.
 *
 * @returns the output of one BatchNormalization, or `undefined` for any other sum
 */
export function asBatchNormalization(operation: Operation, emitter: FlowEmitter): Flow | undefined {
  const found = findPattern(operation.inputs)
  if (found === undefined) return undefined
  const { x, statistics } = found
  const { rank } = x
  const channels = x.shape?.at(-1)
  const size = statistics.variance.shape?.at(-1)
  if (rank === undefined || rank < 2 || channels !== size) return undefined
  if (rank === 2) return new Flow({ plain: normalized(operation, emitter.plain(x), statistics, emitter) })
  return new Flow({ channelsFirst: normalized(operation, emitter.channelsFirst(x), statistics, emitter) })
}

function findPattern(terms: readonly Flow[]): { x: Flow; statistics: Statistics } | undefined {
  for (const [product, rest] of [terms, terms.toReversed()]) {
    if (product?.origin?.operator !== 'Mul' || rest === undefined || product.isConstant || !rest.isConstant) continue
    for (const [x, factor] of eitherWay(product)) {
      if (x === undefined || factor === undefined || !factor.isConstant) continue
      const statistics = statisticsOf(factor, rest)
      if (statistics !== undefined) return { x, statistics }
    }
  }
  return undefined
}

function statisticsOf(factor: Flow, rest: Flow): Statistics | undefined {
  const scaled = scaledDeviation(factor)
  const shift = shiftOf(rest, factor)
  if (scaled === undefined || shift === undefined) return undefined
  const vectors = [scaled.variance, shift.mean, scaled.scale, shift.offset]
  return vectors.every((vector) => vector === undefined || isVector(vector)) ? { ...scaled, ...shift } : undefined
}

/** One entry per channel: Keras 3 puts axes of size 1 before it. */
const isVector = ({ shape }: Flow): boolean =>
  shape?.slice(0, -1).every((size) => size === 1) === true && shape.length > 0

/** `rsqrt(variance + epsilon)`, with or without `scale`. */
function scaledDeviation(factor: Flow): { scale: Flow | undefined; variance: Flow; epsilon: number } | undefined {
  const plain = deviation(factor)
  if (plain !== undefined) return { scale: undefined, ...plain }
  if (factor.origin?.operator !== 'Mul') return undefined
  for (const [inverse, scale] of eitherWay(factor)) {
    const found = inverse === undefined ? undefined : deviation(inverse)
    if (found !== undefined && scale?.initializer !== undefined) return { scale, ...found }
  }
  return undefined
}

function deviation(inverse: Flow): { variance: Flow; epsilon: number } | undefined {
  const [shifted] = inverse.origin?.operator === 'Rsqrt' ? inverse.origin.inputs : []
  if (shifted?.origin?.operator !== 'Add') return undefined
  for (const [variance, small] of eitherWay(shifted)) {
    const [epsilon] = small?.rank === 0 || small?.rank === 1 ? (small.numbers ?? []) : []
    if (
      variance?.initializer !== undefined &&
      epsilon !== undefined &&
      epsilon > 0 &&
      epsilon < 0.1 &&
      small?.numbers?.length === 1
    ) {
      return { variance, epsilon }
    }
  }
  return undefined
}

/** `offset - mean * factor`, or `-mean * factor` without an offset. */
function shiftOf(rest: Flow, factor: Flow): { offset: Flow | undefined; mean: Flow } | undefined {
  const { operator, inputs } = rest.origin ?? { operator: '', inputs: [] }
  if (operator === 'Sub') {
    const [offset, product] = inputs
    const mean = product === undefined ? undefined : meanOf(product, factor)
    return offset?.initializer !== undefined && mean !== undefined ? { offset, mean } : undefined
  }
  const negated = operator === 'Neg' ? inputs[0] : undefined
  const mean = negated === undefined ? negatedMean(rest, factor) : meanOf(negated, factor)
  return mean === undefined ? undefined : { offset: undefined, mean }
}

function meanOf(product: Flow, factor: Flow): Flow | undefined {
  if (product.origin?.operator !== 'Mul') return undefined
  return eitherWay(product).find(([mean, other]) => other === factor && mean?.initializer !== undefined)?.[0]
}

function negatedMean(product: Flow, factor: Flow): Flow | undefined {
  if (product.origin?.operator !== 'Mul') return undefined
  const negated = eitherWay(product).find(([, other]) => other === factor)?.[0]
  const [mean] = negated?.origin?.operator === 'Neg' ? negated.origin.inputs : []
  return mean?.initializer === undefined ? undefined : mean
}

const eitherWay = (flow: Flow): (readonly (Flow | undefined)[])[] => {
  const inputs = flow.origin?.inputs ?? []
  return [inputs, inputs.toReversed()]
}

function normalized(operation: Operation, x: Value, statistics: Statistics, emitter: FlowEmitter): Value {
  const { scale, offset, mean, variance, epsilon } = statistics
  const filled = (flow: Flow | undefined, value: number) =>
    flow === undefined ? filler(operation, variance, value, emitter) : asVector(flow, emitter)
  const inputs = [x, filled(scale, 1), filled(offset, 0), asVector(mean, emitter), asVector(variance, emitter)]
  return emitter.emit('BatchNormalization', inputs, { epsilon: float(epsilon) })
}

function asVector(flow: Flow, emitter: FlowEmitter): Value {
  const { initializer } = flow
  const isLong = initializer !== undefined && initializer.shape.length > 1
  return isLong ? emitter.reshaped(initializer, initializer.shape.slice(-1)) : emitter.plain(flow)
}

/** What a layer without scale or offset leaves out is no parameter. */
function filler(operation: Operation, { shape }: Flow, value: number, emitter: FlowEmitter): Value {
  const channels = shape?.at(-1)
  if (typeof channels !== 'number') throw cannotConvert(operation, 'the number of its channels is not known')
  const read = () => new Uint8Array(new Float32Array(channels).fill(value).buffer)
  const data = { byteLength: 4 * channels, read, readStrings: () => [] }
  return emitter.constant({ name: 'filler', dtype: 'float32', shape: [channels], data, storedElements: 0 })
}
