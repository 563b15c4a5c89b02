/** Puts together the record of one batch size from what the run found out; absent figures are named with the reason. */
import { randomUUID } from 'node:crypto'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { CarbonFactor } from '../src/carbon/carbon-factor.js'
import { carbonRecord } from '../src/carbon/emission.js'
import type { Counts, EnergyRecord, InferenceRecord, ModelRecord } from '../src/core/record.js'
import { SCHEMA_VERSION } from '../src/core/schema-version.js'
import type { Warning } from '../src/core/warning.js'
import type { EngineInfo } from '../src/engines/engine.js'
import { collapseWarnings } from './collapse-warnings.js'
import { conditionsBetween } from './condition-warnings.js'
import type { Conditions } from './conditions.js'
import { energyRecord } from './energy-record.js'
import type { HostFacts } from './host.js'
import { latencyRecord, samplesRecord, throughputRecord } from './latency-record.js'
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
  readonly meter?: EnergyMeter
  readonly factor: CarbonFactor
  readonly pue: number
  readonly options: Readonly<Record<string, unknown>>
  readonly seed: number
}

/** What one batch size came to. */
export interface BatchFacts {
  readonly batchSize: number
  readonly startedAt: Date
  readonly completedAt: Date
  readonly engine: EngineInfo
  /** Seconds that the engine took to make the model ready. */
  readonly prepare: number
  readonly counts: Counts | undefined
  readonly missingCounts: readonly Missing[]
  /** Absent when preparing them failed. */
  readonly inputs?: PreparedInputs
  readonly measurement: Measurement
  readonly conditions?: { readonly before: Conditions; readonly after: Conditions }
  readonly warnings: readonly Warning[]
}

/** @returns a record that fits the schema, complete or not */
export function inferenceRecord(run: RunFacts, batch: BatchFacts): InferenceRecord {
  const { batchSize, measurement, inputs, engine, counts } = batch
  const latency = latencyRecord(measurement.latencies)
  const throughput = throughputRecord(measurement.windows, latency, batchSize)
  const energy = energyRecord(measurement, batchSize)
  const own = ownCost(measurement, energy)
  const carbon = energy && carbonOfEnergy(energy, run)
  const accuracy =
    inputs?.accuracy !== undefined && 'accuracy' in inputs.accuracy ? inputs.accuracy.accuracy : undefined
  const change = batch.conditions && conditionsBetween(batch.conditions.before, batch.conditions.after)
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'inference',
    id: randomUUID(),
    startedAt: batch.startedAt.toISOString(),
    completedAt: batch.completedAt.toISOString(),
    complete: isComplete(measurement),
    model: run.model,
    ...(counts === undefined ? {} : { counts }),
    engine: { ...engine, options: { ...engine.options } },
    batchSize,
    input: run.input,
    ...(inputs?.images === undefined ? {} : { images: inputs.images }),
    ...(accuracy === undefined ? {} : { accuracy: { ...accuracy } }),
    phases: phasesOf(run, batch),
    ...(latency === undefined ? {} : { latency }),
    ...(throughput === undefined ? {} : { throughput }),
    ...(energy === undefined ? {} : { energy: withCarbonBudget(energy, run.factor) }),
    ...(carbon === undefined ? {} : { carbon }),
    ...(own === undefined ? {} : { own }),
    conditions: change === undefined ? {} : { ...batch.conditions, ...withoutWarnings(change) },
    host: { ...run.host },
    versions: { ...ownVersions(), [engine.name]: engine.version },
    options: { ...run.options },
    seed: run.seed,
    samples: samplesRecord(measurement, batchSize),
    missing: missingFigures(run, batch, { latency, throughput, energy, accuracy }),
    warnings: collapseWarnings([
      ...batch.warnings,
      ...(inputs?.warnings ?? []),
      ...measurement.warnings,
      ...(run.meter?.warnings ?? []),
      ...(energy === undefined ? [] : run.factor.warnings),
      ...(change?.warnings ?? []),
    ]),
  }
}

/** @returns whether the windows ended as planned */
export const isComplete = ({ stopReason }: Pick<Measurement, 'stopReason'>): boolean =>
  stopReason === 'interval reached' || stopReason === 'time budget spent'

function carbonOfEnergy({ perInference, gross }: EnergyRecord, { factor, pue }: RunFacts): InferenceRecord['carbon'] {
  return carbonRecord({ perInference, total: gross, factor, pue })
}

/** The budget lists the factor too, since it is part of the interval of CO2, though not of the energy's. */
function withCarbonBudget(energy: EnergyRecord, { gramsPerKwh, low, high }: CarbonFactor): EnergyRecord {
  if (!(gramsPerKwh > 0) || high === low) return energy
  const relative = (high - low) / 2 / gramsPerKwh
  return { ...energy, budget: [...energy.budget, { source: 'carbon factor (CO2 only)', relative }] }
}

function phasesOf({ load }: RunFacts, { prepare, inputs, measurement }: BatchFacts): InferenceRecord['phases'] {
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
  }
}

function withoutWarnings<Change extends { readonly warnings: unknown }>({ warnings: _, ...facts }: Change) {
  return facts
}
