/** What an entry tells of the training of its model. */
import { mean } from 'simple-statistics'
import { combineRuns } from './combine-runs.js'
import { engineProtocol } from './engine-protocol.js'
import { groupedBy } from './grouped-by.js'
import { byText } from './identifier.js'
import type { LeaderboardEntry } from './leaderboard.js'
import type { RankableTraining } from './rankable.js'

/** A training whose energy per epoch is known. */
export interface MeteredTraining {
  readonly run: RankableTraining
  readonly energy: NonNullable<RankableTraining['energy']>
  readonly perEpoch: { readonly joules: number; readonly low: number; readonly high: number }
}

/**
 * Trainings of one model differ in what an epoch is: only those with the same images, batch size, engine (with its version,
 * threads and settings) and kind of figure
 * are put together. The largest such set is told, of equal ones the first by name.
 */
export function trainingColumn(trainings: readonly MeteredTraining[]): LeaderboardEntry['training'] {
  const sets = [...groupedBy(trainings, setOf)].sort(
    ([one, members], [other, others]) => others.length - members.length || byText(one, other),
  )
  const [first, ...others] = sets[0]?.[1] ?? []
  if (first === undefined) return undefined
  const runs = [first, ...others]
  const { value, low, high } = combineRuns(
    runs.map(({ perEpoch }) => ({ value: perEpoch.joules, low: perEpoch.low, high: perEpoch.high })),
  )
  const accuracies = runs.flatMap(({ run }) => run.accuracy?.top1 ?? [])
  return {
    energyPerEpoch: { joules: value, low, high },
    kind: first.energy.kind,
    batchSize: first.run.batchSize,
    engine: first.run.engine.name,
    images: first.run.data.training,
    ...(accuracies.length < runs.length ? {} : { top1: mean(accuracies) }),
    runs: runs.map(({ run }) => run.id),
  }
}

const setOf = ({ run: { batchSize, engine, data }, energy }: MeteredTraining): string =>
  JSON.stringify([energy.kind, engineProtocol(engine), batchSize, data.training, data.validation])
