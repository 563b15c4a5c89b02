/** Formats of PyTorch: TorchScript, torch.export, and files of weights alone. */
import type { ModelFormat } from '../format.js'
import { type TorchKind, torchKind } from './torch-kind.js'

/** Files of `torch.jit.save`, scripted and traced. */
export const torchScriptFormat: ModelFormat = {
  name: 'torchscript',
  extensions: ['.pt', '.pth', '.ts'],
  matches: matching('torchscript'),
  // Loaded when first needed: most runs are on files of other formats.
  load: async (source, options) => (await import('./load-torch-script.js')).loadTorchScript(source, options),
}

/** Files of `torch.export.save`. */
export const torchExportFormat: ModelFormat = {
  name: 'torch-export',
  extensions: ['.pt2'],
  matches: matching('torch-export'),
  load: async (source, options) => (await import('./exported/load-exported.js')).loadExported(source, options),
}

/** Weights without a graph, and modules that Python pickled: their parameters are counted. */
export const torchWeightsFormat = weightsFormat('pytorch-weights', ['.pt', '.pth', '.bin', '.tar', '.ckpt'])

/** Weights of Hugging Face's libraries, in one file or in a folder of several. */
export const safetensorsFormat = weightsFormat('safetensors', ['.safetensors'])

function weightsFormat(name: TorchKind, extensions: readonly string[]): ModelFormat {
  return {
    name,
    extensions,
    matches: matching(name),
    load: async (source, options) =>
      (await import('./weights-alone/load-weights.js')).loadWeights(source, options, name),
  }
}

function matching(kind: TorchKind): ModelFormat['matches'] {
  return async (source) => (torchKind(source) === kind ? 'sure' : 'no')
}
