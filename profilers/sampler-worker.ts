/** The thread that reads the counters: makes each profiler again from its source and writes its readings into a ring. */
import { readlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from './checked-reading.js'
import { monotonicClock } from './clock.js'
import { Profiler, type ProfilerSource, type Reading } from './profiler.js'
import { ReadingRing } from './reading-ring.js'
import { SamplingTrack } from './sampling-track.js'
import { readingEvent, TraceFile } from './trace-file.js'

/** What the thread is started with. */
export interface SamplerJob {
  readonly source: ProfilerSource
  readonly domainCount: number
  /** Seconds. */
  readonly interval: number
  readonly ring: SharedArrayBuffer
  /** Where its readings are written as well, and the number that they carry there. */
  readonly trace?: { readonly path: string; readonly channel: number }
}

/** What it answers, once. */
export interface SamplerReady {
  /** Per job: why it cannot be sampled here, or `undefined`. */
  readonly problems: readonly (string | undefined)[]
  /** `PID/task/TID` of this thread on Linux. */
  readonly task: string | undefined
}

/** Makes the profiler again and asks whether its sensor is there. */
async function openProfiler(job: SamplerJob): Promise<Profiler> {
  const module: Record<string, unknown> = await import(job.source.module)
  const make = module[job.source.factory]
  if (typeof make !== 'function') throw new Error(`${job.source.module} has no function ${job.source.factory}`)
  const profiler: unknown = make(job.source.options)
  if (!isProfiler(profiler)) throw new Error(`${job.source.factory} does not give a Profiler`)
  const availability = await profiler.probe()
  if (!availability.isAvailable) throw new Error(availability.reason)
  const count = profiler.domains().length
  if (count !== job.domainCount) throw new Error(`${count} domains on the sampling thread, ${job.domainCount} before`)
  return profiler
}

/** A plugin may carry its own copy of this package, so that `instanceof` alone would be too strict. */
function isProfiler(value: unknown): value is Profiler {
  if (value instanceof Profiler) return true
  if (typeof value !== 'object' || value === null) return false
  return ['probe', 'domains', 'read'].every((name) => typeof Reflect.get(value, name) === 'function')
}

/** A process that is killed takes what is in shared memory with it, so the thread itself writes the trace. */
function trackOf(profiler: Profiler, job: SamplerJob, isTimeAsked: boolean): SamplingTrack {
  const { domainCount, interval, trace } = job
  const ring = new ReadingRing(job.ring, domainCount)
  const file = trace === undefined ? undefined : TraceFile.append(trace.path)
  const onReading = (reading: Reading): void => {
    file?.write(readingEvent(trace?.channel ?? 0, reading))
    if (isTimeAsked) ring.setNote('cpuSeconds', ownCpuSeconds())
  }
  return new SamplingTrack(profiler, { domainCount, interval, ring, onReading })
}

/** Milliseconds and readings spent on getting ready. */
const WARM_UP = { milliseconds: 8, readings: 500 }

/**
 * Reads into a ring that nobody looks at, until the code is compiled: a thread that wakes up ten times a second finds its
 * caches cold, and machine code then takes half the time of an interpreter.
 */
function warmUp(profiler: Profiler, domainCount: number): void {
  const track = new SamplingTrack(profiler, { domainCount, interval: 1, ring: ReadingRing.create(domainCount, 2) })
  const end = performance.now() + WARM_UP.milliseconds
  for (let reading = 0; reading < WARM_UP.readings && performance.now() < end; reading++) track.read()
}

/** Reads what is due. @returns milliseconds until the next is */
function readDue(tracks: readonly SamplingTrack[]): number {
  const now = monotonicClock()
  for (const track of tracks) if (track.due <= now + EARLY) track.read()
  return Math.max(0, (Math.min(...tracks.map(({ due }) => due)) - monotonicClock()) * 1000)
}

/** Timers wake up to a millisecond early; reading then is better than sleeping again. */
const EARLY = 0.001

/** Sleeps without an event loop: half the CPU time, but nothing else runs on this thread; ends with `terminate()`. */
function sampleAsleep(tracks: readonly SamplingTrack[]): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) Atomics.wait(never, 0, 0, readDue(tracks))
}

/** Sleeps in the event loop, so that profilers may listen to processes and sockets. */
function sampleInLoop(tracks: readonly SamplingTrack[]): void {
  setTimeout(() => sampleInLoop(tracks), readDue(tracks))
}

/** CPU time of this thread where Node tells it (24 and later); on Linux the caller asks the kernel, when it wants to know. */
function ownCpuSeconds(): number {
  const ask: unknown = Reflect.get(process, 'threadCpuUsage')
  if (typeof ask !== 'function') return 0
  const usage: { user: number; system: number } = ask.call(process)
  return (usage.user + usage.system) * 1e-6
}

function ownTask(): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return readlinkSync('/proc/thread-self')
  } catch {
    // Without /proc the caller says that the thread's CPU time is not known.
    return undefined
  }
}

async function main(jobs: readonly SamplerJob[]): Promise<void> {
  const task = ownTask()
  const problems: (string | undefined)[] = []
  const tracks: SamplingTrack[] = []
  for (const job of jobs) {
    try {
      const profiler = await openProfiler(job)
      if (profiler.isSynchronous === true) warmUp(profiler, job.domainCount)
      tracks.push(trackOf(profiler, job, task === undefined))
      problems.push(undefined)
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  parentPort?.postMessage({ problems, task } satisfies SamplerReady)
  if (tracks.length === 0) return
  if (tracks.every(({ profiler }) => profiler.isSynchronous === true)) sampleAsleep(tracks)
  else sampleInLoop(tracks)
}

// Started with a list of jobs by `startSamplerThread`, its only caller.
await main(workerData as readonly SamplerJob[])
