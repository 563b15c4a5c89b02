/** What it costs to train a model, and what the model learns: measured epoch by epoch. */
import type { Model } from '../formats/format.js'
import type { TrainingRecord } from '../src/core/record.js'
import { measureTraining } from './measure-training.js'
import { openTrainingRun } from './open-training-run.js'
import { realSurroundings, type Surroundings } from './surroundings.js'
import type { TrainingDataset, TrainingOptions } from './training-options.js'

/**
 * Trains a model on labelled data and measures time, energy and CO2 of each epoch.
 *
 * An abort ends the training after the step in which it happens; what was measured until then is returned with
 * `complete: false`, and the files asked for hold the last whole epoch.
 *
 * @param model - an opened model, or the path of one
 * @param dataset - a folder with a folder of images for each class, or a program's own data
 * @param surroundings - clock and sensors; this machine's when left out
 * @throws {UsageError} for options, a model and data that do not go together; nothing has been measured then
 * @throws {ProfilerError} when a profiler that was named is not available
 * @throws {FormatError | UnsupportedError} when the model cannot be read or trained
 * @throws {MeasurementError} when the first step fails, e.g. `E_LOSS_NAN`, and `E_TRACE_WRITE`
 * @throws {InterruptedError} when the signal aborts before the first step
 */
export async function benchmarkTraining(
  model: Model | string,
  dataset: string | TrainingDataset,
  options: TrainingOptions = {},
  surroundings: Surroundings = realSurroundings,
): Promise<TrainingRecord> {
  return openTrainingRun(model, dataset, options, surroundings, measureTraining)
}
