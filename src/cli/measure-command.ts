/** `greenbench <model>`: the timed run of one model or of several, from its options to its result. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RunOptions } from '../../benchmarks/options.js'
import { type LoadedRegistries, loadPlugins } from '../../benchmarks/plugins.js'
import { ModelFactory } from '../../formats/factory.js'
import type { Model } from '../../formats/format.js'
import { UsageError } from '../core/errors.js'
import type { ComparisonRecord, InferenceRecord } from '../core/record.js'
import { type EngineName, engineNames } from '../engines/engine-names.js'
import { printable } from '../results/printable.js'
import { comparisonForms } from './comparison-forms.js'
import { EXIT } from './failure.js'
import { footprintOptions } from './footprint-settings.js'
import { inferenceForms } from './inference-forms.js'
import { watchInterruption } from './interruption.js'
import { type Gate, keepLimits, readLimits } from './limits.js'
import { inputShapes, openOptions, thoseOf } from './model-input.js'
import type { Settings } from './option-definition.js'
import { MEASURE_OPTIONS } from './options/measure-options.js'
import { checkOutputs, showResult } from './output-choice.js'
import type { Request } from './program.js'
import { showProgress } from './progress.js'
import { readOptions } from './read-options.js'
import { fileSources, imageSources, modelSources } from './sources.js'
import { type Terminal, write } from './terminal.js'

type MeasureRequest = Extract<Request, { command: 'measure' }>
type MeasureSettings = Settings<typeof MEASURE_OPTIONS>

/** @returns the exit code */
export async function measureCommand(request: MeasureRequest, terminal: Terminal): Promise<number> {
  const { models: paths, given: values } = request
  refuseMisspeltCommand(request, terminal)
  const { settings, origins } = await readOptions(MEASURE_OPTIONS, values, terminal)
  checkInput(settings)
  checkBase(settings, paths)
  const gate = readLimits(settings, 'inference', terminal)
  await checkOutputs(settings, [
    ...modelSources(paths),
    ...imageSources([settings.images]),
    ...fileSources([settings.labels, settings.powerLog, ...(settings.plugin ?? [])]),
  ])
  const registries = await loadPlugins(settings.plugin)
  const options = { ...optionsOf(settings, registries), note: { origins } }
  const names = engineNames(settings.engine ?? [])
  return paths.length > 1 || names.length > 1
    ? compareAll(paths, names, options, { settings, gate, terminal })
    : measureOne(paths[0] ?? '', names[0], options, { settings, gate, terminal })
}

/** What the user wants of the result. */
interface Asked {
  readonly settings: MeasureSettings
  readonly gate: Gate
  readonly terminal: Terminal
}

async function measureOne(
  path: string,
  engineName: EngineName | undefined,
  options: RunOptions,
  { settings, gate, terminal }: Asked,
): Promise<number> {
  const beforeLoad = performance.now()
  const model = await (options.formats ?? ModelFactory.withPredefinedFormats()).open(path, openOptions(settings))
  const loadDuration = (performance.now() - beforeLoad) / 1000
  const ofModel = given({
    ...options,
    model,
    loadDuration,
    inputShapes: inputShapes(model, settings.input),
    engineName,
  })
  const { benchmarkInference } = await import('../../benchmarks/inference.js')
  const { result: records, isInterrupted } = await measure(settings, terminal, (watching) =>
    benchmarkInference({ ...ofModel, ...watching }),
  )
  await showResult(settings, inferenceForms(records, settings, terminal), terminal)
  for (const failed of incomplete(records)) await write(terminal.stderr, failureOf(failed))
  const isWhole = incomplete(records).length === 0
  return exitCode(isInterrupted, isWhole) ?? keepLimits(gate, records, terminal)
}

