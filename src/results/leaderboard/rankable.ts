/** What of a run decides its place on a leaderboard. The rest, which is most of it, is only written down. */
import type { Leaderboard, LeaderboardRun, LeaderboardTraining } from './leaderboard.js'

/** Of both kinds of runs: `true` takes the whole field, and fields of lists are those of their items. */
const OF_BOTH = {
  id: true,
  raw: true,
  startedAt: true,
  replay: true,
  model: { name: true, format: true, sha256: true, bytes: true, inputs: true, outputs: true },
  engine: true,
  batchSize: true,
  host: { cpu: true },
  accuracy: { top1: true, top5: true, count: true },
  missing: true,
} as const

const OF_ENERGY = {
  kind: true,
  measuredShare: true,
  domains: { kind: true, name: true, part: true, source: true, isCounted: true },
} as const

const OF_INFERENCE = {
  ...OF_BOTH,
  input: true,
  images: { count: true, classes: true },
  latency: { mean: true, p50: true, p90: true, p95: true, p99: true },
  throughput: { imagesPerSecond: true },
  energy: { ...OF_ENERGY, window: { seconds: true }, perInference: true, netPerInference: true },
  carbon: { perInference: true, factor: { zone: true } },
  counts: { parameters: { total: true }, macs: true, batchSize: true, peakActivationBytes: true },
  warnings: { code: true },
} as const

const OF_TRAINING = {
  ...OF_BOTH,
  data: { training: true, validation: true },
  energy: { ...OF_ENERGY, perEpoch: true },
  counts: { parameters: { total: true } },
} as const

/** The fields of `Whole` that `Fields` names, as they are there. */
type Taken<Whole, Fields> = Fields extends true
  ? Whole
  : Whole extends readonly (infer Item)[]
    ? readonly Taken<Item, Fields>[]
    : Whole extends object
      ? string extends keyof Whole
        ? Whole
        : {
            readonly [Name in keyof Pick<Whole, keyof Whole & keyof Fields>]: Taken<
              Whole[Name],
              Fields[Name & keyof Fields]
            >
          }
      : Whole

/** A `LeaderboardRun` is one. */
export type RankableRun = Taken<LeaderboardRun, typeof OF_INFERENCE>
/** A `LeaderboardTraining` is one. */
export type RankableTraining = Taken<LeaderboardTraining, typeof OF_TRAINING>

/** A leaderboard with whatever holds its runs. */
export type LeaderboardOf<Run, Training> = Omit<Leaderboard, 'runs' | 'training'> & {
  readonly runs: Run[]
  readonly training: Training[]
}

/** A leaderboard that may know no more of its runs than what ranks them. */
export type RankedLeaderboard = LeaderboardOf<RankableRun, RankableTraining>

export const rankableRun = (run: LeaderboardRun): RankableRun => taken(run, OF_INFERENCE) as RankableRun

export const rankableTraining = (run: LeaderboardTraining): RankableTraining =>
  taken(run, OF_TRAINING) as RankableTraining

interface Fields {
  readonly [name: string]: true | Fields
}

function taken(whole: unknown, fields: true | Fields): unknown {
  if (fields === true || typeof whole !== 'object' || whole === null) return whole
  if (Array.isArray(whole)) return whole.map((item) => taken(item, fields))
  const part: Record<string, unknown> = {}
  for (const name of Object.keys(fields)) {
    const value = (whole as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined) part[name] = taken(value, fields[name] ?? true)
  }
  return part
}
