/** Operators of `com.microsoft` against onnxruntime, as far as its CPU provider runs them. */
import { float, int, ints, text } from '../../src/graph/attributes.js'
import { bytes, constant, describeNodes, floats, type InputCase, type NodeCase, weight } from '../helpers/one-node.js'

const scale = constant('float32', 0.5)
const zero = constant('uint8', 3)
const int32 = (...shape: readonly number[]): InputCase => ({ dtype: 'int32', shape })
const int64 = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })
const hidden = floats(2, 4, 8)

const elementwise: Readonly<Record<string, NodeCase>> = {
  Gelu: { operator: 'Gelu', inputs: [hidden] },
  'FastGelu with a bias': { operator: 'FastGelu', inputs: [hidden, floats(8)] },
  BiasGelu: { operator: 'BiasGelu', inputs: [hidden, floats(8)] },
  QuickGelu: { operator: 'QuickGelu', inputs: [hidden], attributes: { alpha: float(1.7) } },
  MurmurHash3: { operator: 'MurmurHash3', inputs: [int32(5)] },
  'MurmurHash3 with signs': { operator: 'MurmurHash3', inputs: [int32(5)], attributes: { positive: int(0) } },
  SampleOp: { operator: 'SampleOp', inputs: [hidden] },
}

const normalization: Readonly<Record<string, NodeCase>> = {
  'LayerNormalization of the standard domain before opset 17': {
    operator: 'LayerNormalization',
    domain: '',
    opset: 11,
    inputs: [hidden, floats(8), floats(8)],
    outputs: 3,
  },
  'SimplifiedLayerNormalization of the standard domain': {
    operator: 'SimplifiedLayerNormalization',
    domain: '',
    opset: 14,
    inputs: [hidden, floats(8)],
  },
  SkipLayerNormalization: {
    operator: 'SkipLayerNormalization',
    inputs: [hidden, hidden, floats(8), floats(8), floats(8)],
    outputs: ['y', '', '', 'sum'],
  },
  SkipSimplifiedLayerNormalization: {
    operator: 'SkipSimplifiedLayerNormalization',
    inputs: [hidden, hidden, floats(8)],
    outputs: ['y', '', '', 'sum'],
  },
  EmbedLayerNormalization: {
    operator: 'EmbedLayerNormalization',
    inputs: [
      int32(2, 4),
      int32(2, 4),
      weight('float32', 9, 8),
      weight('float32', 6, 8),
      weight('float32', 3, 8),
      floats(8),
      floats(8),
      int32(2, 4),
    ],
    outputs: 3,
  },
}

const matrix: Readonly<Record<string, NodeCase>> = {
  FusedMatMul: {
    operator: 'FusedMatMul',
    inputs: [floats(2, 5, 3), floats(2, 4, 5)],
    attributes: { transA: int(1), transB: int(1), alpha: float(0.5) },
  },
  'FusedMatMul with rows before the batch': {
    operator: 'FusedMatMul',
    inputs: [floats(3, 2, 5), floats(2, 5, 4)],
    attributes: { transBatchA: int(1) },
  },
  'FusedMatMul with rows and batch exchanged on both sides': {
    operator: 'FusedMatMul',
    inputs: [floats(3, 2, 5), floats(4, 2, 5)],
    attributes: { transBatchA: int(1), transBatchB: int(1), transB: int(1) },
  },
  TransposeMatMul: {
    operator: 'TransposeMatMul',
    inputs: [floats(3, 5), floats(4, 5)],
    attributes: { transB: int(1) },
  },
  FusedGemm: {
    operator: 'FusedGemm',
    inputs: [floats(5, 3), floats(4, 5), floats(4)],
    attributes: { transA: int(1), transB: int(1), activation: text('Relu') },
  },
  'MatMulNBits of 4 bits': {
    operator: 'MatMulNBits',
    inputs: [floats(2, 3, 64), weight('uint8', 6, 2, 16), weight('float32', 12)],
    attributes: { K: int(64), N: int(6), bits: int(4), block_size: int(32) },
  },
  MatMulBnb4: {
    operator: 'MatMulBnb4',
    inputs: [floats(2, 3, 64), weight('uint8', 192), weight('float32', 6)],
    attributes: { K: int(64), N: int(6), block_size: int(64), quant_type: int(1) },
  },
  MatMulInteger16: {
    operator: 'MatMulInteger16',
    inputs: [
      { dtype: 'int16', shape: [2, 3] },
      { dtype: 'int16', shape: [3, 4] },
    ],
  },
  MatMulIntegerToFloat: {
    operator: 'MatMulIntegerToFloat',
    inputs: [bytes(2, 3, 4), weight('uint8', 4, 5), scale, scale, zero, zero, floats(5)],
  },
  DynamicQuantizeMatMul: {
    operator: 'DynamicQuantizeMatMul',
    inputs: [floats(2, 3, 4), weight('uint8', 4, 5), scale, zero, floats(5)],
  },
  'QGemm that quantises again': {
    operator: 'QGemm',
    inputs: [bytes(3, 4), scale, zero, weight('uint8', 5, 4), scale, zero, weight('int32', 5), scale, zero],
    attributes: { transB: int(1) },
  },
  'QGemm that ends in floats': {
    operator: 'QGemm',
    inputs: [bytes(3, 4), scale, zero, weight('uint8', 4, 5), scale, zero],
  },
}

