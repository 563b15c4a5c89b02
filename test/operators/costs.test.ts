/** Costs worked out by hand; the arithmetic stands in the name of each claim. */
import { describe, expect, test } from 'vitest'
import { float, int, ints, floats as numbers, text, texts } from '../../src/graph/attributes.js'
import { countGraph } from '../../src/operators/count.js'
import { bytes, constant, floats, type InputCase, type NodeCase, oneNode, weight } from '../helpers/one-node.js'

interface CostCase {
  readonly node: NodeCase
  readonly macs: number
  readonly other?: number
}

const scale = constant('float32', 0.5)
const zero = constant('uint8', 3)
const labels = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })
const microsoft = (node: Omit<NodeCase, 'domain'>): NodeCase => ({ domain: 'com.microsoft', ...node })

const recurrent: Readonly<Record<string, CostCase>> = {
  // T = 5 steps, N = 2 sequences, I = 3 inputs, H = 4 units.
  'LSTM: 2 directions * 5 steps * 2 sequences * 4 gates * 4 units * (3 + 4)': {
    node: {
      operator: 'LSTM',
      inputs: [floats(5, 2, 3), weight('float32', 2, 16, 3), weight('float32', 2, 16, 4)],
      attributes: { hidden_size: int(4), direction: text('bidirectional') },
      outputs: 3,
    },
    macs: 2240,
    // A sum and an activation for each of 4 gates, and 5 steps for cell and output: 2 * 5 * 2 * 4 * (4 * 2 + 5).
    other: 1040,
  },
  'GRU with bias: 5 * 2 * 3 gates * 4 * (3 + 4)': {
    node: {
      operator: 'GRU',
      inputs: [floats(5, 2, 3), weight('float32', 1, 12, 3), weight('float32', 1, 12, 4), weight('float32', 1, 24)],
      attributes: { hidden_size: int(4) },
      outputs: 2,
    },
    macs: 840,
    // 5 * 2 * 4 * (3 * (2 + 2 biases) + 5).
    other: 680,
  },
  'RNN: 5 * 2 * 4 * (3 + 4)': {
    node: {
      operator: 'RNN',
      inputs: [floats(5, 2, 3), weight('float32', 1, 4, 3), weight('float32', 1, 4, 4)],
      attributes: { hidden_size: int(4) },
      outputs: 2,
    },
    macs: 280,
    other: 80,
  },
  'RNN with lengths 5 and 2: (5 + 2) * 4 * (3 + 4)': {
    node: {
      operator: 'RNN',
      inputs: [
        floats(5, 2, 3),
        weight('float32', 1, 4, 3),
        weight('float32', 1, 4, 4),
        null,
        constant('int32', [5, 2]),
      ],
      attributes: { hidden_size: int(4) },
      outputs: 2,
    },
    macs: 196,
    other: 56,
  },
  'LSTM with the batch first: 5 * 2 * 4 * 4 * (3 + 4)': {
    node: {
      operator: 'LSTM',
      inputs: [floats(2, 5, 3), weight('float32', 1, 16, 3), weight('float32', 1, 16, 4)],
      attributes: { hidden_size: int(4), layout: int(1) },
      outputs: 3,
    },
    macs: 1120,
  },
  'DynamicQuantizeLSTM as its float form: 5 * 2 * 4 * 4 * (3 + 4)': {
    node: microsoft({
      operator: 'DynamicQuantizeLSTM',
      inputs: [
        floats(5, 2, 3),
        weight('int8', 1, 3, 16),
        weight('int8', 1, 4, 16),
        null,
        null,
        null,
        null,
        null,
        weight('float32', 1),
        weight('int8', 1),
        weight('float32', 1),
        weight('int8', 1),
      ],
      attributes: { hidden_size: int(4) },
      outputs: 3,
    }),
    macs: 1120,
  },
}

