/** What can be wrong with the code that a TorchScript file holds. */
import { FormatError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'

/** Where in the code something stands. Lines count from 1. */
export interface Position {
  /** Path inside the archive, e.g. `__torch__/torch/nn/modules/conv.py`. */
  readonly file: string
  readonly line: number
}

/** @returns e.g. `__torch__/model.py:12` */
export function formatPosition({ file, line }: Position): string {
  return `${file}:${line}`
}

/** @returns the error for code that PyTorch did not write */
export function brokenCode(position: Position, what: string): FormatError {
  return new FormatError('E_TORCH_CODE', `${formatPosition(position)}: ${what}`, {
    hint: 'the file is damaged: save the model again with torch.jit.save',
  })
}

/** @returns the error for code that cannot be followed before the run */
export function cannotFollow(position: Position, what: string, hint = EXPORT_HINT): UnsupportedError {
  return new UnsupportedError('E_TORCH_SCRIPT', `${formatPosition(position)}: ${what}`, { hint })
}

/** @returns the error for a `raise` of the model that is reached */
export function raisedByModel(position: Position, text: string): UnsupportedError {
  return new UnsupportedError('E_TORCH_RAISED', `the model refuses its input: ${quoted(text)}`, {
    hint: `give the input's shape, e.g. --input 1x3x224x224 (${formatPosition(position)})`,
  })
}

export const EXPORT_HINT = 'export the model from Python instead: torch.onnx.export(model, example, "model.onnx")'
