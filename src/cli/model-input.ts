/** How the command line says which model to open, and which sizes its inputs have. */
import type { OpenOptions } from '../../formats/factory.js'
import type { Model } from '../../formats/format.js'
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'
import type { InputSizes } from './value-kind.js'

/** @returns what was given of format, signature and tag, and the sizes for files that do not state those of their inputs */
export function openOptions(
  settings: { readonly [Name in 'format' | 'signature' | 'tag']?: string | undefined } & {
    readonly input?: readonly InputSizes[] | undefined
  },
): OpenOptions {
  const { format, signature, tag, input } = settings
  return {
    ...(input === undefined ? {} : { inputShapes: new Map(input.map(({ name, sizes }) => [name, sizes])) }),
    ...(format === undefined ? {} : { format }),
    ...(signature === undefined ? {} : { signature }),
    ...(tag === undefined ? {} : { tag }),
  }
}

/**
 * @param given - a size list without a name belongs to the only input; a file that became no graph says itself why it has none
 * @throws {UsageError} `E_INPUT_NAME` when the model has no such input, or several and no name is given
 */
export function inputShapes(model: Model, given: readonly InputSizes[] = []): ReadonlyMap<string, readonly number[]> {
  if (model.whyNoGraph !== undefined && model.inputs.length === 0) return new Map()
  const names = model.inputs.map(({ name }) => name)
  return new Map(given.map(({ name, sizes }) => [inputNamed(name, sizes, names, model.name), sizes]))
}

/** @returns the sizes that belong to this one of several models: those of inputs that it has */
export const thoseOf = ({ inputs }: Model, given: readonly InputSizes[] = []): readonly InputSizes[] =>
  given.filter(({ name }) => (name === '' ? inputs.length === 1 : inputs.some((input) => input.name === name)))

function inputNamed(name: string, sizes: readonly number[], names: readonly string[], model: string): string {
  if (names.includes(name)) return name
  const [only] = names
  if (name === '' && names.length === 1 && only !== undefined) return only
  const meant = closestNames(name, names)[0]
  const list = names.slice(0, 8).join(', ') + (names.length > 8 ? ', ...' : '')
  const problem =
    name === '' ? `${model} has ${names.length} inputs, so --input needs a name` : `${model} has no input "${name}"`
  throw new UsageError('E_INPUT_NAME', problem, {
    hint:
      meant === undefined
        ? `its inputs: ${list}; for example --input ${names[0] ?? 'name'}=${sizes.join('x')}`
        : `did you mean ${meant}?`,
  })
}
