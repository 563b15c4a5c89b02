/** Makes the records of a run from its trace again, with another carbon factor, PUE or idle power if wanted. */
import type { SamplingFacts } from '../profilers/energy-window.js'
import { FormatError } from '../src/core/errors.js'
import type { InferenceRecord, ResultRecord } from '../src/core/record.js'
import { seconds } from '../src/core/units.js'
import { parseRecord } from '../src/core/validate-record.js'
import type { Warning } from '../src/core/warning.js'
import type { HostFacts } from './host.js'
import type { IdleModel } from './idle-power.js'
import { inferenceRecord, type RunFacts } from './inference-record.js'
import { readTrace } from './read-trace.js'
import { type ReplayedFootprint, replayFootprint } from './replay-footprint.js'
import { batchesOf, batchFacts, measurementOf } from './trace-batches.js'
import { traceEnergy, unfinishedWindow } from './trace-energy.js'
import type { EventOf, RunTraceEvent } from './trace-events.js'

/** What may differ from the run; what is left out stays as it was. */
export interface ReplayOptions extends ReplayedFootprint {
  readonly idleModel?: IdleModel | undefined
}

/**
 * @param path - file that `--trace` wrote; one whose run was killed gives what had been measured by then
 * @returns one record per batch size that had begun to be measured, of a comparison one per competitor and batch size
 * @throws {FormatError} `E_TRACE_...` when it is no trace, or ends before anything was measured
 * @throws {UsageError} for a place, an intensity, a PUE, a price or embodied carbon that cannot be
 */
export async function replayTrace(path: string, options: ReplayOptions = {}): Promise<InferenceRecord[]> {
  return replayInference(path, (await readTrace(path)).events, options)
}

/** The same from lines that have been read. */
export async function replayInference(
  path: string,
  events: readonly RunTraceEvent[],
  options: ReplayOptions,
): Promise<InferenceRecord[]> {
  const runs = events.filter((event): event is EventOf<'run'> => event.type === 'run')
  const energies = traceEnergy(events)
  const unfinished = unfinishedWindow(events)
  const records: InferenceRecord[] = []
  for (const traced of runs.length === 0 ? [] : batchesOf(events)) {
    const run = runs[traced.batch.run ?? 0]
    const measurement = measurementOf(traced, energies, traced.done === undefined ? unfinished : undefined)
    const batch = batchFacts(traced, measurement)
    if (batch === undefined || run === undefined || measurement.latencies.count === 0) continue
    const cut = traced.done === undefined ? [cutWarning()] : []
    const facts = await replayedFacts(run, traced.done ?? traced.ready, options)
    const record = inferenceRecord(facts, { ...batch, warnings: [...cut, ...batch.warnings] })
    records.push(checked({ ...record, replay: replayNote(traced.done, options) }))
  }
  if (records.length > 0) return records
  throw new FormatError('E_TRACE_EMPTY', `${path} ends before anything was measured`, {
    hint: 'the run was stopped while it warmed up, or before: run it again',
  })
}

/** What the end of a run says, or its beginning where it did not come to its end. */
interface LastWords {
  readonly intensities?: EventOf<'done'>['intensities']
  readonly sampling?: EventOf<'done'>['sampling']
  readonly meterWarnings?: readonly Warning[]
}

/** @returns what held for the whole run, with what is to differ */
export async function replayedFacts(
  run: EventOf<'run'>,
  last: LastWords | undefined,
  options: ReplayOptions,
): Promise<RunFacts> {
  const { model, load, input, host, versions, seed } = run
  const { idleModel, ...changes } = options
  return {
    model,
    ...(load === undefined ? {} : { load }),
    input,
    host: host as unknown as HostFacts,
    meter: meterOf(run, last),
    footprint: await replayFootprint(run.footprint, last?.intensities, changes),
    options: { ...run.options, ...given(options) },
    versions,
    seed,
    ...(idleModel === undefined ? {} : { idleModel }),
  }
}

/** With what the sensors had to say by the end. */
function meterOf(
  { profilers, refusals, warnings }: EventOf<'run'>,
  last: LastWords | undefined,
): NonNullable<RunFacts['meter']> {
  const sampling = (last?.sampling ?? []).map(samplingFacts)
  return {
    profilers,
    refusals: refusals.map(withoutAbsentFix),
    warnings: last?.meterWarnings ?? warnings,
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

/** @returns which run a record is made from, and what differs from it */
export function replayNote(
  done: { readonly id: string } | undefined,
  options: ReplayOptions,
): NonNullable<InferenceRecord['replay']> {
  return { ...(done === undefined ? {} : { of: done.id }), changed: Object.keys(given(options)) }
}

/** What was copied from the trace is as foreign as the trace. */
export function checked<Kind extends ResultRecord>(record: Kind): Kind {
  parseRecord(record)
  return record
}

/** Says that a trace ends before its run did. */
export function cutWarning(): Warning {
  return {
    code: 'W_TRACE_CUT',
    message:
      'the trace ends before the run did: these are the figures of what had been measured by then, its unfinished window included',
    hint: 'run again to the end for tighter intervals',
  }
}
