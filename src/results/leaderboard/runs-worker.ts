/** Runs in a thread of its own: reads files and answers with what they bring, runs as the text that the leaderboard keeps. */
import { parentPort } from 'node:worker_threads'
import type { LeftOut } from './leaderboard.js'
import { type NamedFile, runsInFile } from './runs-in-file.js'

/** What is asked of the thread: files to read. */
export type ReadRequest = readonly NamedFile[]

/** What they bring, each run as JSON: a text goes from thread to thread much quicker than an object. */
export interface ReadAnswer {
  readonly runs: readonly string[]
  readonly training: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

parentPort?.on('message', (files: ReadRequest) => parentPort?.postMessage(answerTo(files)))

function answerTo(files: ReadRequest): ReadAnswer {
  const found = files.map((file) => runsInFile(file))
  return {
    runs: found.flatMap(({ runs }) => runs.map((run) => JSON.stringify(run))),
    training: found.flatMap(({ training }) => training.map((run) => JSON.stringify(run))),
    leftOut: found.flatMap(({ leftOut }) => leftOut),
  }
}
