/** What `greenbench replay` can be told. */
import { idlePowerSource } from '../value-kind.js'
import { boughtOptions, embodiedOptions, placeOptions } from './footprint-options.js'
import { generalOptions } from './general-options.js'
import { energy } from './option-group.js'
import { explainOption, jsonOutput, plot, quietOutput, rowsOutput } from './output-options.js'

/** Options of `greenbench replay <trace>`. */
export const REPLAY_OPTIONS = {
  ...placeOptions,
  ...boughtOptions,
  ...embodiedOptions,
  idleModel: energy(
    idlePowerSource,
    'source',
    'idle power: mean (of both baselines), before, after, none or watts (default: mean)',
  ),
  plot,
  explain: explainOption,
  json: jsonOutput('result.json', 'the record'),
  csv: rowsOutput('result.csv', 'batch size'),
  quiet: quietOutput('no table'),
  config: generalOptions.config,
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const
