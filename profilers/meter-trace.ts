/** What a meter writes into a trace: its channels when it opens, and the two edges of every window. */
import type { Channel } from './channel.js'
import type { Edge } from './running-window.js'
import type { TraceFile } from './trace-file.js'

/** One profiler, in the order of the `channel` numbers of its readings. */
export interface ChannelEvent {
  readonly type: 'channel'
  readonly channel: number
  readonly profiler: string
  readonly kind: Channel['profiler']['kind']
  readonly interval: number
  readonly domains: Channel['domains']
}

/** One end of a window: the counters as they were read on the calling thread. */
export interface EdgeEvent {
  readonly type: 'begin' | 'end'
  /** Counts the windows of the meter from 0. */
  readonly window: number
  /** Of a named window. */
  readonly name?: string
  readonly at: number
  readonly asleep: number
  readonly readings: readonly { readonly at: number; readonly values: readonly (number | null)[] }[]
}

/** Writes one line per channel. */
export function traceChannels(trace: TraceFile, channels: readonly Channel[]): void {
  channels.forEach(({ profiler: { name, kind }, interval, domains }, channel) => {
    trace.write<ChannelEvent>({ type: 'channel', channel, profiler: name, kind, interval, domains })
  })
}

/** Writes one end of a window. */
export function traceEdge(
  trace: TraceFile,
  facts: Pick<EdgeEvent, 'type' | 'window'> & { readonly name?: string | undefined },
  { at, asleep, readings }: Edge,
): void {
  const { type, window, name } = facts
  trace.write<EdgeEvent>({
    type,
    window,
    ...(name === undefined ? {} : { name }),
    at,
    asleep,
    readings: readings.map((reading) => ({ at: reading.at, values: reading.values.map((value) => value ?? null) })),
  })
}
