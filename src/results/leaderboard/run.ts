/** What a leaderboard keeps of a record: what is large or says where things lie on a disk stays in the raw file. */
import type { InferenceRecord, TrainingRecord } from '../../core/record.js'
import type { LeaderboardRun, LeaderboardTraining, RawFile } from './leaderboard.js'

/** @param raw - where the record lies */
export function runOf(record: InferenceRecord, raw: RawFile): LeaderboardRun {
  const { schemaVersion, kind, complete, samples, options, equivalents, layers, id, energy, ...kept } = record
  return { id, raw, ...kept, ...withoutSampling(energy) }
}

/** As `runOf`, of a training. */
export function trainingRunOf(record: TrainingRecord, raw: RawFile): LeaderboardTraining {
  const { schemaVersion, kind, complete, samples, options, equivalents, files, id, energy, ...kept } = record
  return { id, raw, ...kept, ...withoutSampling(energy) }
}

function withoutSampling<Energy extends { readonly sampling?: unknown }>(energy: Energy | undefined) {
  if (energy === undefined) return {}
  const { sampling, ...kept } = energy
  return { energy: kept }
}
