/** Values of the options from the command line, then the environment, then a config file; each remembers where it is from. */
import { isAbsolute, resolve } from 'node:path'
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import { environmentName, flagOf, type OptionDefinition, type OptionList, type Settings } from './option-definition.js'

/** Texts of options as one place gave them; a list where an option was given several times. */
export interface GivenOptions {
  /** How an option of this place is called in a message. */
  nameOf(option: string): string
  /** Kept in the record, e.g. `command line`. */
  readonly origin: string
  /** Absolute; relative paths start here. */
  readonly folder: string
  readonly texts: ReadonlyMap<string, readonly string[]>
}

/** Values that fit, and the origin of each. */
export interface SettingsWithOrigins<List extends OptionList> {
  readonly settings: Settings<List>
  readonly origins: Readonly<Record<string, string>>
}

/**
 * Reads every option from the first place that gives it.
 *
 * @param places - in the order in which they are asked
 * @throws {UsageError} `E_OPTION_VALUE` for a text that does not fit its option
 */
export function readSettings<List extends OptionList>(
  options: List,
  places: readonly GivenOptions[],
): SettingsWithOrigins<List> {
  const settings: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  for (const [name, definition] of Object.entries(options)) {
    const place = places.find(({ texts }) => texts.has(name))
    if (place === undefined) continue
    settings[name] = readOption(name, definition, place)
    origins[name] = place.origin
  }
  return { settings: settings as Settings<List>, origins }
}

function readOption(name: string, { kind }: OptionDefinition, place: GivenOptions): unknown {
  const texts = place.texts.get(name) ?? []
  const values = texts.map((text) => {
    const value = kind.read(text)
    if (value === undefined) throw wrongValue(place.nameOf(name), kind, text)
    return kind.isPath === true && typeof value === 'string' ? pathFrom(place.folder, value) : value
  })
  return kind.arity === 'many' ? values : values.at(-1)
}

/** `-` is standard output and stays as it is. */
const pathFrom = (folder: string, path: string): string =>
  path === '-' || isAbsolute(path) ? path : resolve(folder, path)

function wrongValue(name: string, kind: OptionDefinition['kind'], text: string): UsageError {
  const meant = kind.suggest?.(text)
  return new UsageError(
    'E_OPTION_VALUE',
    `${name}: expected ${kind.expected}, got ${JSON.stringify(text.slice(0, 80))}`,
    {
      hint: meant === undefined ? `for example ${name}${separatorOf(name)}${kind.example}` : `did you mean ${meant}?`,
    },
  )
}

const separatorOf = (name: string): string =>
  name.startsWith('--') ? ' ' : name.startsWith('GREENBENCH_') ? '=' : ': '

/**
 * Options of the environment: `GREENBENCH_MIN_DURATION` for `--min-duration`. An empty variable counts as absent.
 *
 * @param warn - told of a variable that looks like a misspelt option
 */
export function fromEnvironment(
  options: OptionList,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  warn: (message: string) => void,
): GivenOptions {
  const names = new Map(Object.keys(options).map((option) => [environmentName(option), option]))
  const texts = new Map<string, readonly string[]>()
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || text === '' || !variable.startsWith('GREENBENCH_')) continue
    const option = names.get(variable)
    if (option !== undefined) texts.set(option, textsOfVariable(options[option], text))
    else warnOfSlip(variable, Object.keys(options), warn)
  }
  for (const [option, { environmentAlias }] of Object.entries(options)) {
    const text = environmentAlias === undefined ? undefined : environment[environmentAlias]
    if (text !== undefined && text !== '' && !texts.has(option)) texts.set(option, [text])
  }
  return { nameOf: environmentName, origin: 'environment', folder, texts }
}

/** The common beginning of the names must not make strangers look near. */
function warnOfSlip(variable: string, options: readonly string[], warn: (message: string) => void): void {
  const start = environmentName('').length
  const [meant] = closestNames(
    variable.slice(start),
    options.map((option) => environmentName(option).slice(start)),
  )
  if (meant !== undefined) warn(`${variable} is no option: did you mean ${environmentName('')}${meant}?`)
}

/**
 * Several values of a repeatable option stand between semicolons, since commas and spaces may belong to one; the last may
 * end with one.
 */
function textsOfVariable(definition: OptionDefinition | undefined, text: string): string[] {
  if (definition?.kind.arity !== 'many') return [text]
  const parts = text.split(';').map((part) => part.trim())
  return parts.length > 1 && parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

/** Options of the command line, as commander collected them. */
export function fromCommandLine(values: Readonly<Record<string, unknown>>, folder: string): GivenOptions {
  const texts = new Map<string, readonly string[]>()
  for (const [option, value] of Object.entries(values)) {
    if (value !== undefined) texts.set(option, Array.isArray(value) ? value.map(String) : [String(value)])
  }
  return { nameOf: flagOf, origin: 'command line', folder, texts }
}