const attention: Readonly<Record<string, CostCase>> = {
  'Attention: 2 batches * 3 heads * 4 queries * 6 keys * (8 + 10)': {
    node: { operator: 'Attention', opset: 23, inputs: [floats(2, 3, 4, 8), floats(2, 3, 6, 8), floats(2, 3, 6, 10)] },
    macs: 2592,
    // Softmax of 144 scores in 5 steps; queries (192) and keys (288) are scaled.
    other: 1200,
  },
  'Attention with a past of 12: 2 * 3 * 4 * (12 + 6) * (8 + 8)': {
    node: {
      operator: 'Attention',
      opset: 23,
      inputs: [
        floats(2, 3, 4, 8),
        floats(2, 3, 6, 8),
        floats(2, 3, 6, 8),
        null,
        floats(2, 3, 12, 8),
        floats(2, 3, 12, 8),
      ],
      outputs: 3,
    },
    macs: 6912,
  },
  'com.microsoft Attention: 2 * 4 * 8 * 24 to project, 2 * 2 heads * 4 * 4 * (4 + 4) to attend': {
    node: microsoft({
      operator: 'Attention',
      inputs: [floats(2, 4, 8), weight('float32', 8, 24), floats(24)],
      attributes: { num_heads: int(2) },
    }),
    macs: 1536 + 512,
    // A bias for 2 * 4 * 24 values; softmax and scale for 64 scores.
    other: 192 + 64 * 6,
  },
  'QAttention as its float form': {
    node: microsoft({
      operator: 'QAttention',
      inputs: [bytes(2, 4, 8), weight('uint8', 8, 24), weight('float32', 24), scale, scale, null, zero, zero],
      attributes: { num_heads: int(2) },
    }),
    macs: 1536 + 512,
  },
  'MultiHeadAttention across: 2 * 2 heads * 4 queries * 6 keys * (4 + 6)': {
    node: microsoft({
      operator: 'MultiHeadAttention',
      inputs: [floats(2, 4, 8), floats(2, 6, 8), floats(2, 6, 12)],
      attributes: { num_heads: int(2) },
    }),
    macs: 960,
  },
  'GroupQueryAttention: 2 * 4 query heads * 1 query * 5 positions so far * (8 + 8)': {
    node: microsoft({
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
    }),
    macs: 640,
  },
  'LinearAttention by the delta rule: 2 * 5 tokens * 2 heads * 4 * 6 * 3 products': {
    node: {
      operator: 'LinearAttention',
      opset: 27,
      inputs: [floats(2, 5, 8), floats(2, 5, 8), floats(2, 5, 12), null, floats(2, 5, 2), floats(2, 5, 2)],
      attributes: { q_num_heads: int(2), kv_num_heads: int(2) },
      outputs: 2,
    },
    macs: 1440,
  },
  'CausalConvWithState: 2 * 3 * 7 elements * 4 taps': {
    node: {
      operator: 'CausalConvWithState',
      opset: 27,
      inputs: [floats(2, 3, 7), weight('float32', 3, 1, 4)],
      outputs: 2,
    },
    macs: 168,
  },
  'RotaryEmbedding: 3 steps for 2 * 4 * 3 * 8 elements': {
    node: {
      operator: 'RotaryEmbedding',
      opset: 23,
      inputs: [floats(2, 4, 3, 8), weight('float32', 50, 4), weight('float32', 50, 4), labels(2, 3)],
    },
    macs: 0,
    other: 576,
  },
}

const quantized: Readonly<Record<string, CostCase>> = {
  'QLinearConv: 4 * 5 * 5 results * 3 * 3 * 3 weights, zero points are no bias': {
    node: {
      operator: 'QLinearConv',
      inputs: [bytes(1, 3, 9, 9), scale, zero, weight('uint8', 4, 3, 3, 3), scale, zero, scale, zero],
      attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
    },
    macs: 2700,
    // Scale, round, saturate and shift 100 results.
    other: 400,
  },
  'QLinearMatMul: 2 * 3 * 5 results * 4': {
    node: {
      operator: 'QLinearMatMul',
      inputs: [bytes(2, 3, 4), scale, zero, weight('uint8', 4, 5), scale, zero, scale, zero],
    },
    macs: 120,
    other: 120,
  },
  'ConvInteger: 3 * 4 * 4 results * 2 * 3 * 3, and 128 differences to the zero point': {
    node: {
      operator: 'ConvInteger',
      inputs: [bytes(1, 2, 8, 8), weight('uint8', 3, 2, 3, 3), zero],
      attributes: { dilations: ints([2, 2]) },
    },
    macs: 864,
    other: 128,
  },
  'MatMulInteger: 2 * 5 * 3 * 2 results * 4': {
    node: { operator: 'MatMulInteger', inputs: [bytes(2, 1, 3, 4), bytes(5, 4, 2)] },
    macs: 240,
    other: 0,
  },
  'MatMulNBits: 2 * 3 rows * 64 * 6': {
    node: microsoft({
      operator: 'MatMulNBits',
      inputs: [floats(2, 3, 64), weight('uint8', 6, 2, 16), weight('float32', 12)],
      attributes: { K: int(64), N: int(6), bits: int(4), block_size: int(32) },
    }),
    macs: 2304,
    other: 0,
  },
  'QGemm: 3 * 5 results * 4': {
    node: microsoft({
      operator: 'QGemm',
      inputs: [bytes(3, 4), scale, zero, weight('uint8', 5, 4), scale, zero],
      attributes: { transB: int(1) },
    }),
    macs: 60,
  },
  'QLinearAdd: two operands dequantised (2 steps), summed, and quantised (4): 9 for each of 6': {
    node: microsoft({
      operator: 'QLinearAdd',
      inputs: [bytes(2, 3), scale, zero, bytes(2, 3), scale, zero, scale, zero],
    }),
    macs: 0,
    other: 54,
  },
}

