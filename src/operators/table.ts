/** The table of all operators: families by domain. One line per family. */

import { activation } from './activation.js'
import { attention, previewAttention } from './attention.js'
import { classicalMl } from './classical-ml.js'
import { convolution } from './convolution.js'
import { einsum } from './einsum.js'
import { elementwise } from './elementwise.js'
import { image } from './image.js'
import { loss } from './loss.js'
import { matrix } from './matrix.js'
import { normalization } from './normalization.js'
import { pooling } from './pooling.js'
import { previewTraining } from './preview-training.js'
import { quantization } from './quantization.js'
import { random } from './random.js'
import { recurrent } from './recurrent.js'
import { resize } from './resize.js'
import type { OperatorFamily, OperatorRule } from './rule.js'
import { sequence } from './sequence.js'
import { signal } from './signal.js'
import { text } from './text.js'
import { treeEnsemble } from './tree-ensemble.js'

/** Opset that a node follows when its file does not say: the newest of the standard. */
export const NEWEST_OPSET = 27

/** The ONNX standard, domain `''`. */
const STANDARD: readonly OperatorFamily[] = [
  activation,
  attention,
  convolution,
  einsum,
  elementwise,
  image,
  loss,
  matrix,
  normalization,
  pooling,
  quantization,
  random,
  recurrent,
  resize,
  sequence,
  signal,
  text,
]
/** `com.microsoft`: fused and quantised forms of onnxruntime. */
const MICROSOFT: readonly OperatorFamily[] = []
/** `com.microsoft.nchwc`: layouts that onnxruntime writes into optimised models. */
const MICROSOFT_NCHWC: readonly OperatorFamily[] = []
/** `com.ms.internal.nhwc`: channels-last forms that onnxruntime writes into optimised models. */
const MICROSOFT_NHWC: readonly OperatorFamily[] = []
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
