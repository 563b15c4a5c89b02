/**
 * Operators of the standard with channels last, `[N, ..., C]`, as onnxruntime's layout pass writes them into files.
 * Each is its channels-first form on a transposed input.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/graph/contrib_ops/internal_nhwc_onnx_schemas.cc
 */
import { convolution } from './convolution.js'
import { image } from './image.js'
import { shapeOf, tensor } from './known-value.js'
import { microsoftConvolution } from './microsoft-convolution.js'
import { normalization } from './normalization.js'
import { pooling } from './pooling.js'
import { quantization } from './quantization.js'
import { reshape } from './reshape.js'
import { resize } from './resize.js'
import type { KnownValue, NodeContext, OperatorFamily, OperatorRule, ShapeRule } from './rule.js'
import { channelsFirst, channelsLast } from './shape/layout.js'

const CHANNELS_FIRST: OperatorFamily = {
  ...convolution,
  ...pooling,
  ...pick(normalization, ['BatchNormalization', 'InstanceNormalization', 'LRN']),
  ...pick(image, ['GridSample']),
  ...pick(reshape, ['DepthToSpace', 'SpaceToDepth']),
  ...pick(quantization, ['QLinearConv']),
  ...pick(microsoftConvolution, ['FusedConv']),
}

export const microsoftNhwc: OperatorFamily = {
  ...Object.fromEntries(Object.entries(CHANNELS_FIRST).map(([name, rule]) => [name, turned(rule)])),
  // Its scales and sizes are in the order of the axes already.
  ...pick(resize, ['Resize']),
}

function pick(family: OperatorFamily, names: readonly string[]): OperatorFamily {
  return Object.fromEntries(Object.entries(family).filter(([name]) => names.includes(name)))
}

/** Costs go by numbers of elements, which the order of the axes leaves alone. */
function turned(rule: OperatorRule): OperatorRule {
  return { ...rule, shape: (context) => turnedBack(rule.shape(onFirst(context))) }
}

/** The same node, whose input 0 has its channels first. */
function onFirst(context: NodeContext): NodeContext {
  const [data, ...others] = context.inputs
  return context.withInputs([reordered(data, channelsFirst), ...others])
}

function turnedBack(outputs: ReturnType<ShapeRule>): ReturnType<ShapeRule> {
  return outputs.map((output) => ((shapeOf(output)?.length ?? 0) > 2 ? reordered(output, channelsLast) : output))
}

function reordered(value: KnownValue | undefined, order: typeof channelsFirst): KnownValue | undefined {
  return value?.type?.kind === 'tensor' ? tensor(value.type.dtype, order(value.type.shape)) : value
}
