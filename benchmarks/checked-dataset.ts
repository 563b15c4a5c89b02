/** Data of a program's own, looked at before anything is measured: a program without types may bring anything. */
import { UsageError } from '../src/core/errors.js'
import type { Warning } from '../src/core/warning.js'
import type { TrainingDataset } from './training-options.js'

/** @throws {UsageError} `E_DATASET` for what is no data, by name of what it lacks */
export function checkedDataset(given: unknown): TrainingDataset {
  const dataset = given as Partial<TrainingDataset> | null | undefined
  if (typeof dataset !== 'object' || dataset === null) throw notData('it', 'an object or the path of a folder', given)
  const { description, classes, batchSize, trainingCount, validationCount, training, validation } = dataset
  if (typeof description !== 'string') throw notData('description', 'a text', description)
  if (!Array.isArray(classes) || classes.length < 2 || classes.some((name) => typeof name !== 'string')) {
    throw notData('classes', 'names of two classes or more', classes)
  }
  for (const [name, count] of Object.entries({ batchSize, trainingCount, validationCount })) {
    const least = name === 'validationCount' ? 0 : 1
    if (!Number.isInteger(count) || Number(count) < least) throw notData(name, `a whole number from ${least}`, count)
  }
  for (const [name, give] of Object.entries({ training, validation })) {
    if (typeof give !== 'function') throw notData(name, 'a function that gives batches', give)
  }
  return given as TrainingDataset
}

function notData(name: string, expected: string, given: unknown): UsageError {
  const was = Array.isArray(given) ? `a list of ${given.length}` : given === null ? 'null' : describe(given)
  return new UsageError('E_DATASET', `the data cannot be used: ${name} is ${was}, expected ${expected}`, {
    hint: 'docs/training.md tells what data of your own looks like (TrainingDataset)',
  })
}

const describe = (given: unknown): string =>
  typeof given === 'number' || typeof given === 'string' ? JSON.stringify(given).slice(0, 40) : typeof given

/** @throws {UsageError} `E_LABEL_RANGE` where the data has other classes than the model */
export function refuseOtherClasses({ classes }: TrainingDataset, outputs: number | undefined): void {
  if (outputs === undefined || classes.length === outputs) return
  throw new UsageError(
    'E_LABEL_RANGE',
    `the data has ${classes.length} classes, and the model tells ${outputs} apart`,
    {
      hint: `name all ${outputs}, or give the model a new last layer: classes: ${classes.length}`,
    },
  )
}

/** @returns a doubt where an epoch had other rows than the data had said */
export function countWarnings(promised: number, given: number): readonly Warning[] {
  if (promised === given) return []
  return [
    {
      code: 'W_DATA_COUNT',
      message: `the data gave ${given} rows with a label in an epoch, and its trainingCount is ${promised}`,
      hint: 'the schedule of the learning rate goes by trainingCount: make it the rows of an epoch',
    },
  ]
}
