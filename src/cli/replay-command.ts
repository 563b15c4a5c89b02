/** `greenbench replay <trace>`: the result of a run again, with another place, PUE or idle power if wanted. */
import { replayRun } from '../../benchmarks/replay-training.js'
import { EXIT } from './failure.js'
import { footprintOptions } from './footprint-settings.js'
import { inferenceForms } from './inference-forms.js'
import { REPLAY_OPTIONS } from './options/replay-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { fileSources } from './sources.js'
import type { Terminal } from './terminal.js'
import { trainingForms } from './training-forms.js'

/** @returns the exit code; 1 where the run did not come to its end */
export async function replayCommand(path: string, given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = await readOptions(REPLAY_OPTIONS, given, terminal)
  await checkOutputs(settings, fileSources([path]))
  const { live: _, ...footprint } = footprintOptions(settings)
  const records = await replayRun(path, { ...footprint, idleModel: settings.idleModel })
  const trainings = records.filter((record) => record.kind === 'training')
  const runs = records.filter((record) => record.kind === 'inference')
  const forms =
    trainings.length > 0 ? trainingForms(trainings, settings, terminal) : inferenceForms(runs, settings, terminal)
  await showResult(settings, forms, terminal)
  return records.every(({ complete }) => complete) ? EXIT.success : EXIT.failure
}
