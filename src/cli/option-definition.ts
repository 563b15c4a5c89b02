/** One option: the same words on the command line, in the environment and in config files. */
import type { ValueKind } from './value-kind.js'

/** One option of a command; its name is its key in the list of options. */
export interface OptionDefinition {
  readonly kind: ValueKind<unknown>
  /** Heading in `--help`. */
  readonly group: string
  /** What the value is called in `--help`, e.g. `folder`; absent for flags. */
  readonly placeholder?: string
  /** Where no file follows, as the last word or before another option, it is `-`: standard output. */
  readonly isFileOptional?: boolean
  /** One letter: `o` for `-o`. */
  readonly short?: string
  /** What `--x` does; absent where there is only `--no-x`, since `x` is what happens anyway. */
  readonly text?: string
  /** What `--no-x` does, where there is one. */
  readonly negation?: string
  /** Another name in the environment, where other tools have made one common; `GREENBENCH_...` comes first. */
  readonly environmentAlias?: string
  /** A key: never on the command line, which others on the machine can read, and never in a record. */
  readonly isSecret?: boolean
  /** Says what to run or which file to read, so that it is never taken from a config file. */
  readonly isCommandLineOnly?: boolean
}

/** Options by their names in camel case. */
export type OptionList = Readonly<Record<string, OptionDefinition>>

type ValueOf<Kind> =
  Kind extends ValueKind<infer Value> ? (Kind extends { readonly arity: 'many' } ? readonly Value[] : Value) : never

/** The values of a list of options that were given somewhere. */
export type Settings<List extends OptionList> = { readonly [Name in keyof List]?: ValueOf<List[Name]['kind']> }

/** `minDuration` as `min-duration`. */
export const kebabCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `min-duration` as `minDuration`. */
export const camelCase = (name: string): string =>
  name.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())

/** `minDuration` as `--min-duration`. */
export const flagOf = (name: string): string => `--${kebabCase(name)}`

/** `minDuration` as `GREENBENCH_MIN_DURATION`. */
export const environmentName = (name: string): string =>
  `GREENBENCH_${kebabCase(name).replaceAll('-', '_').toUpperCase()}`