const fused: Readonly<Record<string, CostCase>> = {
  'FusedConv: 4 * 3 * 3 results * 27 weights; bias and activation for each': {
    node: microsoft({
      operator: 'FusedConv',
      inputs: [floats(1, 3, 8, 8), weight('float32', 4, 3, 3, 3), floats(4)],
      attributes: { activation: text('Relu'), strides: ints([2, 2]) },
    }),
    macs: 972,
    other: 72,
  },
  'FusedGemm: 3 * 4 results * 5; bias and activation for each': {
    node: microsoft({
      operator: 'FusedGemm',
      inputs: [floats(5, 3), floats(4, 5), floats(4)],
      attributes: { transA: int(1), transB: int(1), activation: text('Relu') },
    }),
    macs: 60,
    other: 24,
  },
  'FusedMatMul: 2 * 3 * 4 results * 5, scaled': {
    node: microsoft({
      operator: 'FusedMatMul',
      inputs: [floats(2, 5, 3), floats(2, 4, 5)],
      attributes: { transA: int(1), transB: int(1), alpha: float(0.5) },
    }),
    macs: 120,
    other: 24,
  },
  'SkipLayerNormalization: 6 steps and a bias for 64 elements': {
    node: microsoft({
      operator: 'SkipLayerNormalization',
      inputs: [floats(2, 4, 8), floats(2, 4, 8), floats(8), floats(8), floats(8)],
    }),
    macs: 0,
    other: 448,
  },
  // 4 tokens see 2 of 3 experts, each of 16 * 8 and 8 * 16 weights.
  'MoE: 4 tokens * 2 experts * (128 + 128)': {
    node: microsoft({
      operator: 'MoE',
      inputs: [floats(4, 8), floats(4, 3), weight('float32', 3, 16, 8), null, weight('float32', 3, 8, 16)],
      attributes: { k: int(2), activation_type: text('gelu') },
    }),
    macs: 2048,
  },
  'QMoE of 4 bits: 4 * 2 * (64 * 32 + 32 * 64)': {
    node: microsoft({
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
    }),
    macs: 32768,
  },
  // Blocks of 8 channels: a depthwise filter has one channel of its own.
  'com.microsoft.nchwc Conv in depth: 8 * 4 * 4 results * 9': {
    node: {
      operator: 'Conv',
      domain: 'com.microsoft.nchwc',
      inputs: [floats(1, 8, 6, 6), weight('float32', 8, 1, 3, 3)],
      attributes: { group: int(8) },
    },
    macs: 1152,
  },
}

