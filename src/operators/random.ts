/**
 * Random numbers: one operation per number drawn.
 *
 * @see https://onnx.ai/onnx/operators/onnx__RandomNormal.html
 */
import { tensor } from './known-value.js'
import type { KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { perOutput } from './shape/cost.js'
import { dimensionAt, dtypeAttribute } from './shape/inputs.js'
import { sameShape } from './shape/same.js'

const drawn: OperatorRule = {
  shape: (context) => [tensor(dtypeAttribute(context, 'dtype', 'float32'), context.ints('shape'))],
  cost: perOutput(),
}
const drawnLike: OperatorRule = {
  shape: sameShape((context) => dtypeAttribute(context, 'dtype', context.dtype(0))),
  cost: perOutput(),
}

export const random: OperatorFamily = {
  RandomNormal: drawn,
  RandomUniform: drawn,
  RandomNormalLike: drawnLike,
  RandomUniformLike: drawnLike,
  Bernoulli: drawnLike,
  Multinomial: { shape: (context) => [samples(context)], cost: perOutput() },
}

/** `[N, classes]` gives `[N, sample_size]`. */
function samples(context: NodeContext): KnownValue | undefined {
  const batch = dimensionAt(context, 0, 0, 'batch')
  return tensor(dtypeAttribute(context, 'dtype', 'int32'), [batch, context.int('sample_size', 1)])
}
