/** Puts together the record of a training from what was found out; absent figures are named with the reason. */
import { randomUUID } from 'node:crypto'
import type { Counts, TrainingRecord } from '../src/core/record.js'
import { SCHEMA_VERSION } from '../src/core/schema-version.js'
import { thinEvenly } from '../src/core/statistics.js'
import type { Warning } from '../src/core/warning.js'
import type { EngineInfo } from '../src/engines/engine.js'
import { collapseWarnings } from './collapse-warnings.js'
import { conditionsBetween } from './condition-warnings.js'
import type { Conditions } from './conditions.js'
import { crossCheckWarnings } from './cross-check.js'
import { epochRecords, partsOfEpochs } from './epoch-record.js'
import { present, type RunFacts, withCarbonBudget, withSampling } from './inference-record.js'
import { type Speed, speedOf } from './latency-record.js'
import { type Missing, whyNoEnergy } from './missing-figures.js'
import { ownCost } from './own-cost.js'
import { joulesOf, trainingEnergy } from './training-energy.js'
import { trainingFootprint } from './training-footprint.js'
import { gapWarnings, missingSums, whyNoWhole } from './training-gaps.js'
import { GRADIENT_GRAPH, isTrained, measurementOf, type TrainingMeasurement, windowOf } from './training-measurement.js'
import type { TrainingPart } from './training-part.js'
import { targetRecord } from './training-target.js'
import { ownVersions } from './versions.js'

/** What a training came to, beside the facts of its run. */
export interface TrainingFacts {
  readonly startedAt: Date
  readonly completedAt: Date
  /** When the clock of the measurement began. */
  readonly protocolStartedAt: Date
  readonly engine: EngineInfo
  readonly batchSize: number
  readonly settings: TrainingRecord['settings']
  readonly data: TrainingRecord['data']
  /** Seconds. */
  readonly prepare: number
  readonly saving: number
  readonly counts: Counts | undefined
  readonly missingCounts: readonly Missing[]
  readonly resumed?: TrainingRecord['resumed']
  readonly files: TrainingRecord['files']
  /** Accuracy at which to stop. */
  readonly target?: number | undefined
  readonly measurement: TrainingMeasurement
  /** Figures of speed that were worked out before; worked out here when absent. */
  readonly speed?: Speed
  readonly conditions?: { readonly before: Conditions; readonly after: Conditions }
  readonly warnings: readonly Warning[]
}

/** @returns a record that fits the schema, complete or not */
export function trainingRecord(run: RunFacts, facts: TrainingFacts): TrainingRecord {
  const { measurement, conditions } = facts
  const speed = facts.speed ?? trainingSpeed(measurement)
  const { latencySeconds, latencyEvery } = speed
  const { epochs, ...figures } = figuresOf(run, facts, speed)
  const change = conditions && conditionsBetween(conditions.before, conditions.after)
  const { warnings: changeWarnings = [], ...changed } = change ?? {}
  return {
    ...headOf(run, facts),
    epochs,
    ...present(figures),
    phases: phasesOf(run, facts),
    conditions: conditions === undefined ? {} : { ...conditions, ...changed },
    samples: { latencySeconds, latencyEvery, losses: lossesOf(measurement), power: [...measurement.power] },
    missing: missingOf(run, facts, figures),
    warnings: collapseWarnings([
      ...facts.warnings,
      ...measurement.warnings,
      ...crossCheckWarnings(figures.energy),
      ...(figures.energy === undefined ? [] : gapWarnings(measurement)),
      ...(run.meter?.warnings ?? []),
      ...(figures.carbon === undefined ? [] : run.footprint.factor.warnings),
      ...changeWarnings,
    ]),
  }
}

/** @returns latency of the steps, and images per second of the training parts */
export function trainingSpeed(measurement: TrainingMeasurement): Speed {
  const taught = measurement.parts.filter(({ name, images }) => name === 'training' && images > 0)
  const windows = taught.map((part) => windowOf(part, part.images))
  return speedOf(measurementOf(measurement, windows), 1)
}

function headOf(run: RunFacts, facts: TrainingFacts) {
  const { engine, measurement, startedAt, completedAt, batchSize, settings, data, files, resumed } = facts
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'training',
    id: randomUUID(),
    startedAt: startedAt.toISOString(),
    completedAt: completedAt.toISOString(),
    complete: isTrained(measurement),
    model: run.model,
    engine: { ...engine, options: { ...engine.options } },
    batchSize,
    settings,
    data,
    files,
    ...(resumed === undefined ? {} : { resumed }),
    host: { ...run.host },
    versions: { ...ownVersions(), ...run.versions, ...runtimeOf(engine) },
    options: { ...run.options },
    seed: run.seed,
  } as const
}

/** What the engine stands on; a trainer of a user's own may not say. */
function runtimeOf({ name, version }: EngineInfo): Record<string, string> {
  if (version === 'unknown') return {}
  return { [name === GRADIENT_GRAPH ? 'onnxruntime' : name]: version }
}

