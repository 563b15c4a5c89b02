/** Normalisations. @see https://docs.pytorch.org/docs/stable/nn.functional.html#normalization-functions */
import { float, int } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import type { DataType } from '../../../src/graph/data-type.js'
import type { Dimension, Shape } from '../../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptTensor, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { reduce } from './axes.js'
import { filler, overChannels } from './channels.js'
import { expectSize, rowsGuess, sizeGuess } from './expected-size.js'
import { like } from './operands.js'

/** Scale and shift, which may be left out. */
interface Affine {
  readonly weight: Value | undefined
  readonly bias: Value | undefined
}

/** By channel, by layer, by group. Statistics that the forms within PyTorch give beside their result are not made. */
export const normalization: OperatorRules = {
  batch_norm: (call, emitter) => byChannel(call.number(7, 'eps'), call, emitter),
  native_batch_norm: (call, emitter) => alone(byChannel(call.number(7, 'eps'), call, emitter)),
  _native_batch_norm_legit: (call, emitter) =>
    alone(byChannel(call.number(isShort(call) ? 5 : 7, 'eps'), call, emitter)),
  _native_batch_norm_legit_no_training: (call, emitter) => alone(byChannel(call.number(6, 'eps'), call, emitter)),
  instance_norm: instanceNorm,
  layer_norm: (call, emitter) => layerNorm(call, emitter),
  native_layer_norm: (call, emitter) => alone(layerNorm(call, emitter)),
  group_norm: (call, emitter) =>
    groupNorm(affineAt(call, 2), call.int(1, 'num_groups'), call.number(4, 'eps', 1e-5), call, emitter),
  native_group_norm: (call, emitter) =>
    alone(groupNorm(affineAt(call, 1), call.int(6, 'group'), call.number(7, 'eps'), call, emitter)),
  rms_norm: (call, emitter) => rmsNorm(call, emitter),
  _fused_rms_norm: (call, emitter) => alone(rmsNorm(call, emitter)),
  _weight_norm: (call, emitter) => tensor(ofLength(call, emitter).weight),
  _weight_norm_interface: (call, emitter) => {
    const { weight, length } = ofLength(call, emitter)
    return tuple([tensor(weight), tensor(length)])
  },
}

/** A direction `v` that is brought to the length `g`, along one axis or as a whole (-1). */
function ofLength(call: OperatorCall, emitter: TorchEmitter): { weight: Value; length: Value } {
  const [v, g, dim] = [call.value(0, 'v'), call.value(1, 'g'), call.int(2, 'dim', 0)]
  const axes = dim === -1 ? [] : range(call.shape(0, 'v').length).filter((axis) => axis !== dim)
  const length = reduce('ReduceL2', v, { axes, keepdim: true }, emitter)
  return { weight: emitter.emit('Mul', [v, emitter.emit('Div', [g, length])]), length }
}

/** The form without running statistics has no arguments for them. */
const isShort = (call: OperatorCall): boolean => call.at(3, 'running_mean')?.kind === 'bool'

const alone = (result: ScriptTensor): ScriptValue => tuple([result, NONE, NONE])

const affineAt = (call: OperatorCall, place: number): Affine => ({
  weight: call.optionalValue(place, 'weight'),
  bias: call.optionalValue(place + 1, 'bias'),
})

const RUNNING_STATISTICS =
  'a normalisation that the file applies as in training uses its running statistics, as after eval()'

/** With the statistics of training where the layer has such, also in a file that was saved while it trained; else the batch's. */
function byChannel(epsilon: number, call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const affine = affineAt(call, 1)
  const [mean, variance] = isShort(call)
    ? []
    : [call.optionalValue(3, 'running_mean'), call.optionalValue(4, 'running_var')]
  const shape = channelsFirst(mean ?? affine.weight ?? affine.bias, call)
  const x = call.value(0, 'input')
  if (mean === undefined || variance === undefined) return byBatch(x, shape, affine, epsilon, emitter)
  const { weight, bias } = filled(affine, shapeOf(mean.known) ?? [], dtypeOf(mean.known), emitter)
  const usesBatch = call.at(5, 'training') ?? call.at(5, 'use_input_stats')
  if (usesBatch?.kind === 'bool' && usesBatch.value) emitter.assumptions.add(RUNNING_STATISTICS)
  const attributes = { epsilon: float(epsilon), ...momentumOf(call) }
  return emitter.tensor('BatchNormalization', [x, weight, bias, mean, variance], attributes)
}

/** What training keeps of the statistics before; PyTorch counts what is new, and 0 where it takes the mean of all batches. */
function momentumOf(call: OperatorCall): Attributes {
  const fresh = call.number(call.name.endsWith('_no_training') ? 5 : 6, 'momentum', 0)
  return fresh === 0 ? {} : { momentum: float(1 - fresh) }
}

