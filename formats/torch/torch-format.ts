/** Formats of PyTorch: TorchScript, torch.export, and files of weights alone. */
import type { ModelFormat } from '../format.js'
import { type TorchKind, torchKind } from './torch-kind.js'

/** Weights without a graph, and modules that Python pickled: their parameters are counted. */
export const torchWeightsFormat = weightsFormat('pytorch-weights', ['.pt', '.pth', '.bin', '.tar', '.ckpt'])

/** Weights of Hugging Face's libraries, in one file or in a folder of several. */
export const safetensorsFormat = weightsFormat('safetensors', ['.safetensors'])

function weightsFormat(name: TorchKind, extensions: readonly string[]): ModelFormat {
  return {
    name,
    extensions,
    matches: async (source) => (torchKind(source) === name ? 'sure' : 'no'),
    // Loaded when first needed: most runs are on files of other formats.
    load: async (source, options) =>
      (await import('./weights-alone/load-weights.js')).loadWeights(source, options, name),
  }
}
