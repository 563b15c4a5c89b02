/** The grammar of `greenbench carbon`: which commands there are, their arguments and their help. */
import type { Command } from 'commander'
import type { OptionList } from './option-definition.js'
import {
  CARBON_CURRENT_OPTIONS,
  CARBON_ESTIMATE_OPTIONS,
  CARBON_LOOKUP_OPTIONS,
  CARBON_WHAT_IF_OPTIONS,
} from './options/carbon-options.js'
import type { GivenValues } from './program.js'

/** What is asked of `greenbench carbon`. */
export interface CarbonRequest {
  readonly command: 'carbon'
  readonly action: CarbonAction
  readonly args: readonly string[]
  readonly given: GivenValues
}

export type CarbonAction = 'current' | 'top' | 'bottom' | 'lookup' | 'address' | 'cloud' | 'estimate' | 'what-if'

interface Action {
  readonly name: CarbonAction
  readonly argument?: readonly [name: string, description: string]
  readonly description: string
  readonly options: OptionList
}

const ACTIONS: readonly Action[] = [
  {
    name: 'current',
    description: 'the carbon factor that a run with the same options would use',
    options: CARBON_CURRENT_OPTIONS,
  },
  {
    name: 'lookup',
    argument: ['<place>', 'a country, a zone, a position like 48.85,2.35, a cloud region or a town'],
    description: 'the carbon factor of one place, and the zones of its country',
    options: CARBON_LOOKUP_OPTIONS,
  },
  {
    name: 'address',
    argument: ['<address>', 'e.g. "Stanford, California"'],
    description: 'the carbon factor at an address, without asking a network',
    options: CARBON_LOOKUP_OPTIONS,
  },
  {
    name: 'top',
    argument: ['[count]', 'how many (default: 10)'],
    description: 'the zones with the highest carbon intensity',
    options: CARBON_LOOKUP_OPTIONS,
  },
  {
    name: 'bottom',
    argument: ['[count]', 'how many (default: 10)'],
    description: 'the zones with the lowest carbon intensity',
    options: CARBON_LOOKUP_OPTIONS,
  },
  {
    name: 'cloud',
    argument: ['[provider]', 'aws, gcp or azure (default: all)'],
    description: 'all regions of the cloud providers with their zone and factor',
    options: CARBON_LOOKUP_OPTIONS,
  },
  {
    name: 'estimate',
    description: 'roughly what a run will use, before anything runs',
    options: CARBON_ESTIMATE_OPTIONS,
  },
  {
    name: 'what-if',
    argument: ['<result.json>', 'a file that --json wrote'],
    description: 'the CO2 of a recorded run in other places',
    options: CARBON_WHAT_IF_OPTIONS,
  },
]

const EXAMPLES = `
Examples:
  greenbench carbon lookup France
  greenbench carbon lookup 37.43,-122.17
  greenbench carbon address "Stanford, California"
  greenbench carbon bottom 10
  greenbench carbon cloud aws --json -
  greenbench carbon current --country GB --live
  greenbench carbon estimate --hours 12 --cpu "Intel Xeon Platinum 8275CL" --gpu A100 --gpus 4 --country FR
  greenbench carbon what-if result.json --countries FR,DE,PL,US

Only --live contacts the network. Keys come from the environment (GREENBENCH_ELECTRICITY_MAPS_KEY,
GREENBENCH_WATTTIME_USER, GREENBENCH_WATTTIME_PASSWORD) or from a config file.
`

/**
 * @param withOptions - adds a list of options to a command
 * @param onRequest - told what was asked for, with the command and its options
 * @returns all commands that were added
 */
export function addCarbonCommands(
  program: Command,
  withOptions: (command: Command, options: OptionList) => Command,
  onRequest: (request: Omit<CarbonRequest, 'given'>, command: Command, options: OptionList) => void,
): readonly Command[] {
  const carbon = program
    .command('carbon')
    .description('carbon intensity of places, rough estimates, and a run in other places')
    .addHelpText('after', EXAMPLES)
  const commands = ACTIONS.map(({ name, argument, description, options }) => {
    const command = withOptions(carbon.command(name), options).description(description)
    if (argument !== undefined) command.argument(...argument)
    return command.action(() => onRequest({ command: 'carbon', action: name, args: command.args }, command, options))
  })
  return [carbon, ...commands]
}