/** Figures that may be absent. */
function figuresOf(run: RunFacts, facts: TrainingFacts, speed: Speed) {
  const { measurement, counts } = facts
  const found = trainingEnergy(measurement, run.idleModel)
  const energy = found && withSampling(withCarbonBudget(found.energy, run.footprint.factor), run.meter)
  const epochs = epochRecords(facts, run.footprint)
  const parts = measurement.parts.filter(({ name }) => name === 'epoch' || name === 'decoding')
  const windows = parts.flatMap((part) => {
    const joules = joulesOf(part)?.joules
    return joules === undefined ? [] : [{ ...timeOf(facts, part), joules }]
  })
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0)
  const whole = epochs.filter(({ complete }) => complete)
  const footprint = found && trainingFootprint(found, { windows, seconds, epochs: whole.length }, run.footprint)
  const last = whole.at(-1)
  return {
    counts,
    epochs,
    accuracy: last && finalAccuracy(last),
    target: targetRecord(facts, epochs, run.footprint),
    latency: speed.latency,
    throughput: speed.throughput,
    energy,
    ...{ carbon: undefined, water: undefined, cost: undefined, socialCost: undefined, equivalents: undefined },
    ...footprint,
    own: ownCost(ownMeasurement(measurement), found?.whole),
  }
}

function finalAccuracy({ training, validation }: TrainingRecord['epochs'][number]): TrainingRecord['accuracy'] {
  const { accuracy: top1, images: count } = validation ?? training
  return top1 === undefined ? undefined : { top1, count, of: validation === undefined ? 'training' : 'validation' }
}

/** @returns when a part began and ended */
export function timeOf(
  { protocolStartedAt }: Pick<TrainingFacts, 'protocolStartedAt'>,
  { startedAt, seconds }: { readonly startedAt: number; readonly seconds: number },
): { readonly start: Date; readonly end: Date } {
  const at = (time: number): Date => new Date(protocolStartedAt.getTime() + time * 1000)
  return { start: at(startedAt), end: at(startedAt + seconds) }
}

/** The loop's own CPU time, spread over the steps. */
function ownMeasurement(measurement: TrainingMeasurement) {
  const isTimed = ({ name, steps }: TrainingPart) => (name === 'training' || name === 'validation') && steps > 0
  const parts = measurement.parts.filter(isTimed)
  const [own, steps] = [
    parts.reduce((sum, part) => sum + part.ownCpuSeconds, 0),
    parts.reduce((sum, part) => sum + part.steps, 0),
  ]
  const windows = parts.map((part) => windowOf(part, part.steps))
  return { ...measurementOf(measurement, windows), loopCpuSeconds: own / Math.max(1, steps) }
}

function phasesOf({ load }: RunFacts, { prepare, saving, measurement }: TrainingFacts): TrainingRecord['phases'] {
  const { idleBefore, idleAfter, warmupSeconds, parts } = measurement
  const of = (wanted: string) =>
    parts.filter(({ name }) => name === wanted).reduce((sum, part) => sum + part.seconds, 0)
  const optional = { load, decoding: of('decoding'), validation: of('validation'), save: saving }
  const idle = (idleBefore?.seconds ?? 0) + (idleAfter?.seconds ?? 0)
  return {
    ...Object.fromEntries(
      Object.entries({ ...optional, idle }).filter(([, value]) => value !== undefined && value > 0),
    ),
    prepare,
    warmup: warmupSeconds,
    training: of('training'),
  }
}

/** Losses in a record at most. */
const MOST_LOSSES = 50_000

function lossesOf(measurement: TrainingMeasurement): TrainingRecord['samples']['losses'] {
  const epochs = partsOfEpochs(measurement)
  const room = Math.max(1, Math.floor(MOST_LOSSES / Math.max(1, epochs.length)))
  return epochs.map(({ epoch, training }) => {
    const { samples, every } = thinEvenly(training.losses, room)
    return { epoch, every: every * training.lossEvery, values: [...samples] }
  })
}

function missingOf(
  run: RunFacts,
  facts: TrainingFacts,
  figures: Omit<ReturnType<typeof figuresOf>, 'epochs'>,
): Missing[] {
  const lack = (isLacking: boolean, field: string, reason: string): Missing[] => (isLacking ? [{ field, reason }] : [])
  const { energy, latency, throughput, accuracy } = figures
  const energyReason =
    whyNoWhole(facts.measurement) ?? whyNoEnergy(run, { measurement: { windows: facts.measurement.parts } })
  return [
    ...facts.missingCounts,
    ...(energy === undefined ? [] : missingSums(facts.measurement)),
    ...lack(run.load === undefined, 'phases.load', 'the caller had opened the model'),
    ...lack(accuracy === undefined, 'accuracy', 'no epoch came to its end'),
    ...lack(latency === undefined, 'latency', 'fewer than two steps were made, which have no spread'),
    ...lack(throughput === undefined, 'throughput', 'too few steps were made for an interval'),
    ...lack(energy === undefined, 'energy', energyReason),
    ...lack(energy === undefined, 'carbon', energyReason),
    ...lack(energy !== undefined && energy.net === undefined, 'energy.net', 'there is no idle baseline'),
    ...lack(energy !== undefined && energy.perEpoch === undefined, 'energy.perEpoch', 'no epoch came to its end'),
  ]
}
