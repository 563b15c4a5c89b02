/** Reads profilers in the background: on a thread of its own where a profiler can be made again there, else on this one. */
import { readFileSync } from 'node:fs'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import { readChecked } from './checked-reading.js'
import type { Clock } from './clock.js'
import type { Profiler, Reading } from './profiler.js'
import { ReadingRing } from './reading-ring.js'
import { startSamplerThread } from './sampler-thread.js'

/** One profiler to be read at even steps; its `probe` has said that the sensor is there. */
export interface SamplingJob {
  readonly profiler: Profiler
  readonly interval: Seconds
}

/** How the background readings went. */
export interface SamplerStatistics {
  readonly readings: number
  /** Readings in which a counter could not be read. */
  readonly failed: number
  /** Readings left out because their time had passed. */
  readonly missed: number
  /** Readings overwritten before they were taken. */
  readonly lost: number
  /** Longest time by which a reading came late, seconds. */
  readonly worstDelay: Seconds
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

/** Starts the background readings of a meter. */
export type StartSampling = (jobs: readonly SamplingJob[], clock: Clock) => Promise<Sampling>

/** Memory of one ring at most, and the time after which the oldest readings may be overwritten. */
const LARGEST_RING_BYTES = 4 << 20
const RING_SECONDS = 3600

/** Samples on a thread where possible; a profiler that cannot go there is read by a timer here, with a warning. */
export const startSampling: StartSampling = async (jobs, clock) => {
  const warnings: Warning[] = []
  const tracks = jobs.map((job) => ({ ...job, ring: ringFor(job) }))
  const threaded = tracks.flatMap(({ profiler, interval, ring }) =>
    profiler.source === undefined
      ? []
      : [{ profiler, job: { source: profiler.source, domainCount: domainsOf(profiler), interval, ring: ring.shared } }],
  )
  const thread =
    threaded.length === 0
      ? undefined
      : await startSamplerThread(
          threaded.map(({ job }) => job),
          (reason) => warnings.push(deadWarning(reason)),
        )
  const timers: NodeJS.Timeout[] = []
  for (const track of tracks) {
    const position = threaded.findIndex(({ profiler }) => profiler === track.profiler)
    const problem = position < 0 ? 'it names no source' : thread?.problems[position]
    if (problem === undefined) continue
    warnings.push(callerWarning(track.profiler.name, problem))
    timers.push(readByTimer(track, track.ring, clock))
  }
  return {
    samplers: tracks.map(({ ring }) => ({ take: (visit) => ring.take(visit), statistics: () => statisticsOf(ring) })),
    warnings,
    cpuSeconds: () =>
      cpuSecondsOf(
        thread?.task,
        tracks.map(({ ring }) => ring),
      ),
    async close() {
      for (const timer of timers) clearInterval(timer)
      await thread?.stop()
    },
  }
}

const domainsOf = (profiler: Profiler): number => profiler.domains().length

function ringFor(job: SamplingJob): ReadingRing {
  const count = domainsOf(job.profiler)
  const wanted = Math.ceil(RING_SECONDS / job.interval)
  const capacity = Math.min(wanted, Math.floor(LARGEST_RING_BYTES / (8 * (count + 1))))
  return ReadingRing.create(count, Math.max(2, capacity))
}

function readByTimer(job: SamplingJob, ring: ReadingRing, clock: Clock): NodeJS.Timeout {
  const count = domainsOf(job.profiler)
  let expected = clock() + job.interval
  const timer = setInterval(() => {
    const reading = readChecked(job.profiler, count, clock)
    const delay = reading.at - expected
    ring.push(reading)
    ring.addNote('failed', reading.values.includes(undefined) ? 1 : 0)
    ring.addNote('missed', Math.max(0, Math.floor(delay / job.interval)))
    ring.raiseNote('worstDelay', delay)
    expected = reading.at + job.interval
  }, job.interval * 1000)
  return timer.unref()
}

function statisticsOf(ring: ReadingRing): SamplerStatistics {
  return {
    readings: ring.written,
    failed: ring.note('failed'),
    missed: ring.note('missed'),
    lost: ring.lost,
    worstDelay: seconds(ring.note('worstDelay')),
  }
}

/** @see https://docs.kernel.org/scheduler/sched-stats.html first number of schedstat: nanoseconds on a CPU */
function cpuSecondsOf(task: string | undefined, rings: readonly ReadingRing[]): Seconds | undefined {
  const told = Math.max(0, ...rings.map((ring) => ring.note('cpuSeconds')))
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
    message: `the sampling thread ended: ${reason}`,
    hint: 'counters are still read at the edges of each window; keep windows shorter than their shortest wrap',
  }
}
