/** What a SavedModel may ask for that no graph of ONNX can hold. */
import { UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'

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
