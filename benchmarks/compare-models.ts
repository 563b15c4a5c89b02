/** Several models, a model on several engines, or both: one record for each competitor, and how they compare, measured in turn. */
import type { Model } from '../formats/format.js'
import { UsageError } from '../src/core/errors.js'
import type { ComparisonRecord } from '../src/core/record.js'
import type { EngineName } from '../src/engines/engine-names.js'
import { compareAt } from './compare-at.js'
import { type Competitor, competitorsOf } from './competitors.js'
import { type Dropout, droppable } from './dropout.js'
import { checkOptions, type Machine, openSubject, type Subject, type SubjectChoice, withMachine } from './open-run.js'
import type { InferenceOptions } from './options.js'
import { traceRun } from './run-trace.js'
import { realSurroundings, type Surroundings } from './surroundings.js'

/** Options of `compareModels`. */
export interface ComparisonOptions
  extends Omit<InferenceOptions, 'model' | 'loadDuration' | 'inputShapes' | 'engineName'>,
    SubjectChoice {
  /** Opened models, or paths. */
  readonly models: readonly (Model | string)[]
  /** Engines that run each of them; the usual one for each when absent. */
  readonly engineNames?: readonly EngineName[]
}

/** Five rounds are to fit into the time budget: fewer say little of their spread. */
const LEAST_WINDOWS = 10

/**
 * Opens every model once, and lets all of them run in rounds of two windows each, in an order that is drawn from the
 * recorded seed. One that cannot be opened or run is named in the record, and the others go on.
 *
 * @returns one record per batch size
 * @throws {UsageError} `E_COMPARISON` for fewer than two competitors
 * @throws {EngineError} when an engine that was named is not there: nothing has been measured then
 * @throws what `benchmarkInference` throws, where that keeps all of them from being measured
 */
export async function compareModels(
  options: ComparisonOptions,
  surroundings: Surroundings = realSurroundings,
): Promise<readonly ComparisonRecord[]> {
  const { models, engineNames = [undefined], open = {}, inputShapes, ...others } = options
  const choice = inputShapes === undefined ? { open } : { open, inputShapes }
  if (models.length * engineNames.length < 2) {
    throw new UsageError('E_COMPARISON', 'a comparison needs at least two models or two engines')
  }
  checkOptions(others)
  const subjects: Subject[] = []
  const unopened: Dropout[] = []
  for (const model of models) {
    await openSubject({ ...others, model }, surroundings.clock, choice)
      .then((subject) => subjects.push(subject))
      .catch((cause: unknown) => unopened.push({ name: nameOf(model), cause: droppable(cause) }))
  }
  if (subjects.length === 0) throw unopened[0]?.cause
  const compare = (machine: Machine) => {
    const competitors = competitorsOf(machine, subjects, engineNames)
    if (machine.trace !== undefined) for (const { run } of competitors) traceRun(machine.trace, run.facts)
    return compareAll(machine, competitors, unopened)
  }
  return withMachine(others, surroundings, compare, LEAST_WINDOWS)
}

const nameOf = (model: Model | string): string => (typeof model === 'string' ? model : model.name)

/** Batch sizes are those asked for, or those of the first model. */
async function compareAll(
  machine: Machine,
  competitors: readonly Competitor[],
  unopened: readonly Dropout[],
): Promise<readonly ComparisonRecord[]> {
  const [first] = competitors
  const records: ComparisonRecord[] = []
  for (const size of first?.sizes ?? []) {
    records.push(await compareAt(machine, competitors, size, unopened))
    if (first?.run.options.signal?.aborted === true) break
  }
  return records
}
