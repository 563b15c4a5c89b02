/** More runs for a leaderboard, or several leaderboards as one: everything is worked out again from all runs. */
import { buildLeaderboard, type Contributions, joinedContributions } from './build-leaderboard.js'
import type { Leaderboard, LeaderboardRun, LeaderboardTraining } from './leaderboard.js'
import type { LeaderboardOf, RankableRun, RankableTraining } from './rankable.js'
import type { EditionOptions } from './rules.js'

/**
 * @param edition - what is not given stays as it was
 * @returns a new leaderboard; a file that was left out before and is read again counts as it is now
 */
export function addToLeaderboard<Run extends RankableRun, Training extends RankableTraining>(
  leaderboard: Leaderboard,
  added: Contributions<Run, Training>,
  edition: EditionOptions = {},
): LeaderboardOf<LeaderboardRun | Run, LeaderboardTraining | Training> {
  const paths = new Set(
    [...added.runs, ...added.training].map(({ raw }) => raw.path).concat(added.leftOut.map(({ path }) => path)),
  )
  const still = leaderboard.leftOut.filter(({ path }) => !paths.has(path))
  const parts: Contributions<LeaderboardRun | Run, LeaderboardTraining | Training>[] = [
    { ...leaderboard, leftOut: still },
    added,
  ]
  return joined(parts, { ...leaderboard.edition, ...edition })
}

/**
 * @param leaderboards - in any order
 * @param edition - title and date; those of the parts are kept where all of them agree
 */
export function mergeLeaderboards(leaderboards: readonly Leaderboard[], edition: EditionOptions = {}): Leaderboard {
  const agreed = (name: 'title' | 'date') => {
    const values = new Set(leaderboards.map((one) => one.edition[name]))
    return values.size === 1 ? [...values][0] : undefined
  }
  return joined(leaderboards, { title: edition.title ?? agreed('title'), date: edition.date ?? agreed('date') })
}

const joined = <Run extends RankableRun, Training extends RankableTraining>(
  parts: readonly Contributions<Run, Training>[],
  { title, date }: EditionOptions,
): LeaderboardOf<Run, Training> => buildLeaderboard(joinedContributions(parts), { title, date })
