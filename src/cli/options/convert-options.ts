/** What `greenbench convert` can be told. */
import { flag, inputSizes, repeated } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { modelOptions } from './model-options.js'
import { model, output } from './option-group.js'
import { jsonOutput, quietOutput } from './output-options.js'

/** Options of `greenbench convert <model> <out.onnx>`. */
export const CONVERT_OPTIONS = {
  format: modelOptions.format,
  signature: modelOptions.signature,
  tag: modelOptions.tag,
  input: model(
    repeated(inputSizes),
    'name=1x3x224x224',
    'sizes of an input in the check, where the model leaves them free (repeatable; no name: the only one)',
  ),
  externalData: output(flag, undefined, 'write the weights into a second file, <out.onnx>.data (always over 2 GiB)'),
  force: output(flag, undefined, 'replace files that stand there'),
  check: output(flag, undefined, undefined, { negation: 'write the file without loading it in onnxruntime' }),
  json: jsonOutput('conversion.json', 'what was done'),
  quiet: quietOutput('print nothing'),
  ...generalOptions,
} as const
