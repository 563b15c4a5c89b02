/** Which records of a folder used energy, each run once, and why the others are left out. */
import type { InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import { type Claim, claimsOf, distinctRecords } from '../distinct-records.js'
import type { SingleRecord } from '../gate/metric.js'
import { implausible } from '../leaderboard/plausible.js'
import type { LeftOut } from '../left-out.js'

/** What one file held. */
export interface RecordFile {
  readonly path: string
  readonly records: readonly ResultRecord[]
  /** Why it could not be read. */
  readonly problem?: string
}

/** A run with joules. */
export type EnergyRun = (InferenceRecord | TrainingRecord) & {
  readonly energy: NonNullable<InferenceRecord['energy'] | TrainingRecord['energy']>
}

/** @returns runs in the order in which they began */
export function collectRuns(files: readonly RecordFile[]): {
  readonly runs: readonly EnergyRun[]
  readonly leftOut: readonly LeftOut[]
} {
  const placed = files.flatMap(({ path, records }) => records.map((record, index) => ({ record, path, index })))
  const claims = claimsOf(placed)
  const { distinct, repeated } = distinctRecords(claims.filter(isOfEnergy))
  const leftOut = [
    ...claims.flatMap(({ run, path }) => {
      const reason = reasonAgainst(run)
      return reason === undefined ? [] : [{ what: nameOf(run, path), reason }]
    }),
    ...repeated.map(({ run, path, reason }) => ({ what: nameOf(run, path), reason })),
    ...files.flatMap(({ path, problem }) => (problem === undefined ? [] : [{ what: path, reason: problem }])),
  ]
  return { runs: [...distinct].sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1)), leftOut }
}

const isOfEnergy = (claim: Claim<SingleRecord>): claim is Claim<EnergyRun> => reasonAgainst(claim.run) === undefined

function reasonAgainst(record: SingleRecord): string | undefined {
  if (record.kind === 'inspection') return 'nothing ran'
  if (record.energy !== undefined) return implausible(record)
  const missing = record.missing.find(({ field }) => field.startsWith('energy'))
  return `its energy is not known${missing === undefined ? '' : `: ${missing.reason}`}`
}

const WORDS = { inference: 'run', training: 'training', inspection: 'inspection' } as const

const nameOf = ({ kind, model }: SingleRecord, path: string): string => `${WORDS[kind]} of ${model.name} in ${path}`
