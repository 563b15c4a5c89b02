/** Options of every command that measures or looks into a model; others have some of them. */
import { flag, path, repeated } from '../value-kind.js'
import { general } from './option-group.js'

/** Plugins, config file, stack and colours. */
export const generalOptions = {
  plugin: general(
    repeated(path('a JavaScript file', './my-format.js')),
    'file',
    'load formats and profilers (repeatable)',
  ),
  config: general(
    path('a YAML or JSON file', 'greenbench.config.yaml'),
    'file',
    'read options from this file instead of the nearest greenbench.config.yaml',
    { negation: 'read no config file', isCommandLineOnly: true },
  ),
  debug: general(flag, undefined, 'show the stack of an error'),
  color: general(flag, undefined, undefined, { negation: 'plain text' }),
}
