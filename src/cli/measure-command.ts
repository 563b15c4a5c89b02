/** `greenbench <model>`: the timed run, from its options to its result. */
import type { InferenceOptions } from '../../benchmarks/options.js'
import { type LoadedRegistries, loadPlugins } from '../../benchmarks/plugins.js'
import type { Model } from '../../formats/format.js'
import { UsageError } from '../core/errors.js'
import type { ComparisonRecord, InferenceRecord } from '../core/record.js'
import { engineNames } from '../engines/engine-names.js'
import { printable } from '../results/printable.js'
import { comparisonForms } from './comparison-forms.js'
import { EXIT } from './failure.js'
import { footprintOptions } from './footprint-settings.js'
import { inferenceForms } from './inference-forms.js'
import { watchInterruption } from './interruption.js'
import { inputShapes, openOptions } from './model-input.js'
import type { Settings } from './option-definition.js'
import { MEASURE_OPTIONS } from './option-list.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { showProgress } from './progress.js'
import { readOptions } from './read-options.js'
import { type Terminal, write } from './terminal.js'

type MeasureSettings = Settings<typeof MEASURE_OPTIONS>

/** @returns the exit code */
export async function measureCommand(path: string, given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings, origins } = await readOptions(MEASURE_OPTIONS, given, terminal)
  checkInput(settings)
  await checkOutputs(settings)
  const registries = await loadPlugins(settings.plugin)
  const beforeLoad = performance.now()
  const model = await registries.formats.open(path, openOptions(settings))
  const loadDuration = (performance.now() - beforeLoad) / 1000
  const options = { ...optionsOf(settings, model, registries), loadDuration, note: { origins } }
  const { records, comparisons, isInterrupted } = await measure(options, settings, terminal)
  const forms =
    comparisons.length === 0
      ? inferenceForms(records, settings, terminal)
      : comparisonForms({ records, comparisons }, settings, terminal)
  await showResult(settings, forms, terminal)
  if (isInterrupted) return EXIT.interrupted
  const failures = records.filter(({ complete }) => !complete)
  for (const failed of failures) await write(terminal.stderr, failureOf(failed))
  return failures.length === 0 ? EXIT.success : EXIT.failure
}

/** Said on standard error too, since with `--quiet` nobody sees the table. */
function failureOf({ batchSize, warnings }: InferenceRecord): string {
  const reason = warnings.find(({ code }) => code === 'W_RUN_FAILED')
  const hint = reason === undefined ? '' : `  hint: ${printable(reason.hint)}\n`
  return `greenbench: batch ${batchSize} is incomplete${reason === undefined ? '' : `: ${printable(reason.message)}`}\n${hint}`
}

/** The choice between real and random input changes what is measured, so it is never made in silence. */
function checkInput({ images, synthetic }: MeasureSettings): void {
  if (images !== undefined && synthetic === true) {
    throw new UsageError('E_INPUT_CHOICE', '--images and --synthetic exclude each other', {
      hint: 'leave out --synthetic to run on the images',
    })
  }
  if (images !== undefined || synthetic === true) return
  throw new UsageError('E_INPUT_CHOICE', 'nothing to run the model on', {
    hint: 'give --images <folder>, or --synthetic for random values',
  })
}

/** Runs until the end or the first Ctrl-C, after which what was measured so far is the result. */
async function measure(options: InferenceOptions, settings: MeasureSettings, terminal: Terminal) {
  const progress = showProgress(terminal, settings.quiet === true)
  const interruption = watchInterruption(() => {
    progress.stop()
    void write(terminal.stderr, 'interrupted: keeping what was measured; press Ctrl-C again to quit at once\n')
  })
  const { signal } = interruption
  try {
    const result = await runEngines({ ...options, signal, onProgress: progress.show }, settings)
    return { ...result, isInterrupted: signal.aborted }
  } finally {
    interruption.close()
    progress.stop()
  }
}

/** Several engines are compared, one is measured alone. */
async function runEngines(options: InferenceOptions, { engine = [] }: MeasureSettings): Promise<MeasureResult> {
  const names = engineNames(engine)
  const [engineName] = names
  if (names.length > 1) {
    const { compareEngines } = await import('../../benchmarks/compare-engines.js')
    return compareEngines({ ...options, engineNames: names })
  }
  const { benchmarkInference } = await import('../../benchmarks/inference.js')
  return { records: await benchmarkInference(given({ ...options, engineName })), comparisons: [] }
}

interface MeasureResult {
  readonly records: readonly InferenceRecord[]
  readonly comparisons: readonly ComparisonRecord[]
}

/** Leaves out what was not given, so that the defaults of the benchmark hold. */
function optionsOf(settings: MeasureSettings, model: Model, registries: LoadedRegistries): InferenceOptions {
  const { device, threads, interOpThreads, graphOptimization, spinning } = settings
  return given({
    model,
    formats: registries.formats,
    profilerRegistry: registries.profilers,
    inputShapes: inputShapes(model, settings.input),
    engine: given({
      executionProvider: device,
      threads,
      interOpThreads,
      graphOptimizationLevel: graphOptimization,
      spinning,
    }),
    images: settings.images,
    synthetic: settings.synthetic,
    labels: settings.labels,
    limit: settings.limit,
    strict: settings.strict,
    resize: settings.resize,
    normalize: settings.normalize,
    layout: settings.layout,
    channelOrder: settings.channelOrder,
    batchSizes: settings.batch,
    profilers: settings.profiler,
    minDuration: settings.minDuration,
    maxDuration: settings.maxDuration,
    targetInterval: settings.targetCi,
    idleDuration: settings.idle,
    warmupDuration: settings.warmup,
    cooldownDuration: settings.cooldown,
    samplingInterval: settings.samplingInterval,
    ...footprintOptions(settings),
    cpuTdp: settings.cpuTdp,
    gpus: settings.gpu,
    powerLog: settings.powerLog,
    trace: settings.trace,
    seed: settings.seed,
  })
}

type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
