/** Signals, losses, random numbers, strings and attention against onnxruntime. */
import { int, ints, text, texts } from '../../src/graph/attributes.js'
import { constant, describeNodes, floats, type InputCase, type NodeCase, weight } from '../helpers/one-node.js'

const strings = (...shape: readonly number[]): InputCase => ({ dtype: 'string', shape })
const labels = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })

const signal: Readonly<Record<string, NodeCase>> = {
  'DFT of a real signal, opset 17': {
    operator: 'DFT',
    opset: 17,
    inputs: [floats(2, 10, 1)],
    attributes: { onesided: int(1) },
  },
  'DFT along the first axis, opset 17': {
    operator: 'DFT',
    opset: 17,
    inputs: [floats(2, 10, 2)],
    attributes: { axis: int(0) },
  },
  'DFT of a padded signal, opset 20': {
    operator: 'DFT',
    opset: 20,
    inputs: [floats(2, 10, 6, 1), constant('int64', 16), constant('int64', 1)],
  },
  'DFT of opset 20 takes the last axis but one': {
    operator: 'DFT',
    opset: 20,
    inputs: [floats(2, 10, 6, 2)],
    attributes: { inverse: int(1) },
  },
  'DFT back from one side to a real signal': {
    operator: 'DFT',
    opset: 20,
    inputs: [floats(2, 6, 2), null, constant('int64', 1)],
    attributes: { onesided: int(1), inverse: int(1) },
  },
  'STFT with a window': {
    operator: 'STFT',
    opset: 17,
    inputs: [floats(1, 128, 1), constant('int64', 8), weight('float32', 16), constant('int64', 16)],
  },
  'STFT without a window, both sides': {
    operator: 'STFT',
    opset: 17,
    inputs: [floats(1, 128, 1), constant('int64', 8), null, constant('int64', 16)],
    attributes: { onesided: int(0) },
  },
  HannWindow: { operator: 'HannWindow', opset: 17, inputs: [constant('int64', 10)] },
  'HammingWindow in double precision': {
    operator: 'HammingWindow',
    opset: 17,
    inputs: [constant('int64', 10)],
    attributes: { output_datatype: int(11) },
  },
  BlackmanWindow: { operator: 'BlackmanWindow', opset: 17, inputs: [constant('int32', 7)] },
  MelWeightMatrix: {
    operator: 'MelWeightMatrix',
    opset: 17,
    inputs: [
      constant('int64', 8),
      constant('int64', 16),
      constant('int64', 8192),
      constant('float32', 0),
      constant('float32', 4096),
    ],
  },
}

const loss: Readonly<Record<string, NodeCase>> = {
  'NegativeLogLikelihoodLoss, one for each label': {
    operator: 'NegativeLogLikelihoodLoss',
    opset: 13,
    inputs: [floats(3, 5, 2), labels(3, 2)],
    attributes: { reduction: text('none') },
  },
  'NegativeLogLikelihoodLoss, reduced': {
    operator: 'NegativeLogLikelihoodLoss',
    opset: 12,
    inputs: [floats(3, 5), labels(3), floats(5)],
  },
  SoftmaxCrossEntropyLoss: {
    operator: 'SoftmaxCrossEntropyLoss',
    opset: 13,
    inputs: [floats(3, 5, 2), labels(3, 2)],
    outputs: 2,
  },
}

const random: Readonly<Record<string, NodeCase>> = {
  RandomNormal: { operator: 'RandomNormal', inputs: [], attributes: { shape: ints([2, 3]) } },
  'RandomUniform in double precision': {
    operator: 'RandomUniform',
    inputs: [],
    attributes: { shape: ints([4]), dtype: int(11) },
  },
  RandomNormalLike: { operator: 'RandomNormalLike', inputs: [floats(2, 3)] },
  'RandomUniformLike of another type': {
    operator: 'RandomUniformLike',
    inputs: [labels(2, 3)],
    attributes: { dtype: int(1) },
  },
  Bernoulli: { operator: 'Bernoulli', opset: 15, inputs: [floats(2, 3)], attributes: { dtype: int(6) } },
  Multinomial: { operator: 'Multinomial', inputs: [floats(2, 5)], attributes: { sample_size: int(7) } },
}

