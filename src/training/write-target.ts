/** Writes inputs for the labels, and the loss behind the model's output. */
import { UnsupportedError } from '../core/errors.js'
import { type DataType, isFloat } from '../graph/data-type.js'
import { dtypeOf, shapeOf } from '../operators/known-value.js'
import type { GraphTrace } from '../operators/trace.js'
import type { Emitter, Sizes } from './emitter.js'
import { type LossOptions, targetOf, writeLoss } from './loss.js'
import { findPrediction } from './prediction.js'

/** What is compared with the labels, and how. */
export interface TargetOptions {
  readonly loss: LossOptions
  /** Output to train; the first when left out. */
  readonly output?: string
  /** Adds an input with a factor for each row of the batch, in place of one part of all for each. */
  readonly rowWeights?: boolean
}

/** Names of what was written. */
export interface WrittenTarget {
  /** Name, type and sizes of the input that holds the labels. */
  readonly target: { readonly name: string; readonly dtype: DataType; readonly shape: Sizes }
  /** Name of the input with a factor for each row, `[N]`; present when asked for. */
  readonly rowWeights?: string
  /** Name of the scalar output. */
  readonly loss: string
  /** The model's own output that is trained, e.g. to count right answers. */
  readonly output: string
  /** Of that output. `isProbability`: the model ends in the activation that the loss takes over. */
  readonly scores: { readonly dtype: DataType; readonly sizes: Sizes; readonly isProbability: boolean }
}

/** Where the way back starts: `seed` is the gradient of the value `from`. */
export interface LossSeed {
  readonly seed: string
  readonly from: string
}

/** @throws {UnsupportedError} `E_TRAINING_SHAPE` for an output without a fixed shape of floating-point numbers */
export function writeTarget(trace: GraphTrace, emit: Emitter, options: TargetOptions): WrittenTarget & LossSeed {
  const output = options.output ?? trace.outputs[0] ?? ''
  const [dtype, sizes] = outputType(trace, output)
  const wanted = targetOf(options.loss, sizes, dtype)
  const target = { name: emit.builder.input(emit.name('target'), wanted.dtype, wanted.shape), ...wanted }
  const found = findPrediction(trace, output, options.loss)
  const isReshaped = found.name !== output && found.sizes.join() !== sizes.join()
  const prediction = isReshaped ? emit.reshape(found.name, sizes) : found.name
  const weights =
    options.rowWeights === true
      ? { rowWeights: emit.builder.input(emit.name('rowWeights'), dtype, sizes.slice(0, 1)) }
      : {}
  const { loss, gradient } = writeLoss(options.loss, {
    emit,
    prediction,
    sizes,
    dtype,
    target: target.name,
    ...weights,
  })
  const seed = isReshaped ? emit.reshape(gradient, found.sizes) : gradient
  const scores = { dtype, sizes, isProbability: found.activation !== undefined }
  return { output, scores, target, loss, ...weights, seed, from: found.name }
}

function outputType(trace: GraphTrace, output: string): readonly [DataType, Sizes] {
  const value = trace.values.get(output)
  const [dtype, shape] = [dtypeOf(value), shapeOf(value)]
  const isFixed = shape?.every((size): size is number => typeof size === 'number') === true
  if (dtype !== undefined && isFloat(dtype) && isFixed) return [dtype, shape]
  throw new UnsupportedError('E_TRAINING_SHAPE', `output "${output}" has no fixed floating-point shape to train`, {
    hint: 'give every input of the model a fixed shape, and name an output of floating-point numbers',
  })
}
