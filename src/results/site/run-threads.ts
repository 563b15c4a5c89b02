/** Threads that make the pages of runs: drawing their charts is nearly all the work of a site. */
import { Worker } from 'node:worker_threads'
import { GreenbenchError } from '../../core/errors.js'
import { workerFlags } from '../../core/worker-flags.js'
import type { MadeRun, RunSettings, RunTask } from './run-task.js'

/** Tasks that a thread is given at once: few enough to end together, enough to read a file of several records once. */
const SHARE = 8
/** Most of what is made is garbage soon; with little room for what is young it would be moved again and again. */
const YOUNG_MEGABYTES = 64

/** What a thread says: a page, or that it wants more. */
export type FromThread = MadeRun | 'idle'

/**
 * Makes all pages; in which order they come, and on how many threads, is left to chance.
 *
 * @param take - writes one page; threads wait while their pages are being written
 * @throws {GreenbenchError} `E_SITE_THREAD` when a thread has ended; whatever `take` throws
 */
export async function makeOnThreads(
  tasks: readonly RunTask[],
  threads: number,
  settings: RunSettings,
  take: (made: MadeRun) => Promise<void>,
): Promise<void> {
  const shares = sharesOf(tasks)
  const workers: Worker[] = []
  try {
    await Promise.all(
      Array.from({ length: threads }, () => {
        const worker = start(settings)
        workers.push(worker)
        return work(worker, () => shares.next().value, take)
      }),
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function* sharesOf(tasks: readonly RunTask[]): Generator<readonly RunTask[], undefined> {
  for (let from = 0; from < tasks.length; from += SHARE) yield tasks.slice(from, from + SHARE)
}

const start = (settings: RunSettings): Worker =>
  new Worker(threadUrl(), {
    workerData: settings,
    name: 'pages of runs',
    execArgv: workerFlags(),
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  })

/** Feeds one thread until nothing is left. */
function work(
  worker: Worker,
  nextShare: () => readonly RunTask[] | undefined,
  take: (made: MadeRun) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let written = Promise.resolve()
    worker.on('message', (message: FromThread) => {
      if (message !== 'idle') {
        written = written.then(() => take(message))
        written.catch(reject)
        return
      }
      written.then(() => {
        const share = nextShare()
        if (share === undefined) resolve()
        else worker.postMessage(share)
      }, reject)
    })
    worker.on('error', (cause) => reject(ended(cause)))
    worker.on('exit', () => reject(ended(new Error('it has exited'))))
  })
}

const ended = (cause: Error): GreenbenchError =>
  new GreenbenchError('E_SITE_THREAD', `a thread that writes pages has stopped: ${cause.message}`, {
    hint: 'free some memory and write the site again, or report what the thread said',
    cause,
  })

/** Threads run compiled code; tests run the sources, and find it where the build puts it. */
function threadUrl(): URL {
  const here = import.meta.url
  return new URL(here.endsWith('.ts') ? '../../../dist/src/results/site/run-thread.js' : './run-thread.js', here)
}
