/** What a trace holds of each batch size, brought together from its lines. */
import type { WindowEnergy } from '../profilers/energy-window.js'
import { FormatError } from '../src/core/errors.js'
import { seconds } from '../src/core/units.js'
import type { IdleBaseline } from './idle-baseline.js'
import type { BatchFacts } from './inference-record.js'
import type { Latencies } from './latency-recorder.js'
import type { MeasuredWindow, Measurement } from './protocol.js'
import type { UnfinishedWindow } from './trace-energy.js'
import type { EventOf, RunTraceEvent } from './trace-events.js'

/** Lines of one batch size; what is absent was not written before the trace ended. */
export interface TracedBatch {
  readonly batch: EventOf<'batch'>
  ready?: EventOf<'ready'>
  readonly idle: EventOf<'idle'>[]
  warmUp?: EventOf<'warmup'>
  readonly windows: EventOf<'window'>[]
  readonly latencies: EventOf<'latencies'>[]
  done?: EventOf<'done'>
}

/**
 * @returns the batch sizes in order
 * @throws {FormatError} `E_TRACE_INVALID` when a line belongs to a batch size that did not begin, or latencies are too many or
 * too few
 */
export function batchesOf(events: readonly RunTraceEvent[]): readonly TracedBatch[] {
  const batches: TracedBatch[] = []
  for (const event of events) {
    if (!('batch' in event)) continue
    if (event.type === 'batch' && event.batch === batches.length) {
      batches.push({ batch: event, idle: [], windows: [], latencies: [] })
      continue
    }
    const traced = batches[event.batch]
    if (traced === undefined || event.type === 'batch') throw unexpected(event)
    take(traced, event)
  }
  for (const traced of batches) checkLatencies(traced)
  return batches
}

/** A line of latencies that stands there twice, or no more. */
function checkLatencies({ batch, latencies, done }: TracedBatch): void {
  const [found, expected] = [latencies.reduce((sum, { count }) => sum + count, 0), done?.latency?.count]
  if (expected === undefined || found === expected) return
  throw new FormatError(
    'E_TRACE_INVALID',
    `the trace is damaged: batch size number ${batch.batch} has ${found} latencies, expected ${expected}`,
  )
}

type BatchEvent = Exclude<Extract<RunTraceEvent, { readonly batch: number }>, EventOf<'batch'>>

function take(traced: TracedBatch, event: BatchEvent): void {
  if (event.type === 'ready') traced.ready = event
  else if (event.type === 'idle') traced.idle.push(event)
  else if (event.type === 'warmup') traced.warmUp = event
  else if (event.type === 'window') traced.windows.push(event)
  else if (event.type === 'latencies') traced.latencies.push(event)
  else traced.done = event
}

const unexpected = ({ type, batch }: { readonly type: string; readonly batch: number }): FormatError =>
  new FormatError(
    'E_TRACE_INVALID',
    `the trace is damaged: a line "${type}" of batch size number ${batch}, which did not begin`,
  )

const NOT_WARM = { seconds: seconds(0), batches: 0, isSteady: false, warnings: [] }

/**
 * @param energies - of the windows of energy, by the time of their beginning
 * @param unfinished - of a batch size that was cut off in the middle of a window
 */
export function measurementOf(
  traced: TracedBatch,
  energies: ReadonlyMap<number, WindowEnergy>,
  unfinished?: UnfinishedWindow,
): Measurement {
  const { done, warmUp } = traced
  const [idleBefore, idleAfter] = (['before', 'after'] as const).map((position) => idleOf(traced, position, energies))
  const { samplerCpuSeconds, loopCpuSeconds, use } = done ?? {}
  return {
    ...(idleBefore === undefined ? {} : { idleBefore }),
    ...(idleAfter === undefined ? {} : { idleAfter }),
    warmUp: warmUp === undefined ? NOT_WARM : { ...warmUp, seconds: seconds(warmUp.seconds) },
    windows: [...windowsOf(traced, energies), ...cutWindows(traced, unfinished)],
    latencies: latenciesOf(traced.latencies),
    ...(samplerCpuSeconds === undefined ? {} : { samplerCpuSeconds }),
    ...(loopCpuSeconds === undefined ? {} : { loopCpuSeconds }),
    ...(use === undefined ? {} : { use }),
    stopReason: done?.stopReason ?? 'interrupted',
    warnings: done?.measurementWarnings ?? [
      ...(warmUp?.warnings ?? []),
      ...traced.idle.flatMap(({ warnings }) => warnings),
    ],
  }
}

function idleOf(
  { idle }: TracedBatch,
  wanted: 'before' | 'after',
  energies: ReadonlyMap<number, WindowEnergy>,
): IdleBaseline | undefined {
  const event = idle.find(({ position }) => position === wanted)
  if (event === undefined) return undefined
  const { cpuShare, warnings, partWatts } = event
  const parts = partWatts === undefined ? {} : { partWatts }
  return { seconds: seconds(event.seconds), cpuShare, warnings, ...parts, ...energyAt(event.energyAt, energies) }
}

