/** Many files of records, read and checked on several threads. */
import { Worker } from 'node:worker_threads'
import { workerFlags } from '../../core/worker-flags.js'
import { type Contributions, joinedContributions } from './build-leaderboard.js'
import type { LeaderboardRun, LeaderboardTraining } from './leaderboard.js'
import type { NamedFile } from './runs-in-file.js'
import type { ReadAnswer, ReadRequest } from './runs-worker.js'

/** Files that a thread is asked for at once, and how many such requests wait for it, so that it never waits for one. */
const FILES = 32
const OPEN_REQUESTS = 2

/**
 * @returns what the files bring, in their order
 * @throws whatever ends a thread
 */
export async function runsOnThreads(files: readonly NamedFile[], threads: number): Promise<Contributions> {
  const requests = requestsFor(files)
  const found: FoundRuns[] = []
  const workers = Array.from({ length: threads }, startWorker)
  try {
    await Promise.all(workers.map((worker) => readAll(worker, requests, found)))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return { ...joinedContributions(found.map(({ runs }) => runs)), lines: new Map(found.flatMap(({ lines }) => lines)) }
}

type Requests = Generator<readonly [place: number, ReadRequest], void>

/** Taken from by all threads: whichever is free gets the next. */
function* requestsFor(files: readonly NamedFile[]): Requests {
  for (let place = 0; place * FILES < files.length; place++) {
    yield [place, files.slice(place * FILES, (place + 1) * FILES)]
  }
}

function startWorker(): Worker {
  const here = import.meta.url
  const compiled = here.endsWith('.ts') ? '../../../dist/src/results/leaderboard/runs-worker.js' : './runs-worker.js'
  return new Worker(new URL(compiled, here), { name: 'greenbench-records', execArgv: workerFlags() })
}

/** @param found - by the place of the request; a thread answers requests in their order */
function readAll(worker: Worker, requests: Requests, found: FoundRuns[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const open: number[] = []
    const ask = (): void => {
      const { value } = requests.next()
      if (value === undefined) {
        if (open.length === 0) resolve()
        return
      }
      open.push(value[0])
      worker.postMessage(value[1])
    }
    worker.on('message', (answer: ReadAnswer) => {
      const place = open.shift() ?? 0
      ask()
      found[place] = foundRuns(answer)
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('a thread that reads records has ended')))
    for (let request = 0; request < OPEN_REQUESTS; request++) ask()
  })
}

/** An answer, with the text of each run, which is the one that a leaderboard writes. */
interface FoundRuns {
  readonly runs: Contributions
  readonly lines: readonly (readonly [run: object, line: string])[]
}

/** Threads have checked what they tell. */
function foundRuns({ runs, training, leftOut }: ReadAnswer): FoundRuns {
  const parsed = {
    runs: runs.map((line) => JSON.parse(line) as LeaderboardRun),
    training: training.map((line) => JSON.parse(line) as LeaderboardTraining),
  }
  const lines = [...runs, ...training]
  const all = [...parsed.runs, ...parsed.training]
  return { runs: { ...parsed, leftOut }, lines: all.map((run, index) => [run, lines[index] ?? '']) }
}
