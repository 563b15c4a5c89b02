/** How a model file is read. */
import { inputSizes, repeated, wholeNumbers, words } from '../value-kind.js'
import { model } from './option-group.js'

/** Format, parts of a SavedModel, and sizes of inputs. */
export const modelOptions = {
  format: model(words('the name of a format', 'onnx'), 'name', 'read the file as this format, whatever it looks like'),
  signature: model(words('the name of a signature', 'serving_default'), 'name', 'read this signature of a SavedModel'),
  tag: model(words('the tag of a graph', 'serve'), 'name', 'read the graph of a SavedModel with this tag'),
  input: model(
    repeated(inputSizes),
    'name=1x3x224x224',
    'fix free sizes of an input (repeatable; no name: the only one)',
  ),
  batch: model(wholeNumbers(1, 65_536, '1,8,32'), 'sizes', 'batch sizes between commas, e.g. 1,8,32 (default: 1)'),
}
