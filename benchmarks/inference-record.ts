/** Puts together the record of one batch size from what the run found out; absent figures are named with the reason. */
import { randomUUID } from 'node:crypto'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { Counts, EnergyRecord, InferenceRecord, LayerRecord, ModelRecord } from '../src/core/record.js'
import { SCHEMA_VERSION } from '../src/core/schema-version.js'
import type { Warning } from '../src/core/warning.js'
import type { EngineInfo } from '../src/engines/engine.js'
import { collapseWarnings } from './collapse-warnings.js'
import { conditionsBetween } from './condition-warnings.js'
import type { Conditions } from './conditions.js'
import { crossCheckWarnings } from './cross-check.js'
import { energyRecord } from './energy-record.js'
import type { Footprint } from './footprint.js'
import { footprintRecord } from './footprint-record.js'
import type { HostFacts } from './host.js'
import { type IdleModel, withIdleModel } from './idle-power.js'
import { type Speed, speedOf, windowSamples } from './latency-record.js'
import { type Missing, missingFigures } from './missing-figures.js'
import { ownCost } from './own-cost.js'
import type { PreparedInputs } from './prepared-inputs.js'
import type { Measurement } from './protocol.js'
import { ownVersions } from './versions.js'

/** What holds for all batch sizes of a run. */
export interface RunFacts {
  readonly model: ModelRecord
  /** Seconds that opening the model took; absent when the caller opened it. */
  readonly load?: number
  readonly input: InferenceRecord['input']
  readonly host: HostFacts
  readonly meter?: Pick<EnergyMeter, 'profilers' | 'refusals' | 'warnings' | 'sampling'>
  readonly footprint: Footprint
  readonly options: Readonly<Record<string, unknown>>
  /** Of what prepares the inputs. */
  readonly versions: Readonly<Record<string, string>>
  readonly seed: number
  /** Where idle power comes from; the mean of both baselines when absent. */
  readonly idleModel?: IdleModel
}

/** What one batch size came to. */
export interface BatchFacts {
  readonly batchSize: number
  readonly startedAt: Date
  readonly completedAt: Date
  readonly engine: EngineInfo
  /** When the baseline, the warm-up and the windows began. */
  readonly protocolStartedAt?: Date
  /** Seconds that the engine took to make the model ready. */
  readonly prepare: number
  /** Seconds waited before for the machine to cool down. */
  readonly cooldown?: number
  readonly counts: Counts | undefined
  /** The costliest of them. */
  readonly layers?: readonly LayerRecord[] | undefined
  readonly missingCounts: readonly Missing[]
  /** Absent when preparing them failed. */
  readonly inputs?: PreparedInputs
  readonly measurement: Measurement
  /** Figures of speed that were worked out before; worked out here when absent. */
  readonly speed?: Speed
  readonly conditions?: { readonly before: Conditions; readonly after: Conditions }
  readonly warnings: readonly Warning[]
}

/** @returns a record that fits the schema, complete or not */
export function inferenceRecord(run: RunFacts, batch: BatchFacts): InferenceRecord {
  const { measurement, conditions } = batch
  const speed = batch.speed ?? speedOf(measurement, batch.batchSize)
  const { latencySeconds, latencyEvery } = speed
  const figures = figuresOf(run, batch, speed)
  const change = conditions && conditionsBetween(conditions.before, conditions.after)
  return {
    ...headOf(run, batch),
    ...present(figures),
    phases: phasesOf(run, batch),
    conditions: change === undefined ? {} : { ...conditions, ...withoutWarnings(change) },
    samples: { latencySeconds, latencyEvery, windows: windowSamples(measurement.windows, batch.batchSize) },
    missing: missingFigures(run, batch, figures),
    warnings: collapseWarnings([
      ...batch.warnings,
      ...(batch.inputs?.warnings ?? []),
      ...measurement.warnings,
      ...crossCheckWarnings(figures.energy),
      ...(run.meter?.warnings ?? []),
      ...(figures.carbon === undefined ? [] : run.footprint.factor.warnings),
      ...(change?.warnings ?? []),
    ]),
  }
}

/** What is there in every record. */
function headOf(run: RunFacts, { batchSize, engine, startedAt, completedAt, measurement }: BatchFacts) {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'inference',
    id: randomUUID(),
    startedAt: startedAt.toISOString(),
    completedAt: completedAt.toISOString(),
    complete: isComplete(measurement),
    model: run.model,
    engine: { ...engine, options: { ...engine.options } },
    batchSize,
    input: run.input,
    host: { ...run.host },
    versions: { ...ownVersions(), ...run.versions, [engine.name]: engine.version },
    options: { ...run.options },
    seed: run.seed,
  } as const
}

