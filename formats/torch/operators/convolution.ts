/** Convolutions and transposed ones. @see https://docs.pytorch.org/docs/stable/nn.functional.html#convolution-functions */
import { int, ints } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import type { Shape } from '../../../src/graph/dimension.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import type { ScriptTensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { expectSize, sizeGuess, weightedShape } from './expected-size.js'
import { perAxis, spatialSizes, windowAttributes, withBatch } from './spatial.js'

/** How a filter moves, as the schemas name it; `padding` may be a word. */
interface Movement {
  readonly stride: readonly number[]
  readonly padding: readonly number[] | string
  readonly dilation: readonly number[]
  readonly groups: number
  readonly isTransposed: boolean
  readonly outputPadding: readonly number[]
}

/** The layers by their number of axes, and the general forms that they become inside PyTorch. */
export const convolution: OperatorRules = {
  conv1d: forward,
  conv2d: forward,
  conv3d: forward,
  _convolution_mode: forward,
  conv_transpose1d: transposed,
  conv_transpose2d: transposed,
  conv_transpose3d: transposed,
  convolution: either,
  _convolution: either,
}

function forward(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const movement = {
    stride: call.ints(3, 'stride', [1]),
    padding: call.at(4, 'padding')?.kind === 'string' ? call.text(4, 'padding') : call.ints(4, 'padding', [0]),
    dilation: call.ints(5, 'dilation', [1]),
    groups: call.int(6, 'groups', 1),
    isTransposed: false,
    outputPadding: [],
  }
  return convolved(movement, call, emitter)
}

function transposed(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const movement = {
    stride: call.ints(3, 'stride', [1]),
    padding: call.ints(4, 'padding', [0]),
    outputPadding: call.ints(5, 'output_padding', [0]),
    groups: call.int(6, 'groups', 1),
    dilation: call.ints(7, 'dilation', [1]),
    isTransposed: true,
  }
  return convolved(movement, call, emitter)
}

function either(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const movement = {
    stride: call.ints(3, 'stride'),
    padding: call.ints(4, 'padding'),
    dilation: call.ints(5, 'dilation'),
    isTransposed: call.bool(6, 'transposed', false),
    outputPadding: call.ints(7, 'output_padding', [0]),
    groups: call.int(8, 'groups', 1),
  }
  return convolved(movement, call, emitter)
}

/** `input` [N, C, ...] or [C, ...]; `weight` [M, C/groups, ...], transposed [C, M/groups, ...]; `bias` [M]. */
function convolved(movement: Movement, call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const weight = call.value(1, 'weight')
  const shape = shapeOf(weight.known)
  if (shape === undefined || shape.length < 3) return call.refuse('its weight is no filter')
  const [outer, inner, ...kernel] = shape
  const channels = movement.isTransposed ? outer : typeof inner === 'number' ? inner * movement.groups : undefined
  const input = weightedShape(call, 'input', weight, { rank: shape.length, sizes: sizeGuess(1, channels) })
  spatialSizes(call, 'input', kernel.length, input)
  expectSize(input.at(-kernel.length - 1), channels, 'channels', call)
  const attributes = attributesOf(movement, kernel, call)
  const operator = movement.isTransposed ? 'ConvTranspose' : 'Conv'
  const bias = call.optionalValue(2, 'bias')
  return withBatch(call.tensor(0, 'input'), kernel.length, emitter, (x) =>
    emitter.emit(operator, [x, weight, bias], attributes),
  )
}

function attributesOf(movement: Movement, kernel: Shape, call: OperatorCall): Attributes {
  const axes = kernel.length
  const widths = kernel.filter((size) => typeof size === 'number')
  const [strides, dilations] = [perAxis(movement.stride, axes), perAxis(movement.dilation, axes)]
  const { padding } = movement
  const pads = typeof padding === 'string' ? padsOf(padding, widths, dilations, call) : perAxis(padding, axes)
  return {
    ...(widths.length === axes ? { kernel_shape: ints(widths) } : {}),
    ...windowAttributes(strides, dilations, pads),
    ...(pads.length === 2 * axes ? { pads: ints(pads) } : {}),
    group: int(movement.groups),
    ...(movement.isTransposed ? { output_padding: ints(perAxis(movement.outputPadding, axes)) } : {}),
  }
}

/** `same` puts what does not halve behind the input. */
function padsOf(
  word: string,
  kernel: readonly number[],
  dilations: readonly number[],
  call: OperatorCall,
): readonly number[] {
  if (word === 'valid') return dilations.map(() => 0)
  if (word !== 'same') return call.refuse(`its padding is ${word}, expected same or valid`)
  const totals = kernel.map((width, axis) => (width - 1) * (dilations[axis] ?? 1))
  return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))]
}
