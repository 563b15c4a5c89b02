/** Who takes part in a comparison: every model on every engine, each under a name of its own. */
import { extname } from 'node:path'
import type { EngineName } from '../src/engines/engine-names.js'
import type { Run } from './measure-batch.js'
import { type Machine, runOn, type Subject } from './open-run.js'

/** A model on an engine. */
export interface Competitor {
  readonly name: string
  readonly run: Run
  /** Batch sizes that it can run at. */
  readonly sizes: readonly number[]
}

/**
 * Each engine looks at every image itself, since its accuracy is its own; its options name it alone.
 *
 * @param engines - `undefined`: the usual one of each model
 * @returns models in their order, each on all engines in their order
 */
export function competitorsOf(
  machine: Machine,
  subjects: readonly Subject[],
  engines: readonly (EngineName | undefined)[],
): readonly Competitor[] {
  const names = modelNames(subjects)
  return subjects.flatMap((subject, index) =>
    engines.map((engineName) => {
      const run = runOn(machine, subject)
      const model = names[index] ?? ''
      const options = engineName === undefined ? run.options : { ...run.options, engineName }
      const facts =
        engineName === undefined ? run.facts : { ...run.facts, options: { ...run.facts.options, engineName } }
      return {
        name: competitorName(subjects.length > 1 ? model : undefined, engineName) ?? model,
        run: { ...run, facts, options },
        sizes: subject.sizes,
      }
    }),
  )
}

function competitorName(model: string | undefined, engine: EngineName | undefined): string | undefined {
  return model === undefined ? engine : engine === undefined ? model : `${model} on ${engine}`
}

/** Files of one name in several formats get their ending, those that are alike even so a number. */
function modelNames(subjects: readonly Subject[]): readonly string[] {
  const plain = subjects.map(({ model }) => model.name)
  const named = subjects.map(({ model }, index) => {
    const isAlone = plain.indexOf(model.name) === plain.lastIndexOf(model.name)
    return isAlone ? (plain[index] ?? '') : `${model.name}${extname(model.path) || ` (${model.format})`}`
  })
  return named.map((name, index) => {
    const earlier = named.slice(0, index).filter((other) => other === name).length
    return earlier === 0 ? name : `${name} (${earlier + 1})`
  })
}
