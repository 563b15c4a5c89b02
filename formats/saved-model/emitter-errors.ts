/** What a SavedModel may ask for that no graph of ONNX can hold. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'

/** Bodies of loops and branches; real models have some tens. */
export const MAX_SUBGRAPHS = 2000

/** @returns the error for a list that is read as a tensor */
export function noTensor(reader: string): UnsupportedError {
  return new UnsupportedError(
    'E_TF_LIST',
    `${quoted(reader)} reads a list of tensors that is not whole before the run`,
    {
      hint: 'convert the model: python -m tf2onnx.convert',
    },
  )
}

/** @returns the error for loops in loops in loops */
export function tooManyLoops(): FormatError {
  return new FormatError('E_TF_TOO_LARGE', `the model has more than ${MAX_SUBGRAPHS} bodies of loops and branches`, {
    hint: 'the file is damaged: save the model again',
  })
}
