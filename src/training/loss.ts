/**
 * Losses, written with their gradient, so that the model's last Softmax or Sigmoid is never divided by: the gradient of
 * cross-entropy with respect to the logits is softmax - target.
 *
 * Every loss is the mean over its samples: over all but the class axis for cross-entropy, over all elements otherwise. With
 * weights of the rows it is the sum of their means, each times its weight.
 */
import { int } from '../graph/attributes.js'
import type { DataType } from '../graph/data-type.js'
import type { Emitter, Sizes } from './emitter.js'

/** Which loss to train with. */
export type LossOptions =
  | {
      readonly kind: 'softmax-cross-entropy'
      /** Share of each target that is spread evenly over all classes, `[0, 1)`; 0 when left out. */
      readonly labelSmoothing?: number
    }
  | { readonly kind: 'sigmoid-cross-entropy' }
  | { readonly kind: 'mean-squared-error' }

/** What a loss is computed from. */
export interface LossInputs {
  readonly emit: Emitter
  /** Logits for the cross-entropies, the output itself for the squared error. */
  readonly prediction: string
  readonly sizes: Sizes
  readonly dtype: DataType
  /** Name of the target: class numbers (int64, without the class axis) for softmax, else the shape of the prediction. */
  readonly target: string
  /** Name of a vector `[N]`, one factor for each row; absent where all rows count the same. */
  readonly rowWeights?: string | undefined
}

/** A loss in the graph. */
export interface WrittenLoss {
  /** A scalar. */
  readonly loss: string
  /** Of the prediction, in its shape. */
  readonly gradient: string
}

/** Classes lie along axis 1, as in `[N, classes]` and `[N, classes, H, W]`. */
export const CLASS_AXIS = 1

/** @returns the type and shape of the target that the loss compares with */
export function targetOf(loss: LossOptions, sizes: Sizes, dtype: DataType): { dtype: DataType; shape: Sizes } {
  if (loss.kind !== 'softmax-cross-entropy') return { dtype, shape: sizes }
  return { dtype: 'int64', shape: sizes.filter((_, axis) => axis !== CLASS_AXIS) }
}

/** Writes the loss and its gradient. */
export function writeLoss(options: LossOptions, inputs: LossInputs): WrittenLoss {
  if (options.kind === 'softmax-cross-entropy') return softmaxCrossEntropy(inputs, options.labelSmoothing ?? 0)
  return options.kind === 'sigmoid-cross-entropy' ? sigmoidCrossEntropy(inputs) : squaredError(inputs)
}

const countOf = (sizes: Sizes): number => sizes.reduce((product, size) => product * size, 1)

/** -sum(q * log softmax(z)) with q = (1 - s) at the label + s / classes everywhere. */
function softmaxCrossEntropy(inputs: LossInputs, smoothing: number): WrittenLoss {
  const { emit, prediction, sizes, dtype, target } = inputs
  const classes = sizes[CLASS_AXIS] ?? 1
  const rest = smoothing / classes
  const values = emit.float([rest, 1 - smoothing + rest], dtype, [2])
  const wanted = emit.op('OneHot', [target, emit.whole(classes), values], { axis: int(CLASS_AXIS) })
  const logarithms = emit.op('LogSoftmax', [prediction], { axis: int(CLASS_AXIS) })
  const share = shareOf(inputs, countOf(sizes) / classes)
  const losses = emit.mul(emit.mul(wanted, logarithms), share)
  const difference = emit.sub(emit.op('Exp', [logarithms]), wanted)
  return { loss: emit.op('Neg', [total(emit, losses)]), gradient: emit.mul(difference, share) }
}

/** max(z, 0) - z * t + log(1 + exp(-|z|)), which overflows nowhere. */
function sigmoidCrossEntropy(inputs: LossInputs): WrittenLoss {
  const { emit, prediction, sizes, target } = inputs
  const below = emit.op('Softplus', [emit.op('Neg', [emit.op('Abs', [prediction])])])
  const above = emit.sub(emit.op('Relu', [prediction]), emit.mul(prediction, target))
  const difference = emit.sub(emit.op('Sigmoid', [prediction]), target)
  const share = shareOf(inputs, countOf(sizes))
  return { loss: total(emit, emit.mul(emit.add(above, below), share)), gradient: emit.mul(difference, share) }
}

function squaredError(inputs: LossInputs): WrittenLoss {
  const { emit, prediction, sizes, dtype, target } = inputs
  const difference = emit.sub(prediction, target)
  const share = shareOf(inputs, countOf(sizes))
  return {
    loss: total(emit, emit.mul(emit.square(difference), share)),
    gradient: emit.mul(emit.mul(difference, emit.float(2, dtype)), share),
  }
}

/** What each sample counts: one part of all, or its part of the row times the weight of the row. */
function shareOf({ emit, sizes, dtype, rowWeights }: LossInputs, samples: number): string {
  if (rowWeights === undefined) return emit.float(1 / samples, dtype)
  const [rows = 1, ...rest] = sizes
  const column = emit.reshape(rowWeights, [rows, ...rest.map(() => 1)])
  return samples === rows ? column : emit.mul(column, emit.float(rows / samples, dtype))
}

const total = (emit: Emitter, values: string): string => emit.op('ReduceSum', [values], { keepdims: int(0) })
