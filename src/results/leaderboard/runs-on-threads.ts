/** Many files of records, read and checked on several threads. */
import { Worker } from 'node:worker_threads'
import { workerFlags } from '../../core/worker-flags.js'
import { type Contributions, joinedContributions } from './build-leaderboard.js'
import type { NamedFile } from './runs-in-file.js'
import type { RankableContributions, ReadAnswer, ReadRequest } from './runs-worker.js'
import type { WrittenRun, WrittenTraining } from './written-run.js'

/** Files that a thread is asked for at once, and how many such requests wait for it, so that it never waits for one. */
const FILES = 32
const OPEN_REQUESTS = 2

type WrittenContributions = Contributions<WrittenRun, WrittenTraining>

/**
 * @returns what the files bring, in their order
 * @throws whatever ends a thread
 */
export async function runsOnThreads(files: readonly NamedFile[], threads: number): Promise<WrittenContributions> {
  const requests = requestsFor(files)
  const found: WrittenContributions[] = []
  const workers = Array.from({ length: threads }, startWorker)
  try {
    await Promise.all(workers.map((worker) => readAll(worker, requests, found)))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return joinedContributions(found)
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
function readAll(worker: Worker, requests: Requests, found: WrittenContributions[]): Promise<void> {
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

/** Threads have checked what they tell. */
function foundRuns({ ranked, whole, lengths }: ReadAnswer): WrittenContributions {
  const { runs, training, leftOut } = JSON.parse(ranked) as RankableContributions
  const texts = partsOf(whole, lengths)
  const written = <Run>(run: Run) => ({ ...run, json: texts.next().value ?? new Uint8Array() })
  return { runs: runs.map(written), training: training.map(written), leftOut }
}

function* partsOf(whole: Uint8Array, lengths: readonly number[]): Generator<Uint8Array, undefined> {
  let at = 0
  for (const length of lengths) {
    yield whole.subarray(at, at + length)
    at += length
  }
}
