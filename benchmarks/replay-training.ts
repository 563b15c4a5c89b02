/** Makes the record of a training from its trace again, with another carbon factor, PUE or idle power if wanted. */
import type { WindowEnergy } from '../profilers/energy-window.js'
import { FormatError } from '../src/core/errors.js'
import type { InferenceRecord, TrainingRecord } from '../src/core/record.js'
import { seconds } from '../src/core/units.js'
import type { Conditions } from './conditions.js'
import { readTrace } from './read-trace.js'
import { checked, cutWarning, type ReplayOptions, replayedFacts, replayInference, replayNote } from './replay.js'
import { batchesOf, measurementOf } from './trace-batches.js'
import { traceEnergy } from './trace-energy.js'
import type { EventOf, RunTraceEvent } from './trace-events.js'
import type { TrainingMeasurement } from './training-measurement.js'
import type { TrainingPart } from './training-part.js'
import { type TrainingFacts, trainingRecord } from './training-record.js'

/** @returns the records of any trace: one for each batch size, or that of the training; as `replayTrace` otherwise */
export async function replayRun(
  path: string,
  options: ReplayOptions = {},
): Promise<(InferenceRecord | TrainingRecord)[]> {
  const { events } = await readTrace(path)
  const isTraining = events.some(({ type }) => type === 'training')
  return isTraining ? [await trainingOf(path, events, options)] : replayInference(path, events, options)
}

/**
 * @param path - file that a training wrote; one that was killed gives the epochs that had ended by then
 * @throws what `replayTrace` throws
 */
export async function replayTraining(path: string, options: ReplayOptions = {}): Promise<TrainingRecord> {
  return trainingOf(path, (await readTrace(path)).events, options)
}

async function trainingOf(
  path: string,
  events: readonly RunTraceEvent[],
  options: ReplayOptions,
): Promise<TrainingRecord> {
  const [run] = ofType(events, 'run')
  const [ready] = ofType(events, 'training')
  const [done] = ofType(events, 'trained')
  const [traced] = batchesOf(events)
  const parts = partsOf(events, traceEnergy(events))
  if (run === undefined || ready === undefined || traced === undefined || parts.every(({ steps }) => steps === 0)) {
    throw new FormatError('E_TRACE_EMPTY', `${path} ends before anything was measured`, {
      hint: 'the training was stopped while it warmed up, or before: run it again',
    })
  }
  const { warmUp: _, windows: __, ...known } = measurementOf(traced, traceEnergy(events))
  const measurement: TrainingMeasurement = {
    ...known,
    parts,
    warmupSeconds: ready.warmupSeconds,
    power: done?.power ?? [],
    ...(done?.samplerCpuSeconds === undefined ? {} : { samplerCpuSeconds: done.samplerCpuSeconds }),
    ...(done?.use === undefined ? {} : { use: done.use }),
    stopReason: done?.stopReason ?? 'interrupted',
    warnings: done?.measurementWarnings ?? [],
  }
  const facts = await replayedFacts(run, done ?? ready, options)
  const record = trainingRecord(facts, factsOf(traced.batch, ready, done, measurement))
  return checked({ ...record, replay: replayNote(done, options) })
}

function factsOf(
  { batchSize, startedAt }: EventOf<'batch'>,
  ready: EventOf<'training'>,
  done: EventOf<'trained'> | undefined,
  measurement: TrainingMeasurement,
): TrainingFacts {
  const { engine, settings, prepare, missingCounts, counts, resumed, target } = ready
  const last = measurement.parts.at(-1)
  const [before, after] = [ready.conditions, done?.conditions] as readonly (Conditions | undefined)[]
  const begun = new Date(ready.protocolStartedAt)
  return {
    startedAt: new Date(startedAt),
    completedAt: new Date(
      done?.completedAt ?? begun.getTime() + ((last?.startedAt ?? 0) + (last?.seconds ?? 0)) * 1000,
    ),
    protocolStartedAt: begun,
    engine: { ...engine, options: engine.options as TrainingFacts['engine']['options'] },
    ...{ batchSize, settings, prepare, missingCounts, counts, target, measurement },
    data: done?.data ?? ready.data,
    saving: done?.saving ?? 0,
    files: done?.files ?? {},
    ...(resumed === undefined ? {} : { resumed }),
    ...(done === undefined ? {} : { speed: speedOf(done) }),
    ...(before === undefined || after === undefined ? {} : { conditions: { before, after } }),
    warnings: done === undefined ? [cutWarning(), ...ready.warnings] : done.warnings,
  }
}

function speedOf({
  latency,
  throughput,
  latencySeconds,
  latencyEvery,
}: EventOf<'trained'>): NonNullable<TrainingFacts['speed']> {
  return { latency, throughput, latencySeconds, latencyEvery }
}

function partsOf(
  events: readonly RunTraceEvent[],
  energies: ReadonlyMap<number, WindowEnergy>,
): readonly TrainingPart[] {
  return ofType(events, 'part').map(({ type: _, energyAt, loss, ...part }) => {
    const energy = energyAt === undefined ? undefined : energies.get(energyAt)
    return {
      ...part,
      loss,
      startedAt: seconds(part.startedAt),
      seconds: seconds(part.seconds),
      ...(energy === undefined ? {} : { energy }),
    }
  })
}

const ofType = <Name extends 'run' | 'training' | 'part' | 'trained'>(events: readonly RunTraceEvent[], name: Name) =>
  events.filter((event): event is Extract<RunTraceEvent, { type: Name }> => event.type === name)