/** Figures that may be absent. */
function figuresOf(run: RunFacts, batch: BatchFacts, speed: Speed) {
  const { batchSize, measurement, inputs, counts, layers } = batch
  const energy = energyRecord(withIdleModel(measurement, run.idleModel), batchSize)
  const { accuracy } = inputs ?? {}
  return {
    counts,
    layers: layers && [...layers],
    images: inputs?.images,
    accuracy: accuracy !== undefined && 'accuracy' in accuracy ? { ...accuracy.accuracy } : undefined,
    latency: speed.latency,
    throughput: speed.throughput,
    energy: energy && withSampling(withCarbonBudget(energy, run.footprint.factor), run.meter),
    ...(energy === undefined ? NO_FOOTPRINT : footprintOf(energy, run, batch)),
    own: ownCost(measurement, energy),
  }
}

type Present<Figures> = { [Name in keyof Figures]?: Exclude<Figures[Name], undefined> }

/** Leaves out what is `undefined`: a record has no field for what is absent. */
export function present<Figures extends object>(figures: Figures): Present<Figures> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) as Present<Figures>
}

/** @returns whether the windows ended as planned */
export const isComplete = ({ stopReason }: Pick<Measurement, 'stopReason'>): boolean =>
  stopReason === 'interval reached' || stopReason === 'time budget spent'

const NO_FOOTPRINT = {
  carbon: undefined,
  water: undefined,
  cost: undefined,
  socialCost: undefined,
  equivalents: undefined,
}

/** The windows began when the protocol did, or with the batch size where nobody noted it. */
function footprintOf(energy: EnergyRecord, { footprint }: RunFacts, batch: BatchFacts) {
  const { measurement, protocolStartedAt = batch.startedAt } = batch
  const { perInference, gross, window } = energy
  const at = (time: number): Date => new Date(protocolStartedAt.getTime() + time * 1000)
  const windows = measurement.windows.flatMap(({ startedAt, seconds, energy: used }) =>
    used?.joules === undefined ? [] : [{ start: at(startedAt), end: at(startedAt + seconds), joules: used.joules }],
  )
  const fields = footprintRecord(
    { perInference, gross, inferences: window.inferences, seconds: window.seconds * window.count, windows },
    footprint,
  )
  return { ...NO_FOOTPRINT, ...fields }
}

/** The budget lists the factor too, since it is part of the interval of CO2, though not of the energy's. */
export function withCarbonBudget<Energy extends Pick<EnergyRecord, 'budget'>>(
  energy: Energy,
  factor: Footprint['factor'],
): Energy {
  const { gramsPerKwh, low, high, marginal } = factor
  if (!(gramsPerKwh > 0)) return energy
  const parts: EnergyRecord['budget'] = [
    { source: 'carbon factor', of: 'carbon', relative: (high - low) / 2 / gramsPerKwh },
    {
      source: 'marginal instead of average intensity',
      of: 'basis',
      relative: marginal === undefined ? 0 : Math.abs(marginal.gramsPerKwh - gramsPerKwh) / gramsPerKwh,
    },
  ]
  return { ...energy, budget: [...energy.budget, ...parts.filter(({ relative }) => relative > 0)] }
}

/** How the sensors were read, where they were. */
export function withSampling<Energy extends Pick<EnergyRecord, 'sampling'>>(
  energy: Energy,
  meter: RunFacts['meter'],
): Energy {
  const sampling = meter?.sampling().map((facts) => ({ ...facts })) ?? []
  return sampling.length === 0 ? energy : { ...energy, sampling }
}

function phasesOf(
  { load }: RunFacts,
  { prepare, inputs, measurement, cooldown = 0 }: BatchFacts,
): InferenceRecord['phases'] {
  const { idleBefore, idleAfter, warmUp, windows } = measurement
  const idle = (idleBefore?.seconds ?? 0) + (idleAfter?.seconds ?? 0)
  return {
    ...(load === undefined ? {} : { load }),
    prepare,
    ...(inputs?.preprocess === undefined ? {} : { preprocess: inputs.preprocess }),
    warmup: warmUp.seconds,
    inference: windows.reduce((sum, window) => sum + window.seconds, 0),
    ...(inputs?.postprocess === undefined ? {} : { postprocess: inputs.postprocess }),
    ...(idle === 0 ? {} : { idle }),
    ...(cooldown === 0 ? {} : { cooldown }),
  }
}

function withoutWarnings<Change extends { readonly warnings: unknown }>({ warnings: _, ...facts }: Change) {
  return facts
}