/** Several models are compared, several engines too. */
async function compareAll(
  paths: readonly string[],
  names: readonly EngineName[],
  options: RunOptions,
  { settings, gate, terminal }: Asked,
): Promise<number> {
  const { model: _, ...shared } = options
  const { compareModels } = await import('../../benchmarks/compare-models.js')
  const comparison = {
    ...shared,
    models: paths,
    open: openOptions(settings),
    inputShapes: (model: Model) =>
      inputShapes(model, paths.length > 1 ? thoseOf(model, settings.input) : settings.input),
    ...(names.length === 0 ? {} : { engineNames: names }),
  }
  const { result, isInterrupted } = await measure(settings, terminal, (watching) =>
    compareModels({ ...comparison, ...watching }),
  )
  await showResult(settings, comparisonForms(result, settings, terminal), terminal)
  const failures = result.flatMap(({ failed, records }) => [
    ...failed.map(({ name, reason }) => `greenbench: ${printable(name)} is left out: ${printable(reason)}\n`),
    ...incomplete(records).map(failureOf),
  ])
  for (const text of new Set(failures)) await write(terminal.stderr, text)
  const isWhole = failures.length === 0
  const spared = settings.baseFirst === true ? Math.max(1, names.length) : 0
  const records = result.flatMap((comparison) => judged(comparison, spared))
  return exitCode(isInterrupted, isWhole) ?? keepLimits(gate, records, terminal)
}

/** @returns the records of a comparison in which all took part, without those of its first competitors */
function judged({ competitors, records }: ComparisonRecord, spared: number): readonly InferenceRecord[] {
  const base = competitors.slice(0, spared).map(({ record }) => record)
  return records.filter(({ id }) => !base.includes(id))
}

/** @returns `undefined` for a run that came to its end, which limits may still fail */
const exitCode = (isInterrupted: boolean, isWhole: boolean): number | undefined =>
  isInterrupted ? EXIT.interrupted : isWhole ? undefined : EXIT.failure

const incomplete = (records: readonly InferenceRecord[]): readonly InferenceRecord[] =>
  records.filter(({ complete }) => !complete)

/** Said on standard error too, since with `--quiet` nobody sees the table. */
function failureOf({ model, batchSize, warnings }: InferenceRecord): string {
  const reason = warnings.find(({ code }) => code === 'W_RUN_FAILED')
  const hint = reason === undefined ? '' : `  hint: ${printable(reason.hint)}\n`
  const message = reason === undefined ? '' : `: ${printable(reason.message)}`
  return `greenbench: ${printable(model.name)}, batch ${batchSize} is incomplete${message}\n${hint}`
}

/** `greenbench inspekt model.onnx` reads as two models. */
function refuseMisspeltCommand({ models: [first = ''], meant }: MeasureRequest, { folder }: Terminal): void {
  if (meant === undefined || existsSync(resolve(folder, first))) return
  throw new UsageError('E_USAGE', `there is no command or model ${JSON.stringify(first.slice(0, 60))}`, {
    hint: `did you mean greenbench ${meant}?`,
  })
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

/** Without a second model there would be nothing that a limit is about. */
function checkBase({ baseFirst }: MeasureSettings, paths: readonly string[]): void {
  if (baseFirst !== true || paths.length > 1) return
  throw new UsageError('E_USAGE', '--base-first needs a second model', {
    hint: 'name the base and then what is new: greenbench base.onnx new.onnx --base-first',
  })
}

/** Runs until the end or the first Ctrl-C, after which what was measured so far is the result. */
async function measure<Result>(
  settings: MeasureSettings,
  terminal: Terminal,
  run: (watching: Required<Pick<RunOptions, 'signal' | 'onProgress'>>) => Promise<Result>,
): Promise<{ readonly result: Result; readonly isInterrupted: boolean }> {
  const progress = showProgress(terminal, settings.quiet === true)
  const interruption = watchInterruption(() => {
    progress.stop()
    void write(terminal.stderr, 'interrupted: keeping what was measured; press Ctrl-C again to quit at once\n')
  })
  const { signal } = interruption
  try {
    const result = await run({ signal, onProgress: progress.show })
    return { result, isInterrupted: signal.aborted }
  } finally {
    interruption.close()
    progress.stop()
  }
}

/** Leaves out what was not given, so that the defaults of the benchmark hold. */
function optionsOf(settings: MeasureSettings, registries: LoadedRegistries): RunOptions {
  const { device, threads, interOpThreads, graphOptimization, spinning } = settings
  return given({
    formats: registries.formats,
    profilerRegistry: registries.profilers,
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
    sensorRoot: settings.sensorRoot,
    trace: settings.trace,
    seed: settings.seed,
  })
}

type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
