/** What `greenbench statement` can be told. */
import { choice } from '../value-kind.js'
import { boughtOptions, placeOptions } from './footprint-options.js'
import { generalOptions } from './general-options.js'
import { output } from './option-group.js'
import { file, quietOutput } from './output-options.js'

/** Options of `greenbench statement <results...>`. */
export const STATEMENT_OPTIONS = {
  format: output(choice(['text', 'md', 'latex']), 'name', 'text, md or latex (default: text)'),
  output: output(file('impact.tex'), 'file', 'write the statement there (default: standard output)', { short: 'o' }),
  ...placeOptions,
  carbonIntensity: boughtOptions.carbonIntensity,
  socialCost: boughtOptions.socialCost,
  quiet: quietOutput('do not say what was written'),
  debug: generalOptions.debug,
  color: generalOptions.color,
} as const
