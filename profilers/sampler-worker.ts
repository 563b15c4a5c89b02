/** The thread that reads the counters: makes each profiler again from its source and writes its readings into a ring. */
import { readlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { seconds } from '../src/core/units.js'
import { messageOf, readChecked } from './checked-reading.js'
import { monotonicClock } from './clock.js'
import { Profiler, type ProfilerSource } from './profiler.js'
import { ReadingRing } from './reading-ring.js'

/** What the thread is started with. */
export interface SamplerJob {
  readonly source: ProfilerSource
  readonly domainCount: number
  /** Seconds. */
  readonly interval: number
  readonly ring: SharedArrayBuffer
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

/** One profiler on this thread, with the time of its next reading. */
class Track {
  readonly profiler: Profiler
  readonly #job: SamplerJob
  readonly #ring: ReadingRing
  readonly #start = monotonicClock()
  #step = 0

  constructor(profiler: Profiler, job: SamplerJob) {
    this.profiler = profiler
    this.#job = job
    this.#ring = new ReadingRing(job.ring, job.domainCount)
  }

  /** Seconds on the monotonic clock. */
  get due(): number {
    return this.#start + this.#step * this.#job.interval
  }

  /** Reads at even steps from the start; a late reading is noted, and readings whose time has passed are left out. */
  read(): void {
    const { domainCount, interval } = this.#job
    const delay = monotonicClock() - this.due
    const reading = readChecked(this.profiler, domainCount, monotonicClock)
    this.#ring.push(reading)
    this.#ring.addNote('failed', reading.values.includes(undefined) ? 1 : 0)
    this.#ring.raiseNote('worstDelay', delay)
    const next = Math.max(this.#step + 1, Math.ceil((reading.at - this.#start) / interval))
    this.#ring.addNote('missed', next - this.#step - 1)
    this.#step = next
    this.#ring.setNote('cpuSeconds', ownCpuSeconds())
  }
}

/** Reads what is due. @returns milliseconds until the next is */
function readDue(tracks: readonly Track[]): number {
  const now = monotonicClock()
  for (const track of tracks) if (track.due <= now + EARLY) track.read()
  return Math.max(0, (Math.min(...tracks.map(({ due }) => due)) - monotonicClock()) * 1000)
}

/** Timers wake up to a millisecond early; reading then is better than sleeping again. */
const EARLY = 0.001

/** Sleeps without an event loop: half the CPU time, but nothing else runs on this thread; ends with `terminate()`. */
function sampleAsleep(tracks: readonly Track[]): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) Atomics.wait(never, 0, 0, readDue(tracks))
}

/** Sleeps in the event loop, so that profilers may listen to processes and sockets. */
function sampleInLoop(tracks: readonly Track[]): void {
  setTimeout(() => sampleInLoop(tracks), readDue(tracks))
}

/** CPU time of this thread where Node tells it (24 and later); elsewhere the kernel is asked by the caller. */
function ownCpuSeconds(): number {
  const ask: unknown = Reflect.get(process, 'threadCpuUsage')
  if (typeof ask !== 'function') return 0
  const usage: { user: number; system: number } = ask.call(process)
  return seconds((usage.user + usage.system) * 1e-6)
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
  const problems: (string | undefined)[] = []
  const tracks: Track[] = []
  for (const job of jobs) {
    try {
      tracks.push(new Track(await openProfiler(job), job))
      problems.push(undefined)
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  parentPort?.postMessage({ problems, task: ownTask() } satisfies SamplerReady)
  if (tracks.length === 0) return
  if (tracks.every(({ profiler }) => profiler.isSynchronous === true)) sampleAsleep(tracks)
  else sampleInLoop(tracks)
}

// Started with a list of jobs by `startSamplerThread`, its only caller.
await main(workerData as readonly SamplerJob[])
