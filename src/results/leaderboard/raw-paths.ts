/** Paths of raw records in a leaderboard: they start at its folder, and follow where it is written elsewhere. */
import { stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import type { Leaderboard } from './leaderboard.js'
import type { RankedLeaderboard } from './rankable.js'

/** @returns the leaderboard with its paths from another folder; as it is where that is the same */
export function movedLeaderboard(leaderboard: Leaderboard, from: string, to: string): Leaderboard {
  if (resolve(from) === resolve(to)) return leaderboard
  const moved = (path: string): string => relative(to, resolve(from, path)).split(sep).join('/')
  const withRaw = <Run extends Leaderboard['runs'][number] | Leaderboard['training'][number]>(run: Run): Run => ({
    ...run,
    raw: { ...run.raw, path: moved(run.raw.path) },
  })
  return {
    ...leaderboard,
    runs: leaderboard.runs.map(withRaw),
    training: leaderboard.training.map(withRaw),
    leftOut: leaderboard.leftOut.map((one) => ({ ...one, path: moved(one.path) })),
  }
}

/** @returns how many of the files that the runs are from are not there */
export async function absentRawFiles({ runs, training }: RankedLeaderboard, folder: string): Promise<number> {
  let absent = 0
  for (const path of new Set([...runs, ...training].map(({ raw }) => raw.path))) {
    const found = await stat(resolve(folder, path)).catch(() => undefined)
    if (found === undefined) absent++
  }
  return absent
}
