/** The options of a command from all the places that may give them. */
import { resolve } from 'node:path'
import { fromConfigFile } from './config-file.js'
import { flagOf, type OptionList } from './option-definition.js'
import { CARBON_CURRENT_OPTIONS, CARBON_ESTIMATE_OPTIONS, CARBON_WHAT_IF_OPTIONS } from './options/carbon-options.js'
import { COMPARE_OPTIONS } from './options/compare-options.js'
import { CONVERT_OPTIONS } from './options/convert-options.js'
import { DETECT_OPTIONS } from './options/detect-options.js'
import { EXPORT_OPTIONS } from './options/export-options.js'
import { INSPECT_OPTIONS } from './options/inspect-options.js'
import { MEASURE_OPTIONS } from './options/measure-options.js'
import { OUTPUT } from './options/option-group.js'
import { REPLAY_OPTIONS } from './options/replay-options.js'
import { TRAIN_OPTIONS } from './options/train-options.js'
import { refuseOverwriting } from './overwriting.js'
import type { GivenValues } from './program.js'
import { fromCommandLine, fromEnvironment, readSettings, type SettingsWithOrigins } from './settings.js'
import { fileSources } from './sources.js'
import { type Terminal, write } from './terminal.js'

/**
 * @param options - of the command; a config file may also hold those of other commands
 * @param given - as commander collected them
 * @throws {UsageError} `E_OPTION_VALUE` or `E_CONFIG`; `E_OUTPUT_CHOICE` for an output that is the config file
 */
export async function readOptions<List extends OptionList>(
  options: List,
  given: GivenValues,
  terminal: Terminal,
): Promise<SettingsWithOrigins<List>> {
  const { config, ...others } = given
  const commandLine = fromCommandLine(others, terminal.folder)
  const environment = fromEnvironment(options, terminal.environment, terminal.folder, (message) => {
    void write(terminal.stderr, `greenbench: ${message}\n`)
  })
  const file = await configOf(config, environment.texts.get('config')?.[0], terminal.folder)
  const read = readSettings(withoutConfig(options), [commandLine, environment, ...(file === undefined ? [] : [file])])
  if (file !== undefined) await spareConfig(file.origin, options, read.settings)
  return read
}

/** The file that options come from is read as well. */
async function spareConfig(path: string, options: OptionList, settings: Readonly<Record<string, unknown>>) {
  for (const [name, { group, kind }] of Object.entries(options)) {
    const output = settings[name]
    if (group !== OUTPUT || kind.isPath !== true || typeof output !== 'string') continue
    await refuseOverwriting({ [flagOf(name)]: output }, fileSources([path]))
  }
}

/** `--no-config` is `false` to commander. */
async function configOf(flag: unknown, variable: string | undefined, folder: string) {
  if (flag === false) return undefined
  const named = typeof flag === 'string' ? flag : variable
  const carbon = { ...CARBON_CURRENT_OPTIONS, ...CARBON_ESTIMATE_OPTIONS, ...CARBON_WHAT_IF_OPTIONS }
  const all = {
    ...carbon,
    ...INSPECT_OPTIONS,
    ...CONVERT_OPTIONS,
    ...REPLAY_OPTIONS,
    ...DETECT_OPTIONS,
    ...COMPARE_OPTIONS,
    ...EXPORT_OPTIONS,
    ...TRAIN_OPTIONS,
    ...MEASURE_OPTIONS,
  }
  return fromConfigFile(all, folder, named === undefined ? undefined : resolve(folder, named))
}

function withoutConfig<List extends OptionList>(options: List): List {
  const { config: _config, ...others } = options
  return others as unknown as List
}
