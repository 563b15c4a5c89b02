/** What an entry gets from the others of its group: rank, ties and its standing on the front of accuracy and energy. */
import type { UnrankedEntry } from './entry.js'
import { byText } from './identifier.js'
import type { LeaderboardEntry, Protocol } from './leaderboard.js'
import { paretoFront, type Standing } from './pareto-front.js'
import { type Place, rankByInterval } from './rank.js'
import { WIDEST_INTERVAL } from './rules.js'

/** @returns by rank, then by energy; those without a rank last */
export function rankedEntries(entries: readonly UnrankedEntry[], protocol: Protocol): LeaderboardEntry[] {
  const reasons = new Map(entries.map((entry) => [entry, whyUnranked(entry, protocol)]))
  const ranked = entries.filter((entry) => reasons.get(entry) === undefined)
  const intervals = rankByInterval(ranked.map(({ energyPerInference }) => energyPerInference))
  const places = new Map(ranked.map((entry, index) => [entry, intervals[index]]))
  const standings = standingsOf(entries)
  return entries
    .map((entry) => withPlace(entry, places.get(entry), reasons.get(entry), standings.get(entry)))
    .sort(byRank)
}

/** An interval of a model is as wide for all entries, a measured one need not be. */
function whyUnranked({ energyPerInference: { joules, low, high } }: UnrankedEntry, protocol: Protocol) {
  const reach = Math.max(joules - low, high - joules) / joules
  if (protocol.energy === 'modelled' || reach <= WIDEST_INTERVAL) return undefined
  return `the interval reaches ${Math.round(reach * 100)}% from the figure, more than ${WIDEST_INTERVAL * 100}%`
}

function standingsOf(entries: readonly UnrankedEntry[]): ReadonlyMap<UnrankedEntry, Standing> {
  const candidates = entries.flatMap((entry) => {
    const { accuracy, energyPerInference: energy } = entry
    if (accuracy === undefined) return []
    const joules = { value: energy.joules, low: energy.low, high: energy.high }
    return [{ entry, joules, top1: { value: accuracy.top1, low: accuracy.low, high: accuracy.high } }]
  })
  const standings = paretoFront(candidates)
  return new Map(
    candidates.flatMap(({ entry }, index) => {
      const standing = standings[index]
      return standing === undefined ? [] : [[entry, standing] as const]
    }),
  )
}

function withPlace(
  { model, grade, ...figures }: UnrankedEntry,
  place: Place | undefined,
  unranked: string | undefined,
  pareto: Standing | undefined,
): LeaderboardEntry {
  return {
    model,
    ...(place === undefined ? {} : { rank: place.rank }),
    ...(unranked === undefined ? {} : { unranked }),
    tiedWith: place?.tiedWith ?? 0,
    ...(pareto === undefined ? {} : { pareto }),
    grade,
    ...figures,
  }
}

function byRank(one: LeaderboardEntry, other: LeaderboardEntry): number {
  if (one.rank !== other.rank) return (one.rank ?? Number.MAX_VALUE) - (other.rank ?? Number.MAX_VALUE)
  return one.energyPerInference.joules - other.energyPerInference.joules || byText(one.model, other.model)
}
