/** `greenbench train <model>`: the training, from its options to its result. */
import type { Progress } from '../../benchmarks/options.js'
import { type LoadedRegistries, loadPlugins } from '../../benchmarks/plugins.js'
import { TRAINING_DEFAULTS, type TrainingOptions } from '../../benchmarks/training-options.js'
import type { Model } from '../../formats/format.js'
import { UsageError } from '../core/errors.js'
import type { TrainingRecord } from '../core/record.js'
import { AUGMENTATIONS, type AugmentationName } from '../images/augmentation.js'
import { printable } from '../results/printable.js'
import { epochLine } from './epoch-line.js'
import { type EventLines, eventLines } from './event-lines.js'
import { EXIT } from './failure.js'
import { footprintOptions } from './footprint-settings.js'
import { watchInterruption } from './interruption.js'
import { keepLimits, readLimits } from './limits.js'
import { inputShapes, openOptions } from './model-input.js'
import type { Settings } from './option-definition.js'
import { TRAIN_OPTIONS } from './options/train-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { showProgress } from './progress.js'
import { readOptions } from './read-options.js'
import { fileSources, imageSources, modelSources } from './sources.js'
import { type Terminal, write } from './terminal.js'
import { trainingForms } from './training-forms.js'

type TrainSettings = Settings<typeof TRAIN_OPTIONS>

/** @returns the exit code */
export async function trainCommand(path: string, given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings, origins } = await readOptions(TRAIN_OPTIONS, given, terminal)
  const { images, events: eventsPath } = settings
  if (images === undefined) {
    throw new UsageError('E_INPUT_CHOICE', 'nothing to learn from', {
      hint: 'give --images <folder>, with a folder of images for each class',
    })
  }
  const gate = readLimits(settings, 'training', terminal)
  const { save, checkpoint } = settings
  for (const [name, file] of Object.entries({ save, checkpoint })) if (file === '-') throw notStandardOutput(name)
  // A checkpoint that is gone on from may be the one that is kept.
  const resume = settings.resume === checkpoint ? undefined : settings.resume
  const { validation, labels, powerLog, plugin = [] } = settings
  const sources = [
    ...modelSources([path]),
    ...imageSources([images, validation]),
    ...fileSources([labels, powerLog, resume, ...plugin]),
  ]
  await checkOutputs(settings, sources, { events: eventsPath, save, checkpoint })
  const registries = await loadPlugins(settings.plugin)
  const beforeLoad = performance.now()
  const model = await registries.formats.open(path, openOptions(settings))
  const loadDuration = (performance.now() - beforeLoad) / 1000
  const options = { ...optionsOf(settings, model, registries), loadDuration, note: { origins } }
  const events = eventLines(eventsPath, terminal, { model: model.name, images })
  try {
    const { record, isInterrupted } = await train(model, images, options, { settings, terminal, events })
    await events.end(record)
    const quiet = settings.quiet === true || eventsPath === '-'
    await showResult({ ...settings, quiet }, trainingForms([record], settings, terminal), terminal)
    if (isInterrupted) return EXIT.interrupted
    if (!record.complete) await write(terminal.stderr, failureOf(record))
    if (!record.complete) return EXIT.failure
    const verdict = await keepLimits(gate, [record], terminal)
    return record.target?.isReached === false ? EXIT.limit : verdict
  } finally {
    events.close()
  }
}

const notStandardOutput = (name: string): UsageError =>
  new UsageError('E_OUTPUT_CHOICE', `--${name} cannot go to standard output`, { hint: 'give it a file' })

interface Watching {
  readonly settings: TrainSettings
  readonly terminal: Terminal
  readonly events: EventLines
}

/** Trains until the end or the first Ctrl-C, after which what was done so far is the result. */
async function train(model: Model, images: string, options: TrainingOptions, { settings, terminal, events }: Watching) {
  const { benchmarkTraining } = await import('../../benchmarks/training.js')
  const progress = showProgress(terminal, settings.quiet === true)
  const interruption = watchInterruption(() => {
    progress.note('interrupted: keeping the last whole epoch; press Ctrl-C again to quit at once')
    progress.stop()
  })
  const { signal } = interruption
  const onProgress = (so: Progress) => {
    progress.show(so)
    events.progress(so)
  }
  const onEpoch: TrainingOptions['onEpoch'] = (epoch) => {
    progress.note(epochLine(epoch, options.epochs ?? TRAINING_DEFAULTS.epochs))
    events.epoch(epoch)
  }
  try {
    const record = await benchmarkTraining(model, images, { ...options, signal, onProgress, onEpoch })
    return { record, isInterrupted: signal.aborted && !record.complete }
  } finally {
    interruption.close()
    progress.stop()
  }
}

/** Said on standard error too, since with `--quiet` nobody sees the table. */
function failureOf({ warnings }: TrainingRecord): string {
  const reason = warnings.find(({ code }) => code === 'W_RUN_FAILED')
  const why = reason === undefined ? '' : `: ${printable(reason.message)}`
  const hint = reason === undefined ? '' : `  hint: ${printable(reason.hint)}\n`
  return `greenbench: the training did not come to its end${why}\n${hint}`
}

/** Options that the training takes under the same name. */
const SAME = [
  ...(['labels', 'limit', 'strict', 'resize', 'normalize', 'layout', 'channelOrder', 'validation'] as const),
  ...(['validationSplit', 'classes', 'fromScratch', 'threads', 'epochs', 'batchSize', 'accumulate'] as const),
  ...(['optimizer', 'learningRate', 'momentum', 'nesterov', 'weightDecay', 'schedule', 'warmupEpochs'] as const),
  ...(['loss', 'labelSmoothing', 'untilAccuracy', 'warmupSteps', 'seed', 'save', 'checkpoint', 'resume'] as const),
  ...(['samplingInterval', 'cpuTdp', 'powerLog', 'sensorRoot', 'trace'] as const),
]

/** Leaves out what was not given, so that the defaults of the training hold. */
function optionsOf(settings: TrainSettings, model: Model, registries: LoadedRegistries): TrainingOptions {
  const { input, profiler, idle, gpu, cache, augment } = settings
  return present({
    ...picked(settings, SAME),
    formats: registries.formats,
    profilerRegistry: registries.profilers,
    inputShapes: input === undefined ? undefined : inputShapes(model, input),
    profilers: profiler,
    idleDuration: idle,
    gpus: gpu,
    cacheBytes: cache === undefined ? undefined : cache * 1e6,
    augment: augment === undefined ? undefined : augmentations(augment),
    ...footprintOptions(settings),
  })
}

const picked = <T, Name extends keyof T>(values: T, names: readonly Name[]): Pick<T, Name> =>
  Object.fromEntries(names.map((name) => [name, values[name]])) as Pick<T, Name>

function augmentations(names: readonly string[]): readonly AugmentationName[] {
  return names.map((name) => {
    const known = AUGMENTATIONS.find((one) => one === name.toLowerCase())
    if (known !== undefined) return known
    throw new UsageError('E_OPTION_VALUE', `--augment: there is no "${name.slice(0, 40)}"`, {
      hint: `choose from ${AUGMENTATIONS.join(', ')}`,
    })
  })
}

type Present<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

const present = <T extends object>(values: T): Present<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
