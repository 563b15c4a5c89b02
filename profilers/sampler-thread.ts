/** Starts the sampling thread and listens to what becomes of it. */
import { Worker } from 'node:worker_threads'
import { workerFlags } from '../src/core/worker-flags.js'
import { messageOf } from './checked-reading.js'
import { threadModule } from './compiled-module.js'
import type { SamplerJob, SamplerReady } from './sampler-worker.js'

/** A thread that reads profilers until it is stopped; it never keeps the process alive. */
export interface SamplerThread {
  /** Per job: why the thread cannot sample it, or `undefined` when it does. */
  readonly problems: readonly (string | undefined)[]
  /** `PID/task/TID` on Linux. */
  readonly task: string | undefined
  stop(): Promise<void>
}

/** A thread that has not answered by then is given up: a plugin's module may hang. */
const LONGEST_START_MILLISECONDS = 5000
/** Keeps the thread small; a plugin's libraries must fit as well. */
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 }

/**
 * @param onDeath - called once with the reason when the thread ends unasked after it had started
 * @returns the running thread; when it does not start, every job has a problem and nothing runs
 */
export async function startSamplerThread(
  jobs: readonly SamplerJob[],
  onDeath: (reason: string) => void,
): Promise<SamplerThread> {
  const worker = new Worker(new URL(threadModule('sampler-worker')), {
    workerData: jobs,
    resourceLimits: MEMORY,
    name: 'greenbench-sampler',
    execArgv: workerFlags(),
  })
  worker.unref()
  const answer = await answerOf(worker)
  if (typeof answer === 'string') {
    await worker.terminate()
    return { problems: jobs.map(() => answer), task: undefined, stop: async () => {} }
  }
  let isStopping = false
  let reason = 'it exited'
  worker.on('error', (error) => {
    reason = messageOf(error)
  })
  worker.once('exit', () => {
    if (!isStopping) onDeath(reason)
  })
  return {
    ...answer,
    async stop() {
      isStopping = true
      await worker.terminate()
    },
  }
}

/** @returns the thread's answer, or why there is none */
function answerOf(worker: Worker): Promise<SamplerReady | string> {
  return new Promise((resolve) => {
    // This timer keeps the process alive until the answer is there; the running thread must not.
    const timer = setTimeout(() => settle('the sampling thread does not answer'), LONGEST_START_MILLISECONDS)
    const settle = (answer: SamplerReady | string): void => {
      clearTimeout(timer)
      worker.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error')
      resolve(answer)
    }
    worker.once('message', (answer: SamplerReady) => settle(answer))
    worker.once('error', (error) => settle(messageOf(error)))
    worker.once('exit', (code) => settle(`the sampling thread ended with ${code}`))
  })
}
