/** Recurrent networks against onnxruntime. */
import { int, text } from '../../src/graph/attributes.js'
import { constant, describeNodes, floats, type NodeCase, weight } from '../helpers/one-node.js'

const X = floats(5, 2, 3)
const CASES: Readonly<Record<string, NodeCase>> = {
  'RNN forward': {
    operator: 'RNN',
    inputs: [X, weight('float32', 1, 4, 3), weight('float32', 1, 4, 4)],
    attributes: { hidden_size: int(4) },
    outputs: 2,
  },
  'LSTM in both directions': {
    operator: 'LSTM',
    inputs: [X, weight('float32', 2, 16, 3), weight('float32', 2, 16, 4), weight('float32', 2, 32)],
    attributes: { hidden_size: int(4), direction: text('bidirectional') },
    outputs: 3,
  },
  'GRU in reverse, of opset 7': {
    operator: 'GRU',
    opset: 7,
    inputs: [X, weight('float32', 1, 12, 3), weight('float32', 1, 12, 4)],
    attributes: { hidden_size: int(4), direction: text('reverse') },
    outputs: 2,
  },
  'LSTM without hidden_size': {
    operator: 'LSTM',
    opset: 14,
    inputs: [X, weight('float32', 1, 16, 3), weight('float32', 1, 16, 4), null, constant('int32', [5, 3])],
    attributes: { hidden_size: int(4) },
    outputs: ['', 'last', 'cell'],
  },
  DynamicQuantizeLSTM: {
    operator: 'DynamicQuantizeLSTM',
    domain: 'com.microsoft',
    inputs: [
      X,
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
  },
}

describeNodes(CASES)
