/** Makes the records of a run from its trace again, with another carbon factor, PUE or idle power if wanted. */
import type { SamplingFacts } from '../profilers/energy-window.js'
import { FormatError } from '../src/core/errors.js'
import type { InferenceRecord } from '../src/core/record.js'
import { seconds } from '../src/core/units.js'
import { parseRecord } from '../src/core/validate-record.js'
import type { Warning } from '../src/core/warning.js'
import type { HostFacts } from './host.js'
import type { IdleModel } from './idle-power.js'
import { inferenceRecord, type RunFacts } from './inference-record.js'
import { readTrace } from './read-trace.js'
import { type ReplayedFootprint, replayFootprint } from './replay-footprint.js'
import { batchesOf, batchFacts, measurementOf, type TracedBatch } from './trace-batches.js'
import { traceEnergy } from './trace-energy.js'
import type { EventOf } from './trace-events.js'

/** What may differ from the run; what is left out stays as it was. */
export interface ReplayOptions extends ReplayedFootprint {
  readonly idleModel?: IdleModel | undefined
}

/**
 * @param path - file that `--trace` wrote; one whose run was killed gives what had been measured by then
 * @returns one record per batch size that had begun to be measured
 * @throws {FormatError} `E_TRACE_...` when it is no trace, or ends before anything was measured
 * @throws {UsageError} for a place, an intensity, a PUE, a price or embodied carbon that cannot be
 */
export async function replayTrace(path: string, options: ReplayOptions = {}): Promise<InferenceRecord[]> {
  const { events } = await readTrace(path)
  const run = events.find((event): event is EventOf<'run'> => event.type === 'run')
  const energies = traceEnergy(events)
  const records: InferenceRecord[] = []
  for (const traced of run === undefined ? [] : batchesOf(events)) {
    const measurement = measurementOf(traced, energies)
    const batch = batchFacts(traced, measurement)
    if (batch === undefined || run === undefined || measurement.latencies.count === 0) continue
    const cut = traced.done === undefined ? [cutWarning()] : []
    const facts = await runFacts(run, traced, options)
    const record = inferenceRecord(facts, { ...batch, warnings: [...cut, ...batch.warnings] })
    records.push(checked({ ...record, replay: replayNote(traced, options) }))
  }
  if (records.length > 0) return records
  throw new FormatError('E_TRACE_EMPTY', `${path} ends before anything was measured`, {
    hint: 'the run was stopped while it warmed up, or before: run it again',
  })
}

async function runFacts(run: EventOf<'run'>, traced: TracedBatch, options: ReplayOptions): Promise<RunFacts> {
  const { model, load, input, host, versions, seed } = run
  const { idleModel, ...changes } = options
  return {
    model,
    ...(load === undefined ? {} : { load }),
    input,
    host: host as unknown as HostFacts,
    meter: meterOf(run, traced),
    footprint: await replayFootprint(run.footprint, (traced.done ?? traced.ready)?.intensities, changes),
    options: { ...run.options, ...given(options) },
    versions,
    seed,
    ...(idleModel === undefined ? {} : { idleModel }),
  }
}

/** With what the sensors had to say by the end of a batch size. */
function meterOf(
  { profilers, refusals, warnings }: EventOf<'run'>,
  { done }: TracedBatch,
): NonNullable<RunFacts['meter']> {
  const sampling = (done?.sampling ?? []).map(samplingFacts)
  return {
    profilers,
    refusals: refusals.map(withoutAbsentFix),
    warnings: done?.meterWarnings ?? warnings,
    sampling: () => sampling,
  }
}

function withoutAbsentFix({ fix, ...refusal }: EventOf<'run'>['refusals'][number]) {
  return fix === undefined ? refusal : { ...refusal, fix }
}

function samplingFacts(facts: NonNullable<EventOf<'done'>['sampling']>[number]): SamplingFacts {
  const { interval, meanDelay, worstDelay, longestStep, ...counts } = facts
  return {
    ...counts,
    interval: seconds(interval),
    meanDelay: seconds(meanDelay),
    worstDelay: seconds(worstDelay),
    longestStep: seconds(longestStep),
  }
}

const given = (options: ReplayOptions): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

function replayNote({ done }: TracedBatch, options: ReplayOptions): NonNullable<InferenceRecord['replay']> {
  return { ...(done === undefined ? {} : { of: done.id }), changed: Object.keys(given(options)) }
}

/** What was copied from the trace is as foreign as the trace. */
function checked(record: InferenceRecord): InferenceRecord {
  parseRecord(record)
  return record
}

function cutWarning(): Warning {
  return {
    code: 'W_TRACE_CUT',
    message: 'the trace ends before the run did: these are the figures of what had been measured by then',
    hint: 'run again to the end for tighter intervals',
  }
}
