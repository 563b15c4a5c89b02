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

/** Reads at even steps from the start; a late reading is noted, and readings whose time has passed are left out. */
function sample(profiler: Profiler, job: SamplerJob): void {
  const ring = new ReadingRing(job.ring, job.domainCount)
  const start = monotonicClock()
  let step = 0
  const readAndWait = (): void => {
    const delay = monotonicClock() - (start + step * job.interval)
    const reading = readChecked(profiler, job.domainCount, monotonicClock)
    ring.push(reading)
    ring.addNote('failed', reading.values.includes(undefined) ? 1 : 0)
    ring.raiseNote('worstDelay', delay)
    const next = Math.max(step + 1, Math.ceil((monotonicClock() - start) / job.interval))
    ring.addNote('missed', next - step - 1)
    step = next
    ring.setNote('cpuSeconds', ownCpuSeconds())
    setTimeout(readAndWait, Math.max(0, (start + step * job.interval - monotonicClock()) * 1000))
  }
  readAndWait()
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
  const opened: (readonly [Profiler, SamplerJob])[] = []
  for (const job of jobs) {
    try {
      opened.push([await openProfiler(job), job])
      problems.push(undefined)
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  for (const [profiler, job] of opened) sample(profiler, job)
  parentPort?.postMessage({ problems, task: ownTask() } satisfies SamplerReady)
}

// Started with a list of jobs by `startSampling`, its only caller.
await main(workerData as readonly SamplerJob[])
