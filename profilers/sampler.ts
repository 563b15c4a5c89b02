/** Reads profilers in the background: on a thread of its own where a profiler can be made again there, else on this one. */
import { readFileSync } from 'node:fs'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Clock } from './clock.js'
import type { Profiler, Reading } from './profiler.js'
import { NOTE, ReadingRing } from './reading-ring.js'
import { startSamplerThread } from './sampler-thread.js'
import { type ReadingListener, readByTimer, SamplingTrack } from './sampling-track.js'
import type { TraceFile } from './trace-file.js'

/** One profiler to be read at even steps; its `probe` has said that the sensor is there. */
export interface SamplingJob {
  readonly profiler: Profiler
  readonly interval: Seconds
}

/** How the background readings went. */
export interface SamplerStatistics {
  /** Seconds between two readings as planned. */
  readonly interval: Seconds
  readonly readings: number
  /** Readings in which a counter could not be read. */
  readonly failed: number
  /** Readings left out because their time had passed. */
  readonly missed: number
  /** Readings overwritten before they were taken. */
  readonly lost: number
  /** Time by which readings came late: mean and longest, seconds. */
  readonly meanDelay: Seconds
  readonly worstDelay: Seconds
  /** Longest time between two readings, seconds. */
  readonly longestStep: Seconds
}

/** Readings of one profiler as they come. */
export interface Sampler {
  /** Hands out the readings not taken before, oldest first. */
  take(visit: (reading: Reading) => void): void
  statistics(): SamplerStatistics
}

/** All samplers of one meter. */
export interface Sampling {
  /** In the order of the jobs. */
  readonly samplers: readonly Sampler[]
  /** What went wrong so far; grows. */
  readonly warnings: readonly Warning[]
  /** CPU seconds of the sampling thread; `undefined` where the system does not tell. */
  cpuSeconds(): Seconds | undefined
  close(): Promise<void>
}

/** Starts the background readings of a meter; each goes into the trace too, if there is one. */
export type StartSampling = (jobs: readonly SamplingJob[], clock: Clock, trace?: TraceFile) => Promise<Sampling>

/** Memory of one ring at most, and the time after which the oldest readings may be overwritten. */
const LARGEST_RING_BYTES = 4 << 20
const RING_SECONDS = 3600

/**
 * Samples on a thread where possible; a profiler that cannot go there, or whose thread dies, is read by a timer here, with
 * a warning.
 */
export const startSampling: StartSampling = async (jobs, clock, trace) => {
  const warnings: Warning[] = []
  const lanes = jobs.map((job, channel) => ({ ...job, channel, ring: ringFor(job), openedAt: clock() }))
  const timers = new Map<Lane, NodeJS.Timeout>()
  const readHere = (lane: Lane): void => {
    timers.set(lane, readByTimer(trackHere(lane, clock, trace), lane.interval))
  }
  const threaded = lanes.filter(({ profiler }) => profiler.source !== undefined)
  const thread = await startThread(threaded, trace, (reason) => {
    warnings.push(deadWarning(reason))
    for (const lane of threaded) if (!timers.has(lane)) readHere(lane)
  })
  for (const lane of lanes) {
    const position = threaded.indexOf(lane)
    const problem = position < 0 ? 'it names no source' : thread?.problems[position]
    if (problem === undefined) continue
    warnings.push(callerWarning(lane.profiler.name, problem))
    readHere(lane)
  }
  return {
    samplers: lanes.map((lane) => ({
      take: (visit) => lane.ring.take(visit),
      statistics: () => statisticsOf(lane, clock()),
    })),
    warnings,
    cpuSeconds: () =>
      cpuSecondsOf(
        thread?.task,
        lanes.map(({ ring }) => ring),
      ),
    async close() {
      for (const timer of timers.values()) clearInterval(timer)
      await thread?.stop()
    },
  }
}

/** One profiler with the ring that its readings go into. */
interface Lane extends SamplingJob {
  /** Its place among the jobs. */
  readonly channel: number
  readonly ring: ReadingRing
  readonly openedAt: Seconds
}

async function startThread(lanes: readonly Lane[], trace: TraceFile | undefined, onDeath: (reason: string) => void) {
  const jobs = lanes.flatMap(({ profiler, interval, ring, channel }) => {
    if (profiler.source === undefined) return []
    const job = { source: profiler.source, domainCount: domainsOf(profiler), interval, ring: ring.shared }
    return [trace === undefined ? job : { ...job, trace: { path: trace.path, channel } }]
  })
  return jobs.length === 0 ? undefined : startSamplerThread(jobs, onDeath)
}

function trackHere({ profiler, interval, ring, channel }: Lane, clock: Clock, trace?: TraceFile): SamplingTrack {
  const listener: ReadingListener | undefined = trace && {
    hear: (at, values) => trace.writeReading(channel, at, values),
  }
  return new SamplingTrack(profiler, { domainCount: domainsOf(profiler), interval, ring, clock, listener })
}

const domainsOf = (profiler: Profiler): number => profiler.domains().length

function ringFor(job: SamplingJob): ReadingRing {
  const count = domainsOf(job.profiler)
  const wanted = Math.ceil(RING_SECONDS / job.interval)
  const capacity = Math.min(wanted, Math.floor(LARGEST_RING_BYTES / (8 * (count + 1))))
  return ReadingRing.create(count, Math.max(2, capacity))
}

/** Readings that should have come by now and did not are missed, too: a thread that hangs notes nothing. */
function statisticsOf({ ring, interval, openedAt }: Lane, now: Seconds): SamplerStatistics {
  const { notes, written: readings } = ring
  const note = (name: keyof typeof NOTE): number => notes[NOTE[name]] ?? 0
  const silence = now - (ring.lastAt ?? openedAt)
  const overdue = Math.max(0, Math.floor(silence / interval) - 1)
  return {
    interval,
    readings,
    failed: note('failed'),
    missed: note('missed') + overdue,
    lost: ring.lost,
    meanDelay: seconds(readings === 0 ? 0 : note('totalDelay') / readings),
    worstDelay: seconds(note('worstDelay')),
    longestStep: seconds(Math.max(note('longestStep'), readings === 0 ? 0 : silence)),
  }
}

/** @see https://docs.kernel.org/scheduler/sched-stats.html first number of schedstat: nanoseconds on a CPU */
function cpuSecondsOf(task: string | undefined, rings: readonly ReadingRing[]): Seconds | undefined {
  const told = Math.max(0, ...rings.map(({ notes }) => notes[NOTE.cpuSeconds] ?? 0))
  if (told > 0 || task === undefined) return told > 0 ? seconds(told) : undefined
  try {
    const nanoseconds = Number(readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ')[0])
    return Number.isFinite(nanoseconds) ? seconds(nanoseconds * 1e-9) : undefined
  } catch {
    // The kernel was built without scheduler statistics: not known.
    return undefined
  }
}

function callerWarning(profiler: string, reason: string): Warning {
  return {
    code: 'W_SAMPLED_ON_CALLER',
    message: `${profiler} is sampled on the calling thread: ${reason}`,
    hint: 'a busy event loop delays its readings; give the profiler a `source` that a worker thread can load',
  }
}

function deadWarning(reason: string): Warning {
  return {
    code: 'W_SAMPLER_DIED',
    message: `the sampling thread ${reason}`,
    hint: 'its counters are read on the calling thread from then on, late when that is busy: find out what ended it',
  }
}