const convolution: Readonly<Record<string, NodeCase>> = {
  FusedConv: {
    operator: 'FusedConv',
    inputs: [floats(1, 3, 8, 8), weight('float32', 4, 3, 3, 3), floats(4)],
    attributes: { activation: text('Relu'), strides: ints([2, 2]) },
  },
  NhwcMaxPool: {
    operator: 'NhwcMaxPool',
    inputs: [bytes(1, 8, 7, 3)],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'QLinearConv with channels last': {
    operator: 'QLinearConv',
    inputs: [bytes(1, 8, 7, 3), scale, zero, weight('uint8', 4, 3, 3, 3), scale, zero, scale, zero, weight('int32', 4)],
    attributes: { channels_last: int(1), pads: ints([1, 1, 1, 1]) },
  },
  QLinearAveragePool: {
    operator: 'QLinearAveragePool',
    inputs: [bytes(1, 3, 8, 7), scale, zero, scale, zero],
    attributes: { kernel_shape: ints([2, 3]) },
  },
  'QLinearAveragePool with channels last': {
    operator: 'QLinearAveragePool',
    inputs: [bytes(1, 8, 7, 3), scale, zero, scale, zero],
    attributes: { kernel_shape: ints([2, 3]), channels_last: int(1), ceil_mode: int(1), strides: ints([2, 2]) },
  },
  QLinearGlobalAveragePool: {
    operator: 'QLinearGlobalAveragePool',
    inputs: [bytes(2, 3, 8, 7), scale, zero, scale, zero],
  },
  'QLinearGlobalAveragePool with channels last': {
    operator: 'QLinearGlobalAveragePool',
    inputs: [bytes(2, 8, 7, 3), scale, zero, scale, zero],
    attributes: { channels_last: int(1) },
  },
  ConvTransposeWithDynamicPads: {
    operator: 'ConvTransposeWithDynamicPads',
    inputs: [floats(1, 2, 5, 5), weight('float32', 2, 3, 3, 3), constant('int64', [1, 1, 1, 1])],
    attributes: { strides: ints([2, 2]), kernel_shape: ints([3, 3]), output_padding: ints([1, 1]) },
  },
  MaxpoolWithMask: {
    operator: 'MaxpoolWithMask',
    inputs: [floats(1, 2, 6, 6), int32(1, 2, 6, 6)],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
  },
}

const pair = [bytes(2, 3), scale, zero, bytes(3), scale, zero, scale, zero]
const quantized: Readonly<Record<string, NodeCase>> = {
  QLinearAdd: { operator: 'QLinearAdd', inputs: pair },
  QLinearMul: { operator: 'QLinearMul', inputs: pair },
  QLinearSigmoid: { operator: 'QLinearSigmoid', inputs: [bytes(2, 3), scale, zero, scale, zero] },
  QLinearLeakyRelu: { operator: 'QLinearLeakyRelu', inputs: [bytes(2, 3), scale, zero, scale, zero] },
  QLinearSoftmax: {
    operator: 'QLinearSoftmax',
    inputs: [bytes(2, 3), scale, zero, scale, zero],
    attributes: { opset: int(13) },
  },
  QLinearConcat: {
    operator: 'QLinearConcat',
    inputs: [scale, zero, bytes(2, 3), scale, zero, bytes(2, 4), scale, zero],
    attributes: { axis: int(1) },
  },
  QLinearWhere: {
    operator: 'QLinearWhere',
    inputs: [{ dtype: 'bool', shape: [2, 3] }, bytes(2, 3), scale, zero, bytes(3), scale, zero, scale, zero],
  },
  'QuantizeLinear to 16 bits': { operator: 'QuantizeLinear', inputs: [floats(2, 3), scale, constant('uint16', 3)] },
  DequantizeLinear: { operator: 'DequantizeLinear', inputs: [bytes(2, 3), scale, zero] },
  'GatherBlockQuantized of bytes that hold two values': {
    operator: 'GatherBlockQuantized',
    inputs: [weight('uint8', 5, 16), int64(2, 3), weight('float32', 5, 2)],
    attributes: { block_size: int(16), bits: int(4), gather_axis: int(0), quantize_axis: int(1) },
  },
}

const attention: Readonly<Record<string, NodeCase>> = {
  'Attention with a mask and a past': {
    operator: 'Attention',
    inputs: [hidden, weight('float32', 8, 24), floats(24), null, floats(2, 2, 2, 5, 4)],
    attributes: { num_heads: int(2), unidirectional: int(1) },
    outputs: 2,
  },
  'Attention whose values are wider': {
    operator: 'Attention',
    inputs: [hidden, weight('float32', 8, 28), floats(28)],
    attributes: { num_heads: int(2), qkv_hidden_sizes: ints([8, 8, 12]) },
  },
  QAttention: {
    operator: 'QAttention',
    inputs: [bytes(2, 4, 8), weight('uint8', 8, 24), weight('float32', 24), scale, scale, null, zero, zero],
    attributes: { num_heads: int(2) },
  },
  'MultiHeadAttention across': {
    operator: 'MultiHeadAttention',
    inputs: [hidden, floats(2, 6, 8), floats(2, 6, 12)],
    attributes: { num_heads: int(2) },
  },
  'MultiHeadAttention with a past': {
    operator: 'MultiHeadAttention',
    inputs: [hidden, hidden, hidden, null, null, null, floats(2, 2, 3, 4), floats(2, 2, 3, 4)],
    attributes: { num_heads: int(2) },
    outputs: 3,
  },
  'MultiHeadAttention over a cache of keys': {
    operator: 'MultiHeadAttention',
    inputs: [hidden, floats(2, 2, 6, 4), floats(2, 2, 6, 4)],
    attributes: { num_heads: int(2) },
  },
  'GroupQueryAttention over a first prompt': {
    operator: 'GroupQueryAttention',
    inputs: [
      floats(2, 4, 32),
      floats(2, 4, 16),
      floats(2, 4, 16),
      null,
      null,
      constant('int32', [3, 3]),
      constant('int32', 4),
    ],
    attributes: { num_heads: int(4), kv_num_heads: int(2) },
    outputs: 3,
  },
  'GroupQueryAttention, packed, with a buffer': {
    operator: 'GroupQueryAttention',
    inputs: [
      floats(2, 1, 64),
      null,
      null,
      floats(2, 2, 16, 8),
      floats(2, 2, 16, 8),
      constant('int32', [4, 4]),
      constant('int32', 5),
    ],
    attributes: { num_heads: int(4), kv_num_heads: int(2) },
    outputs: 3,
  },
  RotaryEmbedding: {
    operator: 'RotaryEmbedding',
    inputs: [hidden, int64(2, 4), weight('float32', 9, 2), weight('float32', 9, 2)],
  },
}

const models: Readonly<Record<string, NodeCase>> = {
  DecoderMaskedMultiHeadAttention: {
    operator: 'DecoderMaskedMultiHeadAttention',
    inputs: [
      floats(2, 1, 8),
      floats(2, 1, 8),
      floats(2, 1, 8),
      null,
      null,
      floats(2, 2, 5, 4),
      floats(2, 2, 5, 4),
      constant('int32', [3]),
    ],
    attributes: { num_heads: int(2), past_present_share_buffer: int(1) },
    outputs: 3,
  },
  CausalConvWithState: {
    operator: 'CausalConvWithState',
    inputs: [floats(2, 3, 7), weight('float32', 3, 1, 4), floats(3), floats(2, 3, 3)],
    outputs: 2,
  },
  LinearAttention: {
    operator: 'LinearAttention',
    inputs: [floats(2, 5, 8), floats(2, 5, 8), floats(2, 5, 12), floats(2, 2, 4, 6), floats(2, 5, 2), floats(2, 5, 2)],
    attributes: { q_num_heads: int(2), kv_num_heads: int(2) },
    outputs: 2,
  },
  QMoE: {
    operator: 'QMoE',
    inputs: [
      floats(4, 32),
      floats(4, 3),
      weight('uint8', 3, 64, 16),
      weight('float32', 3, 64),
      null,
      weight('uint8', 3, 32, 32),
      weight('float32', 3, 32),
    ],
    attributes: { k: int(2), activation_type: text('identity'), expert_weight_bits: int(4) },
  },
  QEmbedLayerNormalization: {
    operator: 'QEmbedLayerNormalization',
    inputs: [
      int32(2, 4),
      int32(2, 4),
      weight('uint8', 9, 8),
      weight('uint8', 6, 8),
      weight('uint8', 3, 8),
      weight('uint8', 8),
      weight('uint8', 8),
      int32(2, 4),
      scale,
      scale,
      scale,
      scale,
      scale,
      zero,
      zero,
      zero,
      zero,
      zero,
    ],
    outputs: 2,
  },
  AttnLSTM: {
    operator: 'AttnLSTM',
    inputs: [
      floats(5, 2, 3),
      weight('float32', 1, 16, 5),
      weight('float32', 1, 16, 4),
      null,
      null,
      null,
      null,
      null,
      weight('float32', 1, 4, 6),
      weight('float32', 1, 3, 6),
      weight('float32', 1, 6),
      floats(2, 7, 3),
      constant('int32', [7, 7]),
      weight('float32', 1, 7, 2),
    ],
    attributes: { hidden_size: int(4) },
    outputs: 3,
  },
}

const others: Readonly<Record<string, NodeCase>> = {
  ExpandDims: { operator: 'ExpandDims', inputs: [floats(2, 3), constant('int32', -1)] },
  GatherND: { operator: 'GatherND', inputs: [floats(2, 2, 3), constant('int64', [0, 1])] },
  Trilu: { operator: 'Trilu', inputs: [floats(3, 4)] },
  Pad: { operator: 'Pad', inputs: [floats(2, 3), constant('int64', [0, 1, 2, 0])] },
  'Range without a step': { operator: 'Range', inputs: [constant('int64', 2), constant('int64', 9)] },
  'Range of floats': {
    operator: 'Range',
    inputs: [constant('float32', 0), constant('float32', 1), constant('float32', 0.3)],
  },
  Unique: { operator: 'Unique', inputs: [floats(6)], outputs: 3, isDecidedByRun: true },
  Inverse: { operator: 'Inverse', inputs: [{ dtype: 'float32', shape: [2, 2], values: [1, 0, 0, 1] }] },
  CDist: { operator: 'CDist', inputs: [floats(3, 4), floats(5, 4)], attributes: { metric: text('sqeuclidean') } },
  DynamicTimeWarping: { operator: 'DynamicTimeWarping', inputs: [floats(4, 5)], isDecidedByRun: true },
  GridSample: { operator: 'GridSample', inputs: [floats(1, 2, 4, 4), floats(1, 3, 5, 2)] },
  CropAndResize: {
    operator: 'CropAndResize',
    inputs: [floats(1, 2, 8, 8), floats(3, 4), constant('int32', [0, 0, 0]), constant('int32', [4, 5])],
  },
  Tokenizer: {
    operator: 'Tokenizer',
    inputs: [{ dtype: 'string', shape: [2], values: ['a b', 'c d e'] }],
    attributes: {
      mark: int(0),
      mincharnum: int(1),
      pad_value: text(''),
      separators: { kind: 'strings', value: [' '] },
    },
    isDecidedByRun: true,
  },
  WordConvEmbedding: {
    operator: 'WordConvEmbedding',
    inputs: [
      { dtype: 'int32', shape: [3, 7], values: Array.from({ length: 21 }, () => 1) },
      weight('float32', 5, 1, 2, 4),
      weight('float32', 5),
      weight('float32', 9, 4),
    ],
  },
  NGramRepeatBlock: {
    operator: 'NGramRepeatBlock',
    inputs: [int64(2, 6), floats(2, 9)],
    attributes: { ngram_size: int(3) },
  },
  UnfoldTensor: {
    operator: 'UnfoldTensor',
    inputs: [floats(2, 10)],
    attributes: { dim: int(1), size: int(3), step: int(2) },
  },
  BifurcationDetector: {
    operator: 'BifurcationDetector',
    inputs: [int64(8), int64(4), int64(1), int64(9)],
    outputs: 2,
    isDecidedByRun: true,
  },
  MoE: {
    operator: 'MoE',
    inputs: [floats(4, 8), floats(4, 3), weight('float32', 3, 16, 8), null, weight('float32', 3, 8, 16)],
    attributes: { k: int(2), activation_type: text('gelu') },
  },
}

const cases = {
  ...elementwise,
  ...normalization,
  ...matrix,
  ...convolution,
  ...quantized,
  ...attention,
  ...models,
  ...others,
}
describeNodes(
  Object.fromEntries(Object.entries(cases).map(([name, node]) => [name, { domain: 'com.microsoft', ...node }])),
)
