/** What `greenbench inspect` can be told. */
import { flag, wholeNumber } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { modelOptions } from './model-options.js'
import { output } from './option-group.js'
import { jsonOutput, limitOptions, plot, quietOutput, rowsOutput } from './output-options.js'

/** Options of `greenbench inspect <model>`. */
export const INSPECT_OPTIONS = {
  ...modelOptions,
  layers: output(flag, undefined, 'show every layer'),
  top: output(wholeNumber(1, '10'), 'count', 'show the layers with the most MACs'),
  plot,
  hash: output(flag, undefined, 'read the whole file for its SHA-256'),
  ...limitOptions,
  json: jsonOutput('model.json', 'the record'),
  csv: rowsOutput('layers.csv', 'layer'),
  quiet: quietOutput('no table'),
  ...generalOptions,
} as const
