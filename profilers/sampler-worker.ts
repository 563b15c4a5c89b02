/** The thread that reads the counters: makes each profiler again from its source and writes its readings into a ring. */
import { readlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from './checked-reading.js'
import { COUNTER_BYTES, FileTrack } from './file-track.js'
import { Profiler, type ProfilerSource } from './profiler.js'
import { NOTE, ReadingRing } from './reading-ring.js'
import {
  REHEARSAL_BY_CALLS,
  readDue,
  rehearsalFor,
  rehearse,
  sampleAsleep,
  sampleByCalls,
  sampleInLoop,
} from './sampling-loop.js'
import { type ReadingListener, SamplingTrack, type TrackOptions } from './sampling-track.js'
import { openSystemCalls, type SystemCalls } from './system-calls.js'
import { TraceFile } from './trace-file.js'

/** Seconds: whoever ends the thread waits for the end of a sleep that nothing cuts short. */
const LONGEST_FIRM_SLEEP = 0.1

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
  const module = await loadModule(job.source.module)
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

/** A bundle is there at once; an ES module has its loader started first, which takes longer than all else here. */
async function loadModule(url: string): Promise<Record<string, unknown>> {
  return url.endsWith('.cjs') ? createRequire(url)(fileURLToPath(url)) : import(url)
}

/** A job with its profiler. */
interface Opened {
  readonly job: SamplerJob
  readonly profiler: Profiler
}
type Opening = Opened | { readonly problem: string }

async function opening(job: SamplerJob): Promise<Opening> {
  try {
    return { job, profiler: await openProfiler(job) }
  } catch (error) {
    return { problem: messageOf(error) }
  }
}

/** A plugin may carry its own copy of this package, so that `instanceof` alone would be too strict. */
function isProfiler(value: unknown): value is Profiler {
  if (value instanceof Profiler) return true
  if (typeof value !== 'object' || value === null) return false
  return ['probe', 'domains', 'read'].every((name) => typeof Reflect.get(value, name) === 'function')
}

function optionsOf(job: SamplerJob, isTimeAsked: boolean, calls?: SystemCalls): TrackOptions {
  const { domainCount, interval, trace } = job
  const ring = new ReadingRing(job.ring, domainCount)
  const listener = trace === undefined && !isTimeAsked ? undefined : new ThreadListener(job, ring, isTimeAsked, calls)
  return { domainCount, interval, ring, listener }
}

/** A process that is killed takes what is in shared memory with it, so the thread itself writes the trace. */
class ThreadListener implements ReadingListener {
  readonly #ring: ReadingRing
  readonly #isTimeAsked: boolean
  readonly #file: TraceFile | undefined
  readonly #channel: number

  constructor({ trace }: SamplerJob, ring: ReadingRing, isTimeAsked: boolean, calls?: SystemCalls) {
    this.#ring = ring
    this.#isTimeAsked = isTimeAsked
    this.#file = trace === undefined ? undefined : TraceFile.append(trace.path, calls)
    this.#channel = trace?.channel ?? 0
  }

  hear(at: number, values: ArrayLike<number | undefined>): void {
    this.#file?.writeReading(this.#channel, at, values)
    if (this.#isTimeAsked) this.#ring.notes[NOTE.cpuSeconds] = ownCpuSeconds()
  }
}

/** The same job as far as the code goes: always due again, into a ring that nobody looks at and a file that keeps nothing. */
function rehearsalOf(job: SamplerJob): SamplerJob {
  const { trace, domainCount } = job
  const { shared: ring } = ReadingRing.create(domainCount, 2)
  return { ...job, interval: 1e-9, ring, ...(trace === undefined ? {} : { trace: { ...trace, path: devNull } }) }
}

/** Calls of the C library, where they do all that the profilers need. */
function callsFor(opened: readonly Opened[]): SystemCalls | undefined {
  const areFiles = opened.length > 0 && opened.every(({ profiler }) => profiler.counterFiles?.() !== undefined)
  return areFiles ? openSystemCalls(() => createRequire(import.meta.url)('koffi'), COUNTER_BYTES) : undefined
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
  const openings = await Promise.all(jobs.map(opening))
  const opened = openings.flatMap((one) => ('profiler' in one ? [one] : []))
  const run = prepare(opened, task === undefined)
  const problems = openings.map((one) => ('problem' in one ? one.problem : undefined))
  parentPort?.postMessage({ problems, task } satisfies SamplerReady)
  if (opened.length > 0) run()
}

/** Makes the tracks and rehearses their loop. @returns the loop */
function prepare(opened: readonly Opened[], isTimeAsked: boolean): () => void {
  const shortest = Math.min(...opened.map(({ job }) => job.interval))
  const calls = shortest > LONGEST_FIRM_SLEEP ? undefined : callsFor(opened)
  if (calls !== undefined) return prepareByCalls(opened, isTimeAsked, calls)
  const trackOf = ({ profiler, job }: Opened) => new SamplingTrack(profiler, optionsOf(job, isTimeAsked))
  const asleep = opened.filter(({ profiler }) => profiler.isSynchronous === true)
  const rehearsal = asleep.map(({ profiler, job }) => trackOf({ profiler, job: rehearsalOf(job) }))
  if (rehearsal.length > 0) rehearse(() => readDue(rehearsal), rehearsalFor(shortest))
  const tracks = opened.map(trackOf)
  return () => (asleep.length === opened.length ? sampleAsleep(tracks) : sampleInLoop(tracks))
}

function prepareByCalls(opened: readonly Opened[], isTimeAsked: boolean, calls: SystemCalls): () => void {
  const trackOf = ({ profiler, job }: Opened) =>
    new FileTrack(profiler.counterFiles?.() ?? [], calls, optionsOf(job, isTimeAsked, calls))
  for (const { profiler, job } of opened) {
    const track = trackOf({ profiler, job: rehearsalOf(job) })
    rehearse(() => track.readWhenDue(), REHEARSAL_BY_CALLS)
  }
  calls.allowSleep()
  const tracks = opened.map(trackOf)
  return () => sampleByCalls(tracks)
}

// Started with a list of jobs by `startSamplerThread`, its only caller, which is told of a rejection as of any error.
void main(workerData as readonly SamplerJob[])