const classical: Readonly<Record<string, CostCase>> = {
  'LinearRegressor: 4 rows * 3 features * 2 targets': {
    node: {
      operator: 'LinearRegressor',
      domain: 'ai.onnx.ml',
      inputs: [floats(4, 3)],
      attributes: { coefficients: numbers([1, 2, 3, 4, 5, 6]), intercepts: numbers([1, 2]), targets: int(2) },
    },
    macs: 24,
    other: 8,
  },
  'SVMRegressor: 4 rows * (3 vectors * 3 features + 3 coefficients)': {
    node: {
      operator: 'SVMRegressor',
      domain: 'ai.onnx.ml',
      inputs: [floats(4, 3)],
      attributes: {
        coefficients: numbers([1, -1, 0.5]),
        support_vectors: numbers([0, 1, 2, 3, 4, 5, 6, 7, 8]),
        rho: numbers([0.1]),
        n_supports: int(3),
      },
    },
    macs: 48,
  },
  // Leaves at depths 1, 2 and 2: 5/3 comparisons; one sum per tree.
  'TreeEnsembleRegressor: 4 rows * (5/3 + 1)': {
    node: {
      operator: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: [floats(4, 3)],
      attributes: {
        n_targets: int(1),
        nodes_treeids: ints([0, 0, 0, 0, 0]),
        nodes_nodeids: ints([0, 1, 2, 3, 4]),
        nodes_modes: texts(['BRANCH_LEQ', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF']),
        nodes_truenodeids: ints([1, 0, 3, 0, 0]),
        nodes_falsenodeids: ints([2, 0, 4, 0, 0]),
      },
    },
    macs: 0,
    other: 4 * (5 / 3 + 1),
  },
  'TreeEnsemble of one node with two leaves: 4 rows * (1 + 1)': {
    node: {
      operator: 'TreeEnsemble',
      domain: 'ai.onnx.ml',
      domainOpset: 5,
      inputs: [floats(4, 3)],
      attributes: {
        n_targets: int(1),
        tree_roots: ints([0]),
        nodes_truenodeids: ints([0]),
        nodes_falsenodeids: ints([1]),
        nodes_trueleafs: ints([1]),
        nodes_falseleafs: ints([1]),
      },
    },
    macs: 0,
    other: 8,
  },
  'a tree whose links run in circles is counted and ends: 4 rows * (depth 1 + 1)': {
    node: {
      operator: 'TreeEnsemble',
      domain: 'ai.onnx.ml',
      domainOpset: 5,
      inputs: [floats(4, 3)],
      attributes: {
        n_targets: int(1),
        tree_roots: ints([0]),
        nodes_truenodeids: ints([0]),
        nodes_falsenodeids: ints([0]),
        nodes_trueleafs: ints([0]),
        nodes_falseleafs: ints([0]),
      },
    },
    macs: 0,
    other: 8,
  },
}

const others: Readonly<Record<string, CostCase>> = {
  'AffineGrid: 2 images * 5 * 6 points * 2 coordinates * 3': {
    node: { operator: 'AffineGrid', opset: 20, inputs: [floats(2, 2, 3), constant('int64', [2, 3, 5, 6])] },
    macs: 360,
  },
  'Resize to the nearest moves elements only': {
    node: { operator: 'Resize', opset: 13, inputs: [floats(1, 2, 4, 4), null, constant('float32', [1, 1, 2, 2])] },
    macs: 0,
    other: 0,
  },
  'Resize between 4 neighbours: 4 products and 3 sums for 1 * 2 * 8 * 8': {
    node: {
      operator: 'Resize',
      opset: 13,
      inputs: [floats(1, 2, 4, 4), null, constant('float32', [1, 1, 2, 2])],
      attributes: { mode: text('linear') },
    },
    macs: 0,
    other: 896,
  },
  'Resize along one axis: 2 products and a sum for 1 * 2 * 4 * 8': {
    node: {
      operator: 'Resize',
      opset: 13,
      inputs: [floats(1, 2, 4, 4), null, constant('float32', [1, 1, 1, 2])],
      attributes: { mode: text('linear') },
    },
    macs: 0,
    other: 192,
  },
  'GridSample: 4 steps for 30 coordinates, 7 for 1 * 2 * 3 * 5 samples': {
    node: { operator: 'GridSample', opset: 16, inputs: [floats(1, 2, 6, 5), floats(1, 3, 5, 2)] },
    macs: 0,
    other: 330,
  },
  'RoiAlign: 3 * 2 * 4 * 5 bins of 2 * 2 points, 8 steps each': {
    node: {
      operator: 'RoiAlign',
      opset: 16,
      inputs: [floats(1, 2, 6, 5), floats(3, 4), constant('int64', [0, 0, 0])],
      attributes: { output_height: int(4), output_width: int(5), sampling_ratio: int(2) },
    },
    macs: 0,
    other: 3840,
  },
  'DFT of 2 complex signals of 16 points: 2 * 5 * 16 * log2(16)': {
    node: { operator: 'DFT', opset: 17, inputs: [floats(2, 16, 2)] },
    macs: 0,
    other: 640,
  },
  'STFT: 15 frames of 16 real points, 16 products with the window and 2.5 * 16 * 4': {
    node: {
      operator: 'STFT',
      opset: 17,
      inputs: [floats(1, 128, 1), constant('int64', 8), weight('float32', 16), constant('int64', 16)],
    },
    macs: 0,
    other: 15 * (16 + 160),
  },
  'SoftmaxCrossEntropyLoss: 6 steps for 15 scores, negation and sum for 3 labels': {
    node: { operator: 'SoftmaxCrossEntropyLoss', opset: 13, inputs: [floats(3, 5), labels(3)] },
    macs: 0,
    other: 96,
  },
  'Adam: 15 steps for 6 weights': {
    node: {
      operator: 'Adam',
      domain: 'ai.onnx.preview.training',
      inputs: [constant('float32', 0.1), constant('int64', 1), floats(2, 3), floats(2, 3), floats(2, 3), floats(2, 3)],
      outputs: 3,
    },
    macs: 0,
    other: 90,
  },
  'ConvGrad: both gradients need the 4 * 3 * 3 * 27 products of the forward pass': {
    node: microsoft({
      operator: 'ConvGrad',
      inputs: [floats(1, 4, 3, 3), floats(1, 3, 5, 5), weight('float32', 4, 3, 3, 3)],
      outputs: 2,
    }),
    macs: 1944,
  },
}

describe.each(Object.entries({ ...recurrent, ...attention, ...quantized, ...fused, ...classical, ...others }))(
  '%s',
  (_, { node, macs, other }) => {
    test(`costs ${macs} multiply-accumulates`, () => {
      const { counts } = countGraph(oneNode(node))
      expect(counts.macs).toBe(macs)
      expect(counts.unknownOperators).toEqual([])
      if (other !== undefined) expect(counts.otherOperations).toBeCloseTo(other, 6)
    })
  },
)
