/** Starts the thread that runs a tool, so that a busy main thread cannot make its output wait. */
import { Worker } from 'node:worker_threads'
import { messageOf } from './checked-reading.js'
import { compiledModule } from './compiled-module.js'
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
const LONGEST_STOP_MILLISECONDS = 1000
const MEMORY = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 }

/** @returns the running tool, or why it does not run */
export async function startTool(spec: ToolSpec): Promise<RunningTool | { readonly problem: string }> {
  const state = new ToolState()
  const workerData: ToolJob = { spec, shared: state.shared }
  const worker = new Worker(new URL(compiledModule('tool-worker')), {
    workerData,
    // Flags of the caller, such as --input-type, would keep the thread from starting.
    execArgv: [],
    resourceLimits: MEMORY,
    name: 'greenbench-tool',
  })
  worker.unref()
  const answer = await answerOf(worker, spec.command)
  if ('problem' in answer) {
    await stopWorker(worker)
    return answer
  }
  worker.on('error', () => state.end())
  const endTool = endWithProcess(answer.pid)
  return {
    names: answer.names,
    state,
    async stop() {
      // What it told last is not that of later: others may still read it.
      state.end()
      await stopWorker(worker)
      process.off('exit', endTool)
    },
  }
}

/** A process that ends at once, e.g. at a second Ctrl-C, must not leave its tool behind. */
function endWithProcess(pid: number | undefined): () => void {
  const end = (): void => {
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
  process.once('exit', end)
  return end
}

function answerOf(worker: Worker, command: string): Promise<ToolAnswer> {
  return new Promise((resolve) => {
    // This timer keeps the process alive until the answer is there; the running thread must not.
    const timer = setTimeout(() => settle({ problem: `${command} prints nothing` }), LONGEST_START_MILLISECONDS)
    const settle = (answer: ToolAnswer): void => {
      clearTimeout(timer)
      worker.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error')
      resolve(answer)
    }
    worker.once('message', (answer: ToolAnswer) => settle(answer))
    worker.once('error', (error) => settle({ problem: messageOf(error) }))
    worker.once('exit', (code) => settle({ problem: `the thread of ${command} ended with ${code}` }))
  })
}

/** The thread ends its tool before it ends itself; one that does not answer is ended with force. */
function stopWorker(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    // A thread that has ended has no number any more.
    if (worker.threadId < 0) return resolve()
    const timer = setTimeout(() => void worker.terminate(), LONGEST_STOP_MILLISECONDS)
    worker.ref()
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    worker.postMessage('stop')
  })
}
