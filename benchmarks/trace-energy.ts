/** Energy of the windows of a trace, from their edges and the readings between, by the code that a live meter uses. */
import type { WindowEnergy } from '../profilers/energy-window.js'
import type { Reading } from '../profilers/profiler.js'
import { type Edge, RunningWindow, type WindowParts } from '../profilers/running-window.js'
import { FormatError } from '../src/core/errors.js'
import { seconds } from '../src/core/units.js'
import type { EventOf, RunTraceEvent } from './trace-events.js'

type Channels = WindowParts['channels']
type EdgeEvent = EventOf<'begin'>

/**
 * @returns energy of each window that has ended, by the time of its beginning
 * @throws {FormatError} `E_TRACE_INVALID` when readings do not fit their channels or a window ends before it begins
 */
export function traceEnergy(events: readonly RunTraceEvent[]): ReadonlyMap<number, WindowEnergy> {
  const channels = channelsOf(events)
  const readings = readingsByChannel(events, channels)
  const open = new Map<number, Edge>()
  const energies = new Map<number, WindowEnergy>()
  for (const event of events) {
    if (event.type === 'begin') open.set(event.window, edgeOf(event, channels))
    if (event.type !== 'end') continue
    const start = open.get(event.window)
    const stop = edgeOf(event, channels)
    if (start === undefined || stop.at < start.at) throw invalid(`window ${event.window} ends before it begins`)
    open.delete(event.window)
    energies.set(start.at, energyBetween(channels, readings, start, stop))
  }
  return energies
}

/** A window that had not ended when its process was killed. */
export interface UnfinishedWindow {
  /**
   * @param longest - seconds of it that something ran
   * @returns its energy up to the last readings within that time; `undefined` where no reading fell into it
   */
  energyWithin(longest: number): WindowEnergy | undefined
}

/** @returns the window that was open at the end of the trace, with the latest beginning if there are several */
export function unfinishedWindow(events: readonly RunTraceEvent[]): UnfinishedWindow | undefined {
  const ended = new Set(events.flatMap((event) => (event.type === 'end' ? [event.window] : [])))
  const begin = events.findLast((event): event is EdgeEvent => event.type === 'begin' && !ended.has(event.window))
  if (begin === undefined) return undefined
  const channels = channelsOf(events)
  const readings = readingsByChannel(events, channels)
  const start = edgeOf(begin, channels)
  return {
    energyWithin(longest) {
      const stop = lastEdge(readings, start, start.at + longest)
      return stop && energyBetween(channels, readings, start, stop)
    },
  }
}

/** Channels are read one after the other, within a hundredth of a second. */
const ONE_ROUND = 0.01

/** Counters as they were read last before `until`, in the latest round in which each was read. */
function lastEdge(readings: readonly (readonly Reading[])[], start: Edge, until: number): Edge | undefined {
  const lastBefore = (time: number) => readings.map((all) => all.findLast(({ at }) => at > start.at && at <= time))
  const latest = lastBefore(until).map((reading) => reading?.at ?? Number.NEGATIVE_INFINITY)
  const at = Math.min(...latest)
  const edge = lastBefore(at + ONE_ROUND).filter((reading) => reading !== undefined)
  if (edge.length === 0 || edge.length < readings.length) return undefined
  return { at: seconds(at), asleep: start.asleep, readings: edge }
}

function energyBetween(
  channels: Channels,
  readings: readonly (readonly Reading[])[],
  start: Edge,
  stop: Edge,
): WindowEnergy {
  const window = new RunningWindow({ channels }, start, (ended) => ended.close())
  window.stop(stop)
  readings.forEach((all, channel) => {
    const [from, to] = [start.readings[channel]?.at ?? start.at, stop.readings[channel]?.at ?? stop.at]
    for (let index = firstFrom(all, from); index < all.length; index++) {
      const reading = all[index]
      if (reading === undefined || reading.at > to) break
      window.add(channel, reading)
    }
  })
  return window.close()
}

/** @returns index of the first reading at `at` or later */
function firstFrom(readings: readonly Reading[], at: number): number {
  let [low, high] = [0, readings.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((readings[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

function channelsOf(events: readonly RunTraceEvent[]): Channels {
  const channels: Channels[number][] = []
  for (const event of events) {
    if (event.type !== 'channel') continue
    if (event.channel !== channels.length)
      throw invalid(`channel ${event.channel} comes after ${channels.length} others`)
    const { profiler, kind, interval, domains } = event
    channels.push({
      profiler: { name: profiler, kind },
      interval: seconds(interval),
      domains: domains.map(domainState),
    })
  }
  return channels
}

function domainState(state: EventOf<'channel'>['domains'][number]): Channels[number]['domains'][number] {
  const { domain, updatePeriod, ...others } = state
  const { updatePeriod: stated, ...facts } = domain
  return {
    ...others,
    updatePeriod: seconds(updatePeriod),
    domain: { ...facts, ...(stated === undefined ? {} : { updatePeriod: seconds(stated) }) },
  }
}

function readingsByChannel(events: readonly RunTraceEvent[], channels: Channels): readonly (readonly Reading[])[] {
  const readings = channels.map((): Reading[] => [])
  for (const event of events) {
    if (event.type !== 'reading') continue
    readings[event.channel]?.push(readingOf(event, channels[event.channel]))
  }
  for (const all of readings) all.sort((one, other) => one.at - other.at)
  return readings
}

function edgeOf({ at, asleep, readings }: EdgeEvent, channels: Channels): Edge {
  if (readings.length !== channels.length)
    throw invalid(`a window has ${readings.length} of ${channels.length} readings`)
  return {
    at: seconds(at),
    asleep,
    readings: readings.map((reading, channel) => readingOf(reading, channels[channel])),
  }
}

function readingOf(
  { at, values }: Pick<EventOf<'reading'>, 'at' | 'values'>,
  channel: Channels[number] | undefined,
): Reading {
  const expected = channel?.domains.length ?? 0
  if (values.length !== expected) throw invalid(`a reading has ${values.length} values, expected ${expected}`)
  return { at: seconds(at), values: values.map((value) => value ?? undefined) }
}

const invalid = (problem: string): FormatError => new FormatError('E_TRACE_INVALID', `the trace is damaged: ${problem}`)
