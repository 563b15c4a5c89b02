/** Options of the lists as commander has them, and what it collected of them. */
import { type Command, Option } from 'commander'
import { flagOf, kebabCase, type OptionDefinition, type OptionList } from './option-definition.js'

/** @returns the command, to which the options were added; those of secrets never are */
export function withOptions(command: Command, options: OptionList): Command {
  for (const [name, definition] of Object.entries(options)) {
    for (const option of commanderOptions(name, definition)) command.addOption(option)
  }
  return command
}

function commanderOptions(name: string, definition: OptionDefinition): Option[] {
  const { placeholder, negation, text, kind } = definition
  const options: Option[] = []
  if (definition.isSecret === true) return options
  if (text !== undefined) {
    const flags = definition.short === undefined ? flagOf(name) : `-${definition.short}, ${flagOf(name)}`
    const [open, shut] = definition.isFileOptional === true ? '[]' : '<>'
    const positive = new Option(`${flags}${placeholder === undefined ? '' : ` ${open}${placeholder}${shut}`}`, text)
    if (kind.arity === 'many') positive.argParser((next: string, all: string[] = []) => [...all, next])
    options.push(positive)
  }
  if (negation !== undefined) options.push(new Option(`--no-${kebabCase(name)}`, negation))
  return options.map((option) => option.helpGroup(definition.group))
}

/** @returns what stands on the command line, by the names of the options */
export function givenTo(command: Command): Readonly<Record<string, unknown>> {
  const fileOptions = new Set(command.options.flatMap((one) => (one.optional ? [one.attributeName()] : [])))
  return Object.fromEntries(
    Object.entries<unknown>(command.opts())
      .filter(([name]) => command.getOptionValueSource(name) === 'cli')
      .map(([name, value]) => [name, value === true && fileOptions.has(name) ? '-' : value]),
  )
}
