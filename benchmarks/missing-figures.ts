/** Names each figure that a record lacks, with the reason: what is absent was not measured, and is never 0. */
import type { InferenceRecord } from '../src/core/record.js'
import type { BatchFacts, RunFacts } from './inference-record.js'
import type { MeasuredWindow } from './protocol.js'

/** Path of a field, and why it is absent. */
export type Missing = InferenceRecord['missing'][number]

type Figures = Partial<Pick<InferenceRecord, 'latency' | 'throughput' | 'energy' | 'accuracy'>>

/** @param figures - as they go into the record */
export function missingFigures(
  run: RunFacts,
  batch: BatchFacts,
  figures: { readonly [Name in keyof Figures]: Figures[Name] | undefined },
): Missing[] {
  const lack = (isLacking: boolean, field: string, reason: string): Missing[] => (isLacking ? [{ field, reason }] : [])
  const latencyReason = whyNoLatency(batch)
  const energyReason = whyNoEnergy(run, batch)
  const { latency, throughput, energy, accuracy } = figures
  return [
    ...batch.missingCounts,
    ...lack(run.load === undefined, 'phases.load', 'the caller had opened the model'),
    ...lack(accuracy === undefined, 'accuracy', whyNoAccuracy(run, batch)),
    ...lack(latency === undefined, 'latency', latencyReason),
    ...lack(throughput === undefined, 'throughput', latency === undefined ? latencyReason : NO_UPPER_END),
    ...lack(energy === undefined, 'energy', energyReason),
    ...lack(energy === undefined, 'carbon', energyReason),
    ...lack(energy !== undefined && energy.net === undefined, 'energy.net', 'there is no idle baseline'),
  ]
}

/** Images per second are the inverse of a latency whose interval begins at 0. */
const NO_UPPER_END =
  'too few batches ran: the interval of the latency reaches to 0, so that of the throughput has no end'

function whyNoAccuracy({ input }: RunFacts, { inputs }: BatchFacts): string {
  if (input.kind === 'synthetic') return 'the input is synthetic'
  if (inputs?.accuracy === undefined) return 'the images were not run to their end'
  return 'reason' in inputs.accuracy ? inputs.accuracy.reason : 'no image counts'
}

function whyNoLatency({ measurement: { windows, stopReason } }: BatchFacts): string {
  const batches = windows.reduce((sum, window) => sum + window.batches, 0)
  const end = stopReason === 'run failed' ? 'the run failed' : 'the run was interrupted'
  return batches === 0 ? `${end} before the first batch` : `${end} after one batch, which has no spread`
}

/** @returns why no window has joules */
export function whyNoEnergy(
  { meter }: Pick<RunFacts, 'meter'>,
  {
    measurement: { windows },
  }: { readonly measurement: { readonly windows: readonly Pick<MeasuredWindow, 'energy'>[] } },
): string {
  if (meter === undefined || meter.profilers.length === 0) {
    const refusals = meter?.refusals.map(({ profiler, reason }) => `${profiler}: ${reason}`) ?? []
    return refusals.length === 0 ? 'no profiler was asked for' : `no profiler can be used (${refusals.join('; ')})`
  }
  if (windows.length === 0) return 'no window was measured'
  const known = windows.flatMap(({ energy }) => energy?.joules ?? [])
  if (known.some((joules) => joules > 0)) return 'nothing ran in the windows that have joules'
  if (known.length > 0) return 'the sensors showed no joules in any window'
  const [said] = windows.flatMap(({ energy }) => energy?.warnings ?? [])
  return `no window has joules${said === undefined ? '' : `: ${said.message}`}`
}
