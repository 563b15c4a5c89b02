/**
 * Operators that onnxruntime's CPU provider cannot run or hand over: sizes as their documentation states them.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { describe, expect, test } from 'vitest'
import { float, graphAttribute, int, ints, text, texts } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { countGraph } from '../../src/operators/count.js'
import { inferTypes } from '../../src/operators/infer.js'
import {
  bytes,
  constant,
  floats,
  type InputCase,
  inferred,
  inferredFree,
  type NodeCase,
  type Outcome,
  oneNode,
  weight,
} from '../helpers/one-node.js'

interface Documented {
  readonly node: NodeCase
  readonly outputs: readonly Outcome[]
}

const int32 = (...shape: readonly number[]): InputCase => ({ dtype: 'int32', shape })
const int64 = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })
const scale = constant('float32', 0.5)
const hidden = floats(2, 4, 8)
const microsoft = (node: Omit<NodeCase, 'domain'>): NodeCase => ({ domain: 'com.microsoft', ...node })

const elementwise: Readonly<Record<string, Documented>> = {
  BiasAdd: {
    node: microsoft({ operator: 'BiasAdd', inputs: [hidden, floats(8), hidden] }),
    outputs: ['float32[2, 4, 8]'],
  },
  'BiasSplitGelu halves the last axis': {
    node: microsoft({ operator: 'BiasSplitGelu', inputs: [hidden, floats(8)] }),
    outputs: ['float32[2, 4, 4]'],
  },
  BiasSoftmax: {
    node: microsoft({ operator: 'BiasSoftmax', inputs: [hidden, hidden] }),
    outputs: ['float32[2, 4, 8]'],
  },
  BiasDropout: {
    node: microsoft({ operator: 'BiasDropout', inputs: [hidden, floats(8), hidden], outputs: 2 }),
    outputs: ['float32[2, 4, 8]', 'bool[2, 4, 8]'],
  },
  'BitmaskDropout keeps 32 flags to a word': {
    node: microsoft({ operator: 'BitmaskDropout', inputs: [floats(10, 10)], outputs: 2 }),
    outputs: ['float32[10, 10]', 'uint32[4]'],
  },
  GatedAdd: {
    node: microsoft({ operator: 'GatedAdd', inputs: [hidden, hidden, floats(2, 4, 1)] }),
    outputs: ['float32[2, 4, 8]'],
  },
  ComplexMul: {
    node: microsoft({ operator: 'ComplexMul', inputs: [floats(2, 4, 2), floats(4, 2)] }),
    outputs: ['float32[2, 4, 2]'],
  },
  IsAllFinite: { node: microsoft({ operator: 'IsAllFinite', inputs: [hidden, floats(3)] }), outputs: ['bool[]'] },
  GroupNorm: {
    node: microsoft({
      operator: 'GroupNorm',
      inputs: [floats(2, 5, 5, 8), floats(8), floats(8)],
      attributes: { groups: int(4), activation: int(1) },
    }),
    outputs: ['float32[2, 5, 5, 8]'],
  },
  SkipGroupNorm: {
    node: microsoft({
      operator: 'SkipGroupNorm',
      inputs: [floats(2, 5, 5, 8), floats(8), floats(8), floats(2, 5, 5, 8)],
      attributes: { groups: int(4), activation: int(0) },
      outputs: 2,
    }),
    outputs: ['float32[2, 5, 5, 8]', 'float32[2, 5, 5, 8]'],
  },
  GatedRMSNorm: {
    node: microsoft({ operator: 'GatedRMSNorm', inputs: [hidden, floats(4), hidden] }),
    outputs: ['float32[2, 4, 8]'],
  },
  EngramGate: {
    node: microsoft({
      operator: 'EngramGate',
      inputs: [floats(2, 4, 3, 8), floats(2, 4, 3, 8), hidden, floats(3, 8), floats(3, 8)],
    }),
    outputs: ['float32[2, 4, 3, 8]'],
  },
}

const matrix: Readonly<Record<string, Documented>> = {
  GemmFastGelu: {
    node: microsoft({ operator: 'GemmFastGelu', inputs: [hidden, floats(8, 5)] }),
    outputs: ['float32[2, 4, 5]'],
  },
  'GemmFloat8 gives the type that is asked for': {
    node: microsoft({
      operator: 'GemmFloat8',
      inputs: [floats(3, 4), floats(5, 4)],
      attributes: { transB: int(1), dtype: int(10) },
    }),
    outputs: ['float16[3, 5]'],
  },
  MatMulFpQ4: {
    node: microsoft({
      operator: 'MatMulFpQ4',
      inputs: [floats(2, 64), weight('uint8', 240), constant('int64', [64, 6])],
    }),
    outputs: ['float32[2, 6]'],
  },
  MatMulBlockQuantizedFp4Weight: {
    node: microsoft({
      operator: 'MatMulBlockQuantizedFp4Weight',
      inputs: [floats(2, 64), weight('uint8', 6, 32), weight('uint8', 6, 4), scale],
    }),
    outputs: ['float32[2, 6]'],
  },
  MatMulNBitsMlp: {
    node: microsoft({
      operator: 'MatMulNBitsMlp',
      inputs: [
        floats(2, 64),
        null,
        floats(64),
        weight('uint8', 6, 2, 16),
        weight('float32', 12),
        null,
        weight('uint8', 6, 2, 16),
        weight('float32', 12),
      ],
      attributes: { K: int(64), N: int(6), block_size: int(32), activation: text('silu') },
    }),
    outputs: ['float32[2, 6]'],
  },
  MatMulNBitsQkv: {
    node: microsoft({
      operator: 'MatMulNBitsQkv',
      inputs: [
        floats(2, 64),
        null,
        floats(64),
        weight('uint8', 6, 2, 16),
        weight('float32', 12),
        null,
        weight('uint8', 3, 2, 16),
        weight('float32', 6),
        null,
        weight('uint8', 3, 2, 16),
        weight('float32', 6),
      ],
      attributes: { K: int(64), Nq: int(6), Nkv: int(3), block_size: int(32) },
      outputs: 3,
    }),
    outputs: ['float32[2, 6]', 'float32[2, 3]', 'float32[2, 3]'],
  },
  'QOrderedMatMul with a transposed weight': {
    node: microsoft({
      operator: 'QOrderedMatMul',
      inputs: [{ dtype: 'int8', shape: [2, 4, 8] }, scale, weight('int8', 5, 8), scale, scale],
      attributes: { order_A: int(1), order_B: int(0), order_Y: int(1) },
    }),
    outputs: ['int8[2, 4, 5]'],
  },
  'MatMulBnb4 backwards': {
    node: microsoft({
      operator: 'MatMulBnb4',
      inputs: [floats(2, 6), weight('uint8', 192), weight('float32', 6)],
      attributes: { K: int(64), N: int(6), block_size: int(64), quant_type: int(1), transB: int(0) },
    }),
    outputs: ['float32[2, 64]'],
  },
}

const convolution: Readonly<Record<string, Documented>> = {
  NhwcConv: {
    node: microsoft({
      operator: 'NhwcConv',
      inputs: [floats(1, 8, 7, 3), weight('float32', 4, 3, 3, 3)],
      attributes: { pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) },
    }),
    outputs: ['float32[1, 4, 4, 4]'],
  },
  NhwcFusedConv: {
    node: microsoft({
      operator: 'NhwcFusedConv',
      inputs: [floats(1, 8, 7, 3), weight('float32', 4, 3, 3, 3), floats(4), floats(1, 6, 5, 4)],
      attributes: { activation: text('Relu') },
    }),
    outputs: ['float32[1, 6, 5, 4]'],
  },
  'Conv of com.ms.internal.nhwc': {
    node: {
      operator: 'Conv',
      domain: 'com.ms.internal.nhwc',
      inputs: [floats(1, 8, 7, 3), weight('float32', 4, 3, 3, 3)],
    },
    outputs: ['float32[1, 6, 5, 4]'],
  },
  'MaxPool of com.ms.internal.nhwc': {
    node: {
      operator: 'MaxPool',
      domain: 'com.ms.internal.nhwc',
      domainOpset: 12,
      inputs: [floats(1, 8, 7, 3)],
      attributes: { kernel_shape: ints([2, 3]) },
      outputs: 2,
    },
    outputs: ['float32[1, 7, 5, 3]', 'int64[1, 7, 5, 3]'],
  },
  'DepthToSpace of com.ms.internal.nhwc': {
    node: {
      operator: 'DepthToSpace',
      domain: 'com.ms.internal.nhwc',
      domainOpset: 13,
      inputs: [floats(1, 3, 4, 8)],
      attributes: { blocksize: int(2) },
    },
    outputs: ['float32[1, 6, 8, 2]'],
  },
  'ReorderInput fills channels up to blocks': {
    node: { operator: 'ReorderInput', domain: 'com.microsoft.nchwc', inputs: [floats(1, 20, 6, 6)] },
    outputs: ['float32[1, 24, 6, 6]'],
  },
  'ReorderOutput cuts them off': {
    node: {
      operator: 'ReorderOutput',
      domain: 'com.microsoft.nchwc',
      inputs: [floats(1, 24, 6, 6)],
      attributes: { channels: int(20) },
    },
    outputs: ['float32[1, 20, 6, 6]'],
  },
  'Conv in blocks takes channels that are filled up': {
    node: {
      operator: 'Conv',
      domain: 'com.microsoft.nchwc',
      inputs: [floats(1, 20, 6, 6), weight('float32', 16, 24, 3, 3)],
    },
    outputs: ['float32[1, 16, 4, 4]'],
  },
  'Upsample in blocks': {
    node: {
      operator: 'Upsample',
      domain: 'com.microsoft.nchwc',
      inputs: [floats(1, 8, 3, 4)],
      attributes: { scales: ints([1, 1, 2, 3]) },
    },
    outputs: ['float32[1, 8, 6, 12]'],
  },
}

const attention: Readonly<Record<string, Documented>> = {
  LongformerAttention: {
    node: microsoft({
      operator: 'LongformerAttention',
      inputs: [
        hidden,
        weight('float32', 8, 24),
        weight('float32', 24),
        floats(2, 4),
        weight('float32', 8, 24),
        weight('float32', 24),
        int32(2, 4),
      ],
      attributes: { num_heads: int(2), window: int(1) },
    }),
    outputs: ['float32[2, 4, 8]'],
  },
  PackedAttention: {
    node: microsoft({
      operator: 'PackedAttention',
      inputs: [floats(7, 8), weight('float32', 8, 24), weight('float32', 24), int32(2, 4), int32(3)],
      attributes: { num_heads: int(2) },
    }),
    outputs: ['float32[7, 8]'],
  },
  'PackedMultiHeadAttention of packed queries': {
    node: microsoft({
      operator: 'PackedMultiHeadAttention',
      inputs: [floats(7, 2, 3, 4), null, null, null, int32(2, 4), int32(3)],
      attributes: { num_heads: int(2) },
    }),
    outputs: ['float32[7, 8]'],
  },
  'MultiHeadAttention of packed queries': {
    node: microsoft({
      operator: 'MultiHeadAttention',
      inputs: [floats(2, 4, 2, 3, 4)],
      attributes: { num_heads: int(2) },
    }),
    outputs: ['float32[2, 4, 8]'],
  },
  'PagedAttention leaves its caches as they are': {
    node: microsoft({
      operator: 'PagedAttention',
      inputs: [
        floats(7, 32),
        floats(7, 16),
        floats(7, 16),
        floats(9, 16, 2, 8),
        floats(9, 16, 2, 8),
        int32(3),
        int32(2),
        int32(2, 4),
      ],
      attributes: { num_heads: int(4), kv_num_heads: int(2) },
      outputs: 3,
    }),
    outputs: ['float32[7, 32]', 'float32[9, 16, 2, 8]', 'float32[9, 16, 2, 8]'],
  },
  'SparseAttention keeps its buffers': {
    node: microsoft({
      operator: 'SparseAttention',
      inputs: [
        floats(1, 4, 32),
        floats(1, 4, 16),
        floats(1, 4, 16),
        floats(1, 2, 16, 8),
        floats(1, 2, 16, 8),
        int32(1, 3),
        int32(1, 2),
        constant('int32', 4),
        int32(1),
      ],
      attributes: { num_heads: int(4), kv_num_heads: int(2), sparse_block_size: int(16) },
      outputs: 3,
    }),
    outputs: ['float32[1, 4, 32]', 'float32[1, 2, 16, 8]', 'float32[1, 2, 16, 8]'],
  },
  'DecoderAttention of a first step': {
    node: microsoft({
      operator: 'DecoderAttention',
      inputs: [
        floats(4, 2, 8),
        floats(6, 2, 8),
        weight('float32', 8, 8),
        weight('float32', 8, 16),
        weight('float32', 24),
        null,
        null,
        null,
        constant('bool', 1),
        constant('bool', 0),
        constant('bool', 1),
        constant('bool', 0),
      ],
      attributes: { num_heads: int(2) },
      outputs: 3,
    }),
    outputs: ['float32[4, 2, 8]', 'float32[2, 2, 6, 4]', 'float32[2, 2, 6, 4]'],
  },
  GatedDeltaNet: {
    node: microsoft({
      operator: 'GatedDeltaNet',
      inputs: [floats(7, 2, 4), floats(7, 2, 4), floats(7, 4, 6), null, floats(7, 4), floats(7, 4), floats(3, 4, 6, 4)],
      outputs: 2,
    }),
    outputs: ['float32[7, 4, 6]', 'float32[3, 4, 6, 4]'],
  },
  'CausalConvWithState with channels last and a window': {
    node: microsoft({
      operator: 'CausalConvWithState',
      inputs: [floats(2, 7, 3), weight('float32', 3, 1, 4)],
      attributes: { channels_last: int(1), dilation: int(2), state_window: int(5) },
      outputs: 2,
    }),
    outputs: ['float32[2, 7, 3]', 'float32[5, 2, 6, 3]'],
  },
  RelativePositionBias: {
    node: microsoft({
      operator: 'RelativePositionBias',
      inputs: [weight('float32', 32, 4), constant('int64', [5]), constant('int64', [5])],
      attributes: { max_distance: int(128) },
    }),
    outputs: ['float32[1, 4, 5, 5]'],
  },
  GatedRelativePositionBias: {
    node: microsoft({
      operator: 'GatedRelativePositionBias',
      inputs: [hidden, floats(8), floats(1, 2, 4, 4), weight('float32', 4, 8), floats(8), floats(1, 2, 1, 1)],
      attributes: { num_heads: int(2) },
    }),
    outputs: ['float32[2, 2, 4, 4]'],
  },
  GemmaRotaryEmbedding: {
    node: microsoft({
      operator: 'GemmaRotaryEmbedding',
      inputs: [floats(2, 4, 8), floats(2, 2, 4, 8), floats(2, 2, 4, 8), floats(2, 1, 4, 8), floats(2, 1, 4, 8)],
      outputs: 2,
    }),
    outputs: ['float32[2, 2, 4, 8]', 'float32[2, 1, 4, 8]'],
  },
}

const others: Readonly<Record<string, Documented>> = {
  Rfft: {
    node: microsoft({ operator: 'Rfft', inputs: [floats(2, 16)], attributes: { signal_ndim: int(1) } }),
    outputs: ['float32[2, 9, 2]'],
  },
  Irfft: {
    node: microsoft({ operator: 'Irfft', inputs: [floats(2, 9, 2)], attributes: { signal_ndim: int(1) } }),
    outputs: ['float32[2, 16]'],
  },
  RemovePadding: {
    node: microsoft({ operator: 'RemovePadding', inputs: [hidden, int32(2)], outputs: 4 }),
    outputs: ['float32[?, 8]', 'int32[2, 4]', 'int32[3]', 'int32[1]'],
  },
  RestorePadding: {
    node: microsoft({ operator: 'RestorePadding', inputs: [floats(7, 8), int32(2, 4)] }),
    outputs: ['float32[2, 4, 8]'],
  },
  TorchEmbedding: {
    node: microsoft({ operator: 'TorchEmbedding', inputs: [weight('float32', 9, 8), int64(2, 3)] }),
    outputs: ['float32[2, 3, 8]'],
  },
  NGramHashMapping: {
    node: microsoft({
      operator: 'NGramHashMapping',
      inputs: [int64(2, 5), int64(3), int64(8)],
      attributes: { max_ngram_size: int(3), n_head_per_ngram: int(4), pad_id: int(0) },
      outputs: 2,
    }),
    outputs: ['int64[2, 5, 8]', 'int64[2, 2]'],
  },
  QLinearReduceMean: {
    node: microsoft({
      operator: 'QLinearReduceMean',
      inputs: [bytes(2, 3, 4), scale, constant('uint8', 0), scale, constant('uint8', 0)],
      attributes: { axes: ints([-1, 1]), keepdims: int(0) },
    }),
    outputs: ['uint8[2]'],
  },
  ReduceSumInteger: {
    node: microsoft({
      operator: 'ReduceSumInteger',
      inputs: [bytes(2, 3, 4)],
      attributes: { axes: ints([1]), keepdims: int(1) },
    }),
    outputs: ['uint32[2, 1, 4]'],
  },
  MulInteger: {
    node: microsoft({ operator: 'MulInteger', inputs: [bytes(2, 3), constant('uint8', 0), bytes(3)] }),
    outputs: ['int32[2, 3]'],
  },
  QuantizeWithOrder: {
    node: microsoft({
      operator: 'QuantizeWithOrder',
      inputs: [floats(4, 32), scale],
      attributes: { order_input: int(1), order_output: int(2) },
    }),
    outputs: ['int8[4, 32]'],
  },
  ConvGrad: {
    node: microsoft({
      operator: 'ConvGrad',
      inputs: [floats(1, 4, 3, 3), floats(1, 3, 5, 5), weight('float32', 4, 3, 3, 3)],
      outputs: 3,
    }),
    outputs: ['float32[1, 3, 5, 5]', 'float32[4, 3, 3, 3]', 'float32[4]'],
  },
  LayerNormalizationGrad: {
    node: microsoft({
      operator: 'LayerNormalizationGrad',
      inputs: [hidden, hidden, floats(8), floats(2, 4, 1), floats(2, 4, 1)],
      outputs: 3,
    }),
    outputs: ['float32[2, 4, 8]', 'float32[8]', 'float32[8]'],
  },
  'FlexAttention of the preview': {
    node: {
      operator: 'FlexAttention',
      domain: 'ai.onnx.preview',
      inputs: [floats(2, 4, 3, 8), floats(2, 2, 6, 8), floats(2, 2, 6, 10)],
    },
    outputs: ['float32[2, 4, 3, 10]'],
  },
}

const old: Readonly<Record<string, Documented>> = {
  'Affine of opset 1': {
    node: { operator: 'Affine', opset: 1, inputs: [hidden], attributes: { alpha: float(2) } },
    outputs: ['float32[2, 4, 8]'],
  },
  'Crop takes a border off': {
    node: { operator: 'Crop', opset: 1, inputs: [floats(1, 3, 10, 9)], attributes: { border: ints([1, 2, 3, 1]) } },
    outputs: ['float32[1, 3, 7, 5]'],
  },
  'Crop to a size': {
    node: {
      operator: 'Crop',
      opset: 1,
      inputs: [floats(1, 3, 10, 9)],
      attributes: { border: ints([1, 2, 0, 0]), scale: ints([4, 5]) },
    },
    outputs: ['float32[1, 3, 4, 5]'],
  },
  'ConstantFill of a shape that an input holds': {
    node: {
      operator: 'ConstantFill',
      opset: 1,
      inputs: [constant('int64', [2, 3])],
      attributes: { input_as_shape: int(1), extra_shape: ints([4]), dtype: int(7) },
    },
    outputs: ['int64[2, 3, 4]'],
  },
  'FC flattens its input': {
    node: { operator: 'FC', opset: 1, inputs: [floats(2, 3, 4), weight('float32', 5, 12), floats(5)] },
    outputs: ['float32[2, 5]'],
  },
  'DynamicSlice has its starts as an input': {
    node: {
      operator: 'DynamicSlice',
      opset: 1,
      inputs: [floats(5, 6), constant('int64', [1]), constant('int64', [4]), constant('int64', [1])],
    },
    outputs: ['float32[5, 3]'],
  },
  'Upsample of opset 1': {
    node: {
      operator: 'Upsample',
      opset: 1,
      inputs: [floats(1, 2, 4, 6)],
      attributes: { height_scale: float(2), width_scale: float(1.5) },
    },
    outputs: ['float32[1, 2, 8, 9]'],
  },
}

describe.each(Object.entries({ ...elementwise, ...matrix, ...convolution, ...attention, ...others, ...old }))(
  '%s',
  (_, { node, outputs }) => {
    test('has the sizes of its documentation, with fixed and with free inputs, and a cost', () => {
      expect(inferred(node)).toEqual(outputs)
      expect(inferredFree(node)).toEqual(outputs)
      expect(countGraph(oneNode(node)).counts.unknownOperators).toEqual([])
    })
  },
)

describe('maps of classical machine learning', () => {
  const domain = 'ai.onnx.ml'
  const build = (operator: string, attributes: NodeCase['attributes'], value: 'float32' | 'string') => {
    const builder = new GraphBuilder('map')
    const type = { kind: 'tensor', dtype: value, shape: [] } as const
    const input = builder.inputOfType('x', { kind: 'map', key: 'int64', value: type })
    const output = builder.node(operator, [input], attributes, { domain })
    builder.output(output)
    return inferTypes(builder.build({ opsets: { [domain]: 1 } })).main.values.get(output)?.type
  }

  test('DictVectorizer has a column for every word', () => {
    const type = build('DictVectorizer', { int64_vocabulary: ints([1, 5, 9]) }, 'float32')
    expect(type).toEqual({ kind: 'tensor', dtype: 'float32', shape: [1, 3] })
  })

  test('CastMap of a sparse map is as long as it may be', () => {
    const attributes = { cast_to: text('TO_INT64'), map_form: text('SPARSE'), max_map: int(7) }
    expect(build('CastMap', attributes, 'string')).toEqual({ kind: 'tensor', dtype: 'int64', shape: [1, 7] })
  })

  test('ZipMap gives a map from labels to scores for every row', () => {
    const builder = new GraphBuilder('map')
    const attributes = { classlabels_strings: texts(['a', 'b']) }
    const output = builder.node('ZipMap', [builder.input('x', 'float32', [4, 2])], attributes, { domain })
    builder.output(output)
    expect(inferTypes(builder.build({ opsets: { [domain]: 1 } })).main.values.get(output)?.type).toEqual({
      kind: 'sequence',
      element: { kind: 'map', key: 'string', value: { kind: 'tensor', dtype: 'float32', shape: [] } },
    })
  })
})

describe('text generation', () => {
  /** A decoder that multiplies 8 features of every token by a vocabulary of 16. */
  function greedy(longest: number | undefined) {
    const builder = new GraphBuilder('generation')
    const prompt = builder.input('prompt', 'int32', [3, 4])
    const table = builder.initializer('table', new Float32Array(128), [16, 8])
    const head = builder.initializer('head', new Float32Array(128), [8, 16])
    const decoder = builder.subgraph('decoder', (inner) => {
      const ids = inner.input('input_ids', 'int32', ['batch_size', 'sequence_length'])
      inner.output(inner.node('MatMul', [inner.node('Gather', [table, ids]), head]))
    })
    const length = longest === undefined ? builder.input('longest', 'int32', [1]) : builder.constant([longest], 'int32')
    const attributes = {
      decoder: graphAttribute(decoder),
      eos_token_id: int(0),
      pad_token_id: int(0),
      vocab_size: int(16),
    }
    builder.output(builder.node('GreedySearch', [prompt, length], attributes, { domain: 'com.microsoft' }))
    return countGraph(builder.build({ opsets: { 'com.microsoft': 1 } }))
  }

  test('a known length runs the decoder for each token: 9 tokens * 3 sequences * 8 * 16', () => {
    const { counts, outputs } = greedy(10)
    expect(counts.macs).toBe(3456)
    expect(counts.assumptions.join()).toContain('counted for each of 9 tokens')
    expect(outputs[0]?.shape).toEqual([3, 10])
  })

  test('an unknown length counts one pass over the prompt, and says so: 3 * 4 tokens * 8 * 16', () => {
    const { counts } = greedy(undefined)
    expect(counts.macs).toBe(1536)
    expect(counts.assumptions.join()).toContain('the run decides how many tokens come out')
  })
})
