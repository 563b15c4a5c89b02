/** The table of all operators: families by domain. One line per family. */

import { activation } from './activation.js'
import { attention, previewAttention } from './attention.js'
import { cast } from './cast.js'
import { classicalMl } from './classical-ml.js'
import { constant } from './constant.js'
import { controlFlow } from './control-flow.js'
import { convolution } from './convolution.js'
import { einsum } from './einsum.js'
import { elementwise } from './elementwise.js'
import { experimental } from './experimental.js'
import { gather } from './gather.js'
import { image } from './image.js'
import { joinSplit } from './join-split.js'
import { loss } from './loss.js'
import { matrix } from './matrix.js'
import { microsoftAttention } from './microsoft-attention.js'
import { microsoftConvolution, microsoftNchwc } from './microsoft-convolution.js'
import { microsoftElementwise } from './microsoft-elementwise.js'
import { microsoftGeneration } from './microsoft-generation.js'
import { microsoftGrouped } from './microsoft-grouped.js'
import { microsoftMatrix } from './microsoft-matrix.js'
import { microsoftMultiHead } from './microsoft-multihead.js'
import { microsoftNhwc } from './microsoft-nhwc.js'
import { microsoftNormalization, simplifiedNormalization } from './microsoft-normalization.js'
import { microsoftQuantized } from './microsoft-quantized.js'
import { microsoftSequenceModel } from './microsoft-sequence-model.js'
import { microsoftTensor } from './microsoft-tensor.js'
import { microsoftTraining } from './microsoft-training.js'
import { normalization } from './normalization.js'
import { pooling } from './pooling.js'
import { previewTraining } from './preview-training.js'
import { quantization } from './quantization.js'
import { random } from './random.js'
import { recurrent } from './recurrent.js'
import { reduction } from './reduction.js'
import { reshape } from './reshape.js'
import { resize } from './resize.js'
import type { OperatorFamily, OperatorRule } from './rule.js'
import { selection } from './selection.js'
import { sequence } from './sequence.js'
import { signal } from './signal.js'
import { slice } from './slice.js'
import { text } from './text.js'
import { treeEnsemble } from './tree-ensemble.js'

/** The ONNX standard, domain `''`. */
const STANDARD: readonly OperatorFamily[] = [
  activation,
  attention,
  cast,
  constant,
  controlFlow,
  convolution,
  einsum,
  elementwise,
  experimental,
  gather,
  image,
  joinSplit,
  loss,
  matrix,
  normalization,
  pooling,
  quantization,
  random,
  recurrent,
  reduction,
  reshape,
  resize,
  selection,
  sequence,
  signal,
  simplifiedNormalization,
  slice,
  text,
]
/** `com.microsoft`: fused and quantised forms of onnxruntime. */
const MICROSOFT: readonly OperatorFamily[] = [
  microsoftAttention,
  microsoftConvolution,
  microsoftElementwise,
  microsoftGeneration,
  microsoftGrouped,
  microsoftMatrix,
  microsoftMultiHead,
  microsoftNormalization,
  microsoftQuantized,
  microsoftSequenceModel,
  microsoftTensor,
  microsoftTraining,
]
/** `com.microsoft.nchwc`: layouts that onnxruntime writes into optimised models. */
const MICROSOFT_NCHWC: readonly OperatorFamily[] = [microsoftNchwc]
/** `com.ms.internal.nhwc`: channels-last forms that onnxruntime writes into optimised models. */
const MICROSOFT_NHWC: readonly OperatorFamily[] = [microsoftNhwc]
/** `ai.onnx.ml`: trees, linear models, encoders. */
const CLASSICAL_ML: readonly OperatorFamily[] = [classicalMl, treeEnsemble]
/** `ai.onnx.preview`: operators that may still change. */
const PREVIEW: readonly OperatorFamily[] = [previewAttention]
/** `ai.onnx.preview.training`: optimizers and gradients. */
const PREVIEW_TRAINING: readonly OperatorFamily[] = [previewTraining]

/** Rules by domain and operator name. */
export const OPERATOR_TABLE: ReadonlyMap<string, OperatorFamily> = new Map([
  ['', joined(STANDARD)],
  ['com.microsoft', joined(MICROSOFT)],
  ['com.microsoft.nchwc', joined(MICROSOFT_NCHWC)],
  ['com.ms.internal.nhwc', joined(MICROSOFT_NHWC)],
  ['ai.onnx.ml', joined(CLASSICAL_ML)],
  ['ai.onnx.preview', joined(PREVIEW)],
  ['ai.onnx.preview.training', joined(PREVIEW_TRAINING)],
])

/** @returns the rule of an operator, or `undefined` when the table has none */
export function findRule(
  table: ReadonlyMap<string, OperatorFamily>,
  domain: string,
  operator: string,
): OperatorRule | undefined {
  const family = table.get(domain)
  return family !== undefined && Object.hasOwn(family, operator) ? family[operator] : undefined
}

function joined(families: readonly OperatorFamily[]): OperatorFamily {
  return Object.assign({}, ...families)
}
