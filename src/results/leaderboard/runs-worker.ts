/** Runs in a thread of its own: reads files and answers with what they bring. */
import { parentPort } from 'node:worker_threads'
import type { Contributions } from './build-leaderboard.js'
import { type RankableRun, type RankableTraining, rankableRun, rankableTraining } from './rankable.js'
import { type NamedFile, runsInFile } from './runs-in-file.js'

/** What is asked of the thread: files to read. */
export type ReadRequest = readonly NamedFile[]

/** What they bring. Texts and bytes go from thread to thread much quicker than objects. */
export interface ReadAnswer {
  /** JSON of `RankableContributions`. */
  readonly ranked: string
  /** JSON of the runs and then of the trainings, one after the other, in UTF-8. */
  readonly whole: Uint8Array<ArrayBuffer>
  /** Bytes of each of them. */
  readonly lengths: readonly number[]
}

export type RankableContributions = Contributions<RankableRun, RankableTraining>

parentPort?.on('message', (files: ReadRequest) => {
  const answer = answerTo(files)
  parentPort?.postMessage(answer, [answer.whole.buffer])
})

function answerTo(files: ReadRequest): ReadAnswer {
  const found = files.map(runsInFile)
  const [runs, training] = [found.flatMap((file) => file.runs), found.flatMap((file) => file.training)]
  const ranked: RankableContributions = {
    runs: runs.map(rankableRun),
    training: training.map(rankableTraining),
    leftOut: found.flatMap(({ leftOut }) => leftOut),
  }
  return { ranked: JSON.stringify(ranked), ...bytesOf([...runs, ...training].map((run) => JSON.stringify(run))) }
}

function bytesOf(texts: readonly string[]): Pick<ReadAnswer, 'whole' | 'lengths'> {
  const lengths = texts.map((text) => Buffer.byteLength(text))
  // Of its own, since it is handed over.
  const whole = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const text of texts) at += whole.write(text, at)
  return { whole, lengths }
}
