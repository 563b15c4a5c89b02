/** Joins what follows a convolution or a product to it: normalisation by constants, bias and activation. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { countOf } from '../layout.js'
import type { OperatorCall } from '../operator-call.js'
import type { PlannedValue } from '../plan.js'

/** Activations that the fused kernels know. */
export type FusedActivation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu'

/** What a fused kernel does after its sums. */
export interface Fused {
  readonly weight: PlannedValue
  readonly bias: PlannedValue | undefined
  readonly activation: FusedActivation
  readonly alpha: number | undefined
  /** Name of the last output that was joined. */
  readonly output: string
}

/**
 * Joins what it can; each node that is joined is marked as done.
 *
 * @param weight - as the fused kernel takes it, output channels last
 * @param channels - axis of the output that holds the channels, as ONNX orders it
 */
export function fuse(
  call: OperatorCall,
  weight: PlannedValue,
  bias: PlannedValue | undefined,
  channels: number,
): Fused {
  let output = call.trace.node.outputs[0] ?? ''
  let sums = { weight, bias }
  const norm = call.nextAfter(output)
  const factors =
    norm && channels === 1 && call.context.builder.isConstant(weight) ? normFactors(norm, output) : undefined
  if (norm !== undefined && factors !== undefined) {
    sums = normalised(norm, sums, factors)
    call.absorb(norm)
    output = norm.trace.node.outputs[0] ?? ''
  }
  if (sums.bias === undefined) {
    const add = call.nextAfter(output)
    const found = add && addedBias(add, output, channels)
    if (add !== undefined && found !== undefined) {
      sums = { ...sums, bias: found }
      call.absorb(add)
      output = add.trace.node.outputs[0] ?? ''
    }
  }
  const next = call.nextAfter(output)
  const activation = next && activationOf(next)
  if (next === undefined || activation === undefined) return { ...sums, activation: 'linear', alpha: undefined, output }
  call.absorb(next)
  return { ...sums, ...activation, output: next.trace.node.outputs[0] ?? '' }
}

/** Scale and shift for each channel, where the node is a normalisation by constants. */
function normFactors(norm: OperatorCall, input: string): readonly PlannedValue[] | undefined {
  if (norm.operator !== 'BatchNormalization' || norm.trace.node.inputs[0] !== input) return undefined
  const indices = [1, 2, 3, 4]
  return indices.every((index) => norm.isConstant(index)) ? indices.map((index) => norm.value(index)) : undefined
}

function normalised(
  norm: OperatorCall,
  { weight, bias }: { readonly weight: PlannedValue; readonly bias: PlannedValue | undefined },
  [scale, shift, mean, variance]: readonly PlannedValue[],
) {
  const { tf } = norm
  const epsilon = norm.float('epsilon', 1e-5)
  const [s, b, m, v] = [scale, shift, mean, variance] as [PlannedValue, PlannedValue, PlannedValue, PlannedValue]
  const factor = norm.step([s, v], `factor ${epsilon}`, s.shape, 'plain', ([x, y]) =>
    tf.div(x as Tensor, tf.sqrt(tf.add(y as Tensor, epsilon))),
  )
  const scaled = norm.step([weight, factor], 'scale', weight.shape, weight.layout, ([x, y]) => {
    // A depthwise weight ends in channels and multiplier, every other one in its output channels.
    const weights = x as Tensor
    const isDepthwise = weights.shape.at(-1) !== (y as Tensor).size
    return tf.mul(weights, isDepthwise ? tf.reshape(y as Tensor, weights.shape.slice(-2)) : (y as Tensor))
  })
  const centred =
    bias === undefined
      ? m
      : norm.step([m, bias], 'centre', m.shape, 'plain', ([x, y]) => tf.sub(x as Tensor, y as Tensor))
  const moved = norm.step([b, centred, factor], 'shift', b.shape, 'plain', ([x, y, z]) =>
    tf.sub(x as Tensor, tf.mul(y as Tensor, z as Tensor)),
  )
  return { weight: scaled, bias: moved }
}

/** A constant with an element for each channel, which lies along the axis of the channels. */
function addedBias(add: OperatorCall, input: string, axis: number): PlannedValue | undefined {
  if (add.operator !== 'Add') return undefined
  const other = add.trace.node.inputs.findIndex((name) => name !== input)
  if (other < 0 || !add.isConstant(other)) return undefined
  const output = add.outputShape()
  const count = output[axis] ?? 1
  const own = add.shape(other).at(axis - output.length) ?? 1
  if (own !== count || countOf(add.shape(other)) !== count) return undefined
  return biasVector(add, add.input(other), count)
}

/**
 * @returns the bias as a vector of its own: WebAssembly looks at the shape that the elements were made with, which a
 *   reshape leaves as it was (tfjs-backend-wasm 4.22)
 */
export function biasVector(call: OperatorCall, value: PlannedValue, count: number): PlannedValue {
  if (value.shape.length === 1) return value
  const { tf } = call
  return call.step([value], `bias ${count}`, [count], 'plain', ([x]) => tf.add(tf.reshape(x as Tensor, [count]), 0))
}

function activationOf(call: OperatorCall): Pick<Fused, 'activation' | 'alpha'> | undefined {
  switch (call.operator) {
    case 'Relu':
      return { activation: 'relu', alpha: undefined }
    case 'Sigmoid':
      return { activation: 'sigmoid', alpha: undefined }
    case 'LeakyRelu':
      return { activation: 'leakyrelu', alpha: call.float('alpha', 0.01) }
    case 'Elu':
      return call.float('alpha', 1) === 1 ? { activation: 'elu', alpha: undefined } : undefined
    case 'Clip':
      return isRelu6(call) ? { activation: 'relu6', alpha: undefined } : undefined
    default:
      return undefined
  }
}

function isRelu6(call: OperatorCall): boolean {
  const [low] = call.trace.context.floats('min') ?? call.numbersIfKnown(1) ?? []
  const [high] = call.trace.context.floats('max') ?? call.numbersIfKnown(2) ?? []
  return low === 0 && high === 6
}