const strung: Readonly<Record<string, NodeCase>> = {
  'StringNormalizer keeps all words': {
    operator: 'StringNormalizer',
    inputs: [strings(4)],
    attributes: { case_change_action: text('UPPER'), locale: text('C') },
  },
  'StringNormalizer drops stop words': {
    operator: 'StringNormalizer',
    inputs: [{ dtype: 'string', shape: [1, 3], values: ['a', 'b', 'the'] }],
    attributes: { stopwords: texts(['the']), locale: text('C') },
    isDecidedByRun: true,
  },
  StringConcat: { operator: 'StringConcat', opset: 20, inputs: [strings(2, 3), strings(3)] },
  StringSplit: { operator: 'StringSplit', opset: 20, inputs: [strings(2, 3)], outputs: 2, isDecidedByRun: true },
  RegexFullMatch: {
    operator: 'RegexFullMatch',
    opset: 20,
    inputs: [strings(2, 3)],
    attributes: { pattern: text('w.*') },
  },
  TfIdfVectorizer: {
    operator: 'TfIdfVectorizer',
    inputs: [{ dtype: 'int32', shape: [2, 6] }],
    attributes: {
      mode: text('TF'),
      min_gram_length: int(2),
      max_gram_length: int(2),
      max_skip_count: int(0),
      ngram_counts: ints([0, 4]),
      ngram_indexes: ints([0, 1, 2, 3, 4, 5, 6]),
      pool_int64s: ints([2, 3, 5, 4, 5, 6, 7, 8, 6, 7]),
    },
  },
}

const heads = { q_num_heads: int(4), kv_num_heads: int(2) }
const attention: Readonly<Record<string, NodeCase>> = {
  'Attention in four dimensions': {
    operator: 'Attention',
    opset: 23,
    inputs: [floats(2, 3, 4, 8), floats(2, 3, 6, 8), floats(2, 3, 6, 10)],
  },
  'Attention in three dimensions, grouped': {
    operator: 'Attention',
    opset: 23,
    inputs: [floats(2, 5, 32), floats(2, 6, 16), floats(2, 6, 20)],
    attributes: heads,
  },
  'Attention with a past': {
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
    attributes: { qk_matmul_output_mode: int(1) },
    outputs: 4,
  },
  'Attention with a half of the cache in use': {
    operator: 'Attention',
    opset: 24,
    inputs: [floats(2, 3, 4, 8), floats(2, 3, 6, 8), floats(2, 3, 6, 8), null, null, null, constant('int64', [3, 4])],
  },
  TensorScatter: { operator: 'TensorScatter', opset: 24, inputs: [floats(2, 3, 8, 4), floats(2, 3, 2, 4), labels(2)] },
  'LinearAttention of the standard': {
    operator: 'LinearAttention',
    opset: 27,
    inputs: [floats(2, 5, 8), floats(2, 5, 4), floats(2, 5, 6), null, floats(2, 5, 1), floats(2, 5, 1)],
    attributes: { q_num_heads: int(2), kv_num_heads: int(1) },
    outputs: 2,
  },
  'CausalConvWithState of the standard': {
    operator: 'CausalConvWithState',
    opset: 27,
    inputs: [floats(2, 3, 7), weight('float32', 3, 1, 4)],
    outputs: 2,
  },
  'RotaryEmbedding with positions': {
    operator: 'RotaryEmbedding',
    opset: 23,
    inputs: [floats(2, 4, 3, 8), weight('float32', 50, 4), weight('float32', 50, 4), labels(2, 3)],
  },
}

describeNodes({ ...signal, ...loss, ...random, ...strung, ...attention })
