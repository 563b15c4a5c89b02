/** What `greenbench detect` can be told. */
import { flag } from '../value-kind.js'
import { generalOptions } from './general-options.js'
import { sensorOptions } from './metering-options.js'
import { energy } from './option-group.js'
import { jsonOutput, quietOutput } from './output-options.js'

/** Options of `greenbench detect`. */
export const DETECT_OPTIONS = {
  fixPermissions: energy(
    flag,
    undefined,
    'print a script for root that lets your user read the energy counters; nothing is run',
    { isCommandLineOnly: true },
  ),
  ...sensorOptions,
  json: jsonOutput('machine.json', 'what was found'),
  quiet: quietOutput('no table'),
  ...generalOptions,
} as const