/** @returns the shape of the input, whose channels are as many as the vector has numbers */
function channelsFirst(vector: Value | undefined, call: OperatorCall): Shape {
  const channels = vector && shapeOf(vector.known)?.[0]
  const shape = call.shape(0, 'input', { rank: 4, sizes: sizeGuess(1, channels) })
  expectSize(shape[1], channels, 'channels', call)
  return shape
}

function filled({ weight, bias }: Affine, shape: Shape, dtype: DataType | undefined, emitter: TorchEmitter) {
  return { weight: weight ?? filler(1, shape, dtype, emitter), bias: bias ?? filler(0, shape, dtype, emitter) }
}

/** ONNX has this form for training alone, so it is written out. */
function byBatch(
  x: Value,
  shape: Shape,
  { weight, bias }: Affine,
  epsilon: number,
  emitter: TorchEmitter,
): ScriptTensor {
  const over = { axes: range(shape.length).filter((axis) => axis !== 1), keepdim: true }
  const distance = emitter.emit('Sub', [x, reduce('ReduceMean', x, over, emitter)])
  const variance = reduce('ReduceMean', emitter.emit('Mul', [distance, distance]), over, emitter)
  const spread = emitter.emit('Sqrt', [emitter.emit('Add', [variance, like(epsilon, x, emitter)])])
  const spatial = shape.length - 2
  const scale = weight && overChannels(weight, spatial, emitter)
  const shift = bias && overChannels(bias, spatial, emitter)
  return affine(emitter.emit('Div', [distance, spread]), scale, shift, emitter)
}

function affine(x: Value, scale: Value | undefined, shift: Value | undefined, emitter: TorchEmitter): ScriptTensor {
  const scaled = scale === undefined ? x : emitter.emit('Mul', [x, scale])
  return tensor(shift === undefined ? scaled : emitter.emit('Add', [scaled, shift]))
}

/** With the statistics of training where the layer has such, as at evaluation; else those of each map. */
function instanceNorm(call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const epsilon = call.number(7, 'eps')
  if (call.has(3, 'running_mean')) return byChannel(epsilon, call, emitter)
  const given = affineAt(call, 1)
  const shape = channelsFirst(given.weight, call)
  const { weight, bias } = filled(given, shape.slice(1, 2), call.tensor(0, 'input').dtype, emitter)
  return emitter.tensor('InstanceNormalization', [call.value(0, 'input'), weight, bias], { epsilon: float(epsilon) })
}

/** Over the last axes, which `normalized_shape` names by their sizes. */
function layerNorm(call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const sizes = lastSizes(call)
  const given = affineAt(call, 2)
  const weight = given.weight ?? filler(1, sizes, call.tensor(0, 'input').dtype, emitter)
  const attributes = { axis: int(-sizes.length), epsilon: float(call.number(4, 'eps', 1e-5)) }
  return emitter.tensor('LayerNormalization', [call.value(0, 'input'), weight, given.bias], attributes)
}

function lastSizes(call: OperatorCall): readonly Dimension[] {
  const sizes = call.sizes(1, 'normalized_shape')
  const all = new Map(sizes.flatMap((size, axis) => [...sizeGuess(axis + 1, size)]))
  const guess = sizes.length === 1 ? rowsGuess(sizes[0]) : { rank: sizes.length + 1, sizes: all }
  const shape = call.shape(0, 'input', guess).slice(-sizes.length)
  for (const [axis, size] of sizes.entries()) expectSize(shape[axis], size, 'features', call)
  return sizes
}

function groupNorm(
  given: Affine,
  groups: number,
  epsilon: number,
  call: OperatorCall,
  emitter: TorchEmitter,
): ScriptTensor {
  const shape = channelsFirst(given.weight, call)
  const { weight, bias } = filled(given, shape.slice(1, 2), call.tensor(0, 'input').dtype, emitter)
  const attributes = { num_groups: int(groups), epsilon: float(epsilon) }
  return emitter.tensor('GroupNormalization', [call.value(0, 'input'), weight, bias], attributes)
}

/** What is added to the mean square where no number is given: the step from 1 to the next number of the type. */
const STEPS: Readonly<Partial<Record<DataType, number>>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float64: Number.EPSILON,
}

/** Written out: ONNX has it from opset 23 on. */
function rmsNorm(call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const sizes = lastSizes(call)
  const { value: x, dtype } = call.tensor(0, 'input')
  const epsilon = call.number(3, 'eps', STEPS[dtype ?? 'float32'] ?? 2 ** -23)
  const axes = range(sizes.length).map((axis) => axis - sizes.length)
  const square = reduce('ReduceMean', emitter.emit('Mul', [x, x]), { axes, keepdim: true }, emitter)
  const length = emitter.emit('Sqrt', [emitter.emit('Add', [square, like(epsilon, x, emitter)])])
  return affine(emitter.emit('Div', [x, length]), call.optionalValue(2, 'weight'), undefined, emitter)
}