function energyAt(at: number | undefined, energies: ReadonlyMap<number, WindowEnergy>): { energy?: WindowEnergy } {
  const energy = at === undefined ? undefined : energies.get(at)
  return energy === undefined ? {} : { energy }
}

function windowsOf(traced: TracedBatch, energies: ReadonlyMap<number, WindowEnergy>): readonly MeasuredWindow[] {
  return traced.windows.map(({ startedAt, batches, cpuSeconds, ...window }) => ({
    startedAt: seconds(startedAt),
    seconds: seconds(window.seconds),
    batches,
    busySeconds: seconds(window.busySeconds),
    cpuSeconds,
    ...energyAt(window.energyAt, energies),
  }))
}

/**
 * Batches that had run when the trace was cut off: those up to the last readings make a window with its energy, those
 * after it one without.
 */
function cutWindows({ windows, latencies }: TracedBatch, unfinished?: UnfinishedWindow): readonly MeasuredWindow[] {
  const known = windows.reduce((sum, { batches }) => sum + batches, 0)
  const { count, total } = latenciesOf(latencies)
  const batches = count - known
  const busy = Math.max(0, total - windows.reduce((sum, { busySeconds }) => sum + busySeconds, 0))
  const last = windows.at(-1)
  const start = last === undefined ? 0 : last.startedAt + last.seconds
  const energy = batches > 0 ? unfinished?.energyWithin(busy) : undefined
  const metered = energy === undefined ? 0 : Math.floor((batches * energy.seconds) / busy)
  const split = (metered / Math.max(1, batches)) * busy
  return [
    { ...cutWindow(start, split, metered), ...(energy === undefined ? {} : { energy }) },
    cutWindow(start + split, busy - split, batches - metered),
  ].filter((window) => window.batches > 0)
}

const cutWindow = (startedAt: number, busy: number, batches: number): MeasuredWindow => ({
  startedAt: seconds(startedAt),
  seconds: seconds(busy),
  batches,
  busySeconds: seconds(busy),
  cpuSeconds: busy,
})

function latenciesOf(events: readonly EventOf<'latencies'>[]): Latencies {
  const sum = (pick: (event: EventOf<'latencies'>) => number) => events.reduce((total, event) => total + pick(event), 0)
  return {
    count: sum(({ count }) => count),
    total: sum(({ total }) => total),
    shortest: events.reduce((least, { shortest }) => Math.min(least, shortest), Number.POSITIVE_INFINITY),
    longest: events.reduce((most, { longest }) => Math.max(most, longest), 0),
    every: events.reduce((most, { every }) => Math.max(most, every), 1),
    samples: Float64Array.from(events.flatMap(({ values }) => values)),
  }
}

/** What else is known of a batch size. `undefined` when its model had not been opened by the end of the trace. */
export function batchFacts(traced: TracedBatch, measurement: Measurement): BatchFacts | undefined {
  const { batch, ready, done } = traced
  if (ready === undefined) return undefined
  const { engine, prepare, counts, layers, missingCounts } = ready
  return {
    batchSize: batch.batchSize,
    startedAt: new Date(batch.startedAt),
    completedAt: new Date(done?.completedAt ?? batch.startedAt),
    engine: { ...engine, options: engine.options as BatchFacts['engine']['options'] },
    prepare,
    protocolStartedAt: new Date(ready.protocolStartedAt),
    cooldown: batch.cooldown,
    counts,
    layers,
    missingCounts,
    inputs: inputsOf(ready),
    measurement,
    ...(done === undefined ? {} : { speed: speedOf(done) }),
    ...conditionsOf(ready.conditions, done?.conditions),
    warnings: done?.warnings ?? ready.warnings,
  }
}

function speedOf({
  latency,
  throughput,
  latencySeconds,
  latencyEvery,
}: EventOf<'done'>): NonNullable<BatchFacts['speed']> {
  return { latency, throughput, latencySeconds, latencyEvery }
}

/** Warnings of the inputs are among those of the line. */
function inputsOf({ images, accuracy, preprocess, postprocess }: EventOf<'ready'>): NonNullable<BatchFacts['inputs']> {
  const found =
    accuracy !== undefined && 'accuracy' in accuracy ? { ...accuracy, unmatched: [], isOrderAssumed: false } : accuracy
  return {
    pool: { runs: [], next: 0 },
    ...(images === undefined ? {} : { images }),
    ...(found === undefined ? {} : { accuracy: found }),
    ...(preprocess === undefined ? {} : { preprocess }),
    ...(postprocess === undefined ? {} : { postprocess }),
    warnings: [],
  }
}

function conditionsOf(
  before: EventOf<'ready'>['conditions'],
  after: EventOf<'done'>['conditions'],
): Pick<BatchFacts, 'conditions'> {
  return before === undefined || after === undefined ? {} : { conditions: { before, after } }
}
