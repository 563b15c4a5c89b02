/** Runs that are known by what ranks them, and for the rest by the text that a leaderboard writes. */
import type { LeaderboardRun, LeaderboardTraining } from './leaderboard.js'
import type { RankableRun, RankableTraining } from './rankable.js'

/** JSON of the whole run, in UTF-8. */
interface Written {
  readonly json: Uint8Array
}

export type WrittenRun = RankableRun & Written
export type WrittenTraining = RankableTraining & Written

/** @returns the JSON of a run; a parsed file holds no bytes, so that a field of that name there is none */
export const writtenJson = (run: object): Uint8Array | undefined =>
  'json' in run && run.json instanceof Uint8Array ? run.json : undefined

/** @returns the run with all its fields */
export function wholeRun(run: LeaderboardRun | WrittenRun): LeaderboardRun
export function wholeRun(run: LeaderboardTraining | WrittenTraining): LeaderboardTraining
export function wholeRun(run: object): object
export function wholeRun(run: object): object {
  const json = writtenJson(run)
  return json === undefined ? run : JSON.parse(Buffer.from(json).toString('utf8'))
}
