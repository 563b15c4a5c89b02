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
  const death = deathOf(worker)
  const answer = await answerOf(worker, death)
  if (typeof answer === 'string') {
    await worker.terminate()
    return { problems: jobs.map(() => `the sampling thread ${answer}`), task: undefined, stop: async () => {} }
  }
  let isStopping = false
  void death.then((reason) => {
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

/** Listened for from the start: a thread may end before anybody has heard its answer. @returns why it ended */
function deathOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.on('error', (error) => resolve(`failed: ${messageOf(error)}`))
    worker.once('exit', (code) => resolve(`ended with ${code}`))
  })
}

/** @returns the thread's answer, or why there is none */
function answerOf(worker: Worker, death: Promise<string>): Promise<SamplerReady | string> {
  return new Promise((resolve) => {
    // This timer keeps the process alive until the answer is there; the running thread must not. When it fires late, the
    // answer may lie there already: one more turn hears it.
    const timer = setTimeout(() => setImmediate(settle, 'does not answer'), LONGEST_START_MILLISECONDS)
    const settle = (answer: SamplerReady | string): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    worker.once('message', settle)
    void death.then(settle)
  })
}
