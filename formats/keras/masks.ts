/**
 * Which time steps count, on the way through a model. Keras hands a mask on with the tensor; Keras 3 also writes it into the
 * file as an argument. Most layers lose it.
 * @see https://keras.io/guides/understanding_masking_and_padding/
 */
import { type CallArguments, TensorArgument, tensorsIn } from './call-arguments.js'
import type { KerasTensor } from './keras-graph.js'
import type { LayerConfig } from './model-config.js'

/** Tensors with these names are no inputs. */
const NAMED = new Set(['mask', 'query_mask', 'value_mask', 'key_mask', 'attention_mask', 'initial_state'])

/** Layers of Keras whose `supports_masking` is true, beside the activations. */
const KEEP_MASKS = new Set([
  ...['Activation', 'ELU', 'LeakyReLU', 'PReLU', 'ReLU', 'Softmax', 'ThresholdedReLU'],
  ...['ActivityRegularization', 'AlphaDropout', 'Dropout', 'GaussianDropout', 'GaussianNoise', 'Identity'],
  ...['SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D'],
  ...['BatchNormalization', 'GroupNormalization', 'LayerNormalization', 'UnitNormalization'],
  ...['Add', 'Average', 'Concatenate', 'Maximum', 'Minimum', 'Multiply', 'Subtract'],
  ...['Attention', 'AdditiveAttention', 'MultiHeadAttention', 'GroupQueryAttention', 'GroupedQueryAttention'],
  ...['Bidirectional', 'ConvLSTM1D', 'ConvLSTM2D', 'ConvLSTM3D', 'GRU', 'LSTM', 'RNN', 'SimpleRNN', 'TimeDistributed'],
  ...['CuDNNGRU', 'CuDNNLSTM', 'Dense', 'Embedding', 'Lambda', 'Masking', 'Normalization', 'Rescaling'],
])

/** @returns the tensors among the arguments, with the masks that the file gives for them */
export function maskedInputs({ positional, keywords }: CallArguments): readonly KerasTensor[] {
  const named = Object.entries(keywords).flatMap(([name, value]) => (NAMED.has(name) ? [] : tensorsIn(value)))
  const inputs = [...positional.flatMap(tensorsIn), ...named]
  const { mask } = keywords
  const masks: readonly unknown[] = Array.isArray(mask) ? mask : [mask]
  return inputs.map((input, index) => {
    const own = masks[index]
    return own instanceof TensorArgument && own.tensor.dtype === 'bool' ? { ...input, mask: own.tensor.name } : input
  })
}

/** @returns the outputs, without the masks that a layer of Keras does not hand on; plugins see to it themselves */
export function withoutLostMasks(
  { className }: LayerConfig,
  isOperator: boolean,
  inputs: readonly KerasTensor[],
  outputs: readonly KerasTensor[],
): readonly KerasTensor[] {
  if (KEEP_MASKS.has(className) && !isOperator) return outputs
  const lost = new Set(inputs.map(({ mask }) => mask))
  return outputs.map((output) => (lost.has(output.mask) ? { ...output, mask: undefined } : output))
}
