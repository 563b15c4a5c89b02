/** Options from a file. A file that was found by search is data: nothing in it is run, and it names no file outside its folder. */
import { realpathSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { isBelow } from '../../formats/resolve-inside.js'
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import { quoted } from '../core/quoted.js'
import { camelCase, kebabCase, type OptionDefinition, type OptionList } from './option-definition.js'
import type { GivenOptions } from './settings.js'

/** Names that are looked for in a folder and in those above it, up to the home folder. */
export const CONFIG_NAMES = [
  'greenbench.config.yaml',
  'greenbench.config.yml',
  'greenbench.config.json',
  '.greenbenchrc',
  'package.json',
] as const

/** More than this is no list of options. */
const MOST_BYTES = 1 << 20

/** A config file as it was parsed. */
interface ParsedConfig {
  readonly path: string
  readonly content: unknown
  /** True when the user named the file. */
  readonly isNamed: boolean
}

/**
 * @param options - all options that a config file may hold, of whatever command
 * @param named - file that the user named; `undefined` searches from `folder` upwards
 * @returns `undefined` when no file is there
 * @throws {UsageError} `E_CONFIG` for a file that cannot be read or holds something that is no option
 */
export async function fromConfigFile(
  options: OptionList,
  folder: string,
  named: string | undefined,
): Promise<GivenOptions | undefined> {
  const config = await findConfig(folder, named)
  if (config === undefined || config.content === undefined || config.content === null) return undefined
  if (typeof config.content !== 'object' || Array.isArray(config.content)) {
    throw configError(config, 'expected options by name', 'for example country: FR')
  }
  const texts = new Map(Object.entries(config.content).map(([key, value]) => readEntry(options, config, key, value)))
  return {
    nameOf: (option) => `${kebabCase(option)} in ${config.path}`,
    origin: config.path,
    folder: dirname(config.path),
    texts,
  }
}

async function findConfig(folder: string, named: string | undefined): Promise<ParsedConfig | undefined> {
  const { lilconfig } = await import('lilconfig')
  // Only data: lilconfig's own loaders of JavaScript files are never reached, since no such name is searched or accepted.
  const loaders = { '.json': parseJson, '.yaml': parseYaml, '.yml': parseYaml, noExt: parseYaml }
  const finder = lilconfig('greenbench', { searchPlaces: [...CONFIG_NAMES], loaders })
  if (named !== undefined && !Object.hasOwn(loaders, extname(named) || 'noExt')) {
    throw new UsageError('E_CONFIG', `${named}: a config file is YAML or JSON`, { hint: 'rename it to end in .yaml' })
  }
  try {
    const found = named === undefined ? await finder.search(folder) : await finder.load(named)
    return found === null ? undefined : { path: found.filepath, content: found.config, isNamed: named !== undefined }
  } catch (cause) {
    throw cause instanceof UsageError ? cause : unreadable(named, cause)
  }
}

function unreadable(named: string | undefined, cause: unknown): UsageError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new UsageError('E_CONFIG', `cannot read the config file${named === undefined ? '' : ` ${named}`}: ${reason}`, {
    cause,
    hint: named === undefined ? '--no-config searches for none' : undefined,
  })
}

function parseJson(path: string, content: string): unknown {
  checkSize(path, content)
  try {
    return JSON.parse(content)
  } catch (cause) {
    throw notParsed(path, cause)
  }
}

async function parseYaml(path: string, content: string): Promise<unknown> {
  checkSize(path, content)
  const { parse } = await import('yaml')
  try {
    return parse(content, { maxAliasCount: 100 })
  } catch (cause) {
    throw notParsed(path, cause)
  }
}

function checkSize(path: string, content: string): void {
  if (content.length > MOST_BYTES) throw new UsageError('E_CONFIG', `${path}: more than ${MOST_BYTES} bytes`)
}

/** Parsers explain over several lines; the first one says what is wrong and where. */
const notParsed = (path: string, cause: unknown): UsageError =>
  new UsageError('E_CONFIG', `${path}: ${String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0]}`, {
    cause,
    hint: 'correct the file, or leave it out with --no-config',
  })

function readEntry(
  options: OptionList,
  config: ParsedConfig,
  key: string,
  value: unknown,
): [string, readonly string[]] {
  const name = camelCase(key)
  const definition = Object.hasOwn(options, name) ? options[name] : undefined
  if (definition === undefined || definition.isCommandLineOnly === true) {
    const meant = closestNames(kebabCase(name), Object.keys(options).map(kebabCase))[0]
    throw configError(config, `${quoted(key)} is no option`, meant === undefined ? undefined : `did you mean ${meant}?`)
  }
  const texts = textsOf(value, definition)
  if (texts === undefined) {
    const form = `${quoted(key)}: expected ${definition.kind.expected}`
    throw configError(config, form, `for example ${key}: ${definition.kind.example}`)
  }
  if (!config.isNamed) checkTrust(config, name, texts)
  return [name, texts]
}

/** A list stands for commas or for several uses, a map for `name=sizes`. */
function textsOf(value: unknown, { kind }: OptionDefinition): readonly string[] | undefined {
  if (Array.isArray(value)) {
    const parts = value.map(textOf)
    const texts = parts.filter((part) => part !== undefined)
    if (texts.length !== parts.length || texts.length === 0) return undefined
    return kind.arity === 'many' ? texts : [texts.join(',')]
  }
  if (kind.arity === 'many' && typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([name, sizes]) => `${name}=${Array.isArray(sizes) ? sizes.join('x') : sizes}`)
  }
  const text = textOf(value)
  return text === undefined ? undefined : [text]
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined

/**
 * Options that would hand something over to strangers: the run to their code, the user's key to their server, the sensors to
 * files that they made up; or that contact the network, which a user must ask for.
 */
const DANGEROUS: ReadonlySet<string> = new Set(['plugin', 'powerLog', 'sensorRoot', 'live', 'liveUrl'])

/** A folder that somebody else wrote must not make a run execute its code or write elsewhere. */
function checkTrust(config: ParsedConfig, option: string, texts: readonly string[]): void {
  const hint = `to trust this file, name it: --config ${config.path}`
  if (DANGEROUS.has(option)) {
    throw configError(config, `${kebabCase(option)} is not taken from a file that was found by search`, hint)
  }
  if (option !== 'json' && option !== 'csv') return
  const folder = dirname(config.path)
  const root = realPlace(folder)
  if (texts.every((text) => text === '-' || isBelow(root, realPlace(resolve(folder, text))))) return
  throw configError(config, `${option} leads out of the folder of this file, which was found by search`, hint)
}

/** Where a file lies or would lie once links are followed: its folder may hold some that lead out of it. */
function realPlace(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // Not there yet, or a link that leads nowhere, which writing replaces: it lies where its folder does.
    return join(realPlace(dirname(path)), basename(path))
  }
}

const configError = (config: ParsedConfig, problem: string, hint: string | undefined): UsageError =>
  new UsageError('E_CONFIG', `${config.path}: ${problem}`, { hint })
