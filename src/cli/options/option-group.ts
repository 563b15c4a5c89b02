/** Headings of `--help`, each a function that makes an option below it. */
import type { OptionDefinition } from '../option-definition.js'
import type { ValueKind } from '../value-kind.js'

/** Heading of the options that every command has. */
export const GENERAL = 'General:'

/** Heading of what is written and shown. */
export const OUTPUT = 'Output:'

const inGroup =
  (group: string) =>
  <Kind extends ValueKind<unknown>>(
    kind: Kind,
    placeholder: string | undefined,
    text: string | undefined,
    more: Pick<
      OptionDefinition,
      'short' | 'negation' | 'isCommandLineOnly' | 'isSecret' | 'environmentAlias' | 'isFileOptional'
    > = {},
  ) => ({
    kind,
    group,
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(text === undefined ? {} : { text }),
    ...more,
  })

/** Of what the model is given. */
export const input = inGroup('Input:')

/** Of the model file. */
export const model = inGroup('Model:')

/** Of what runs the model. */
export const engine = inGroup('Engine:')

/** Of how weights are learned. */
export const training = inGroup('Training:')

/** Of how long and how surely is measured. */
export const measurement = inGroup('Measurement:')

/** Of sensors and of the electricity. */
export const energy = inGroup('Energy and CO2:')

/** Of a machine that is not this one. */
export const machine = inGroup('Machine:')

/** Of what is compared. */
export const comparison = inGroup('Comparison:')

/** Of what is written and shown. */
export const output = inGroup(OUTPUT)

/** Of servers. */
export const network = inGroup('Network:')

/** Of every command. */
export const general = inGroup(GENERAL)
