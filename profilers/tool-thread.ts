/** Starts the thread that runs a tool, so that a busy main thread cannot make its output wait. */
import { Worker } from 'node:worker_threads'
import { messageOf } from './checked-reading.js'
import { compiledModule } from './compiled-module.js'
import { ToolLease } from './tool-lease.js'
import { ToolState } from './tool-state.js'
import type { ToolAnswer, ToolJob, ToolSpec } from './tool-worker.js'

/** A tool that runs and has told something. */
export interface RunningTool {
  /** Domains, in the order of the numbers in `state`. */
  readonly names: readonly string[]
  readonly state: ToolState
  stop(): Promise<void>
}

/** A tool that has told nothing by then is given up. */
const LONGEST_START_MILLISECONDS = 8000
const LONGEST_STOP_MILLISECONDS = 2000
const MEMORY = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 }

/** @returns the running tool, or why it does not run */
export async function startTool(spec: ToolSpec): Promise<RunningTool | { readonly problem: string }> {
  const state = new ToolState()
  const lease = new ToolLease()
  const workerData: ToolJob = { spec, shared: state.shared, lease: lease.shared }
  const worker = new Worker(new URL(compiledModule('tool-worker')), {
    workerData,
    // Flags of the caller, such as --input-type, would keep the thread from starting.
    execArgv: [],
    resourceLimits: MEMORY,
    name: 'greenbench-tool',
  })
  worker.unref()
  // A process that ends at once, e.g. at a second Ctrl-C, must not leave its tool behind.
  const closeLease = (): void => lease.close()
  process.once('exit', closeLease)
  const stop = async (): Promise<void> => {
    await stopWorker(worker, lease)
    closeLease()
    process.off('exit', closeLease)
  }
  worker.on('error', () => state.end())
  const answer = await answerOf(worker, spec.command)
  if ('problem' in answer) {
    await stop()
    return answer
  }
  return {
    names: answer.names,
    state,
    async stop() {
      // What it told last is not that of later: others may still read it.
      state.end()
      await stop()
    },
  }
}

function answerOf(worker: Worker, command: string): Promise<ToolAnswer> {
  return new Promise((resolve) => {
    // This timer keeps the process alive until the answer is there; the running thread must not. When it fires late, the
    // answer may lie there already: one more turn hears it.
    const silent = { problem: `${command} prints nothing` }
    const timer = setTimeout(() => setImmediate(settle, silent), LONGEST_START_MILLISECONDS)
    const settle = (answer: ToolAnswer): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    worker.once('message', settle)
    worker.once('error', (error) => settle({ problem: messageOf(error) }))
    worker.once('exit', (code) => settle({ problem: `the thread of ${command} ended with ${code}` }))
  })
}

/** The thread ends its tool before it ends itself; where it does not answer, both are ended with force. */
function stopWorker(worker: Worker, lease: ToolLease): Promise<void> {
  return new Promise((resolve) => {
    // A thread that has ended has no number any more.
    if (worker.threadId < 0) return resolve()
    const timer = setTimeout(() => {
      // First, since a thread that is ended while it starts a tool cannot tell which.
      lease.close()
      void worker.terminate()
    }, LONGEST_STOP_MILLISECONDS)
    worker.ref()
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    worker.postMessage('stop')
  })
}
