/**
 * Normalisations of `com.microsoft`, alone and fused with embeddings and residual sums.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import type { DataType } from '../graph/data-type.js'
import type { Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import { layerNormShape } from './normalization.js'
import type { CostRule, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { perOutput } from './shape/cost.js'
import { dimensionAt, hasInput } from './shape/inputs.js'
import { withLast } from './shape/layout.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { LAYER_NORMALIZATION_STEPS, RMS_NORMALIZATION_STEPS, steps } from './shape/steps.js'

const simplified: OperatorRule = { shape: simplifiedShape, cost: perOutput(RMS_NORMALIZATION_STEPS), weightInputs: [1] }

/** onnxruntime keeps this one in the standard's own domain. */
export const simplifiedNormalization: OperatorFamily = { SimplifiedLayerNormalization: simplified }

export const microsoftNormalization: OperatorFamily = {
  LayerNormalization: { shape: layerNormShape, cost: perOutput(LAYER_NORMALIZATION_STEPS), weightInputs: [1, 2] },
  SimplifiedLayerNormalization: simplified,
  SkipLayerNormalization: {
    shape: skipShape,
    cost: skipCost(LAYER_NORMALIZATION_STEPS, 4),
    weightInputs: [2, 3, 4],
  },
  SkipSimplifiedLayerNormalization: {
    shape: skipShape,
    cost: skipCost(RMS_NORMALIZATION_STEPS, 3),
    weightInputs: [2, 3],
  },
  EmbedLayerNormalization: {
    shape: (context) => embedded(context, context.dtype(2)),
    cost: (context) => steps(context.outputElements(0) * (LAYER_NORMALIZATION_STEPS + (hasInput(context, 4) ? 2 : 1))),
    weightInputs: [2, 3, 4, 5, 6],
    settingInputs: [8],
  },
  QEmbedLayerNormalization: {
    shape: (context) => embedded(context, context.dtype(8)),
    // Every table row is dequantised (2) before the sum.
    cost: (context) => steps(context.outputElements(0) * (LAYER_NORMALIZATION_STEPS + (hasInput(context, 4) ? 8 : 5))),
    weightInputs: [2, 3, 4, 5, 6],
    nonTrainableInputs: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
  },
  GroupNorm: { shape: sameAsInput(), cost: groupCost(0), weightInputs: [1, 2] },
  SkipGroupNorm: {
    shape: (context) => [withoutContents(context.inputs[0]), withoutContents(context.inputs[0])],
    cost: groupCost(1),
    weightInputs: [1, 2, 4],
  },
  // The norm, the gate's sigmoid and product, and the product with the gate.
  GatedRMSNorm: { shape: sameAsInput(), cost: perOutput(RMS_NORMALIZATION_STEPS + 3), weightInputs: [1] },
  QOrderedLayerNormalization: {
    shape: sameAsInput(),
    cost: perOutput(LAYER_NORMALIZATION_STEPS + 3),
    weightInputs: [2, 3],
    nonTrainableInputs: [1, 4],
  },
  EngramGate: {
    shape: (context) => [withoutContents(context.inputs[0]), withoutContents(context.inputs[0])],
    // Two norms, their products and sums, and the product with the gate; a third norm for output 1.
    cost: (context) =>
      steps(
        context.outputElements(0) * (2 * RMS_NORMALIZATION_STEPS + 3) +
          RMS_NORMALIZATION_STEPS * context.outputElements(1),
      ),
    weightInputs: [3, 4, 5],
  },
}

/** One statistic, the inverse root of the mean square. */
function simplifiedShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const [output, statistic] = layerNormShape(context)
  return [output, statistic]
}

/** The sums come out as output 3; means and deviations, for training, keep the last axis with size 1. */
function skipShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const output = withoutContents(context.inputs[0])
  const input = context.shape(0)
  const statistic = tensor('float32', input && withLast(input, 1))
  return [output, statistic, statistic, output]
}

function skipCost(count: number, bias: number): CostRule {
  return (context) => steps(context.inputElements(0) * (count + 1 + (hasInput(context, bias) ? 1 : 0)))
}

/** `activation` 1 is SiLU: a sigmoid and a product. */
function groupCost(skips: number): CostRule {
  return (context) => {
    const activation = context.int('activation', 0) === 0 ? 0 : 2
    const bias = skips > 0 && hasInput(context, 4) ? 1 : 0
    return steps(context.inputElements(0) * (LAYER_NORMALIZATION_STEPS + activation + skips + bias))
  }
}

/** Word ids `[N, S]` give `[N, S, H]`; lengths of the sequences `[N]`; and the sum of the embeddings. */
function embedded(context: NodeContext, dtype: DataType | undefined): readonly (KnownValue | undefined)[] {
  const ids = context.shape(0)
  const hidden = dimensionAt(context, 2, 1, 'hidden')
  const output: Shape | undefined = ids && [...ids, hidden]
  const lengths = ids && [ids[0] ?? context.unknownDimension('batch')]
  return [tensor(dtype, output), tensor('int32', lengths), tensor(dtype, output)]
}
