/** Which records of a folder used energy, each run once, and why the others are left out. */
import type { InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
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
  const leftOut: LeftOut[] = []
  const found = new Map<string, { readonly run: EnergyRun; readonly path: string }>()
  for (const { path, records, problem } of files) {
    if (problem !== undefined) leftOut.push({ what: path, reason: problem })
    for (const record of records.flatMap(singleRecords)) {
      const reason = reasonAgainst(record)
      if (reason !== undefined || !hasEnergy(record)) {
        leftOut.push({ what: nameOf(record, path), reason: reason ?? 'it has no energy' })
        continue
      }
      const key = record.replay?.of ?? record.id
      const other = found.get(key)
      const kept = other === undefined || isBetter(record, other.run) ? { run: record, path } : other
      found.set(key, kept)
      if (other === undefined) continue
      const lost = kept === other ? { run: record, path } : other
      leftOut.push({ what: nameOf(lost.run, lost.path), reason: `the same run as in ${kept.path}, counted once` })
    }
  }
  const runs = [...found.values()].map(({ run }) => run)
  return { runs: runs.sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1)), leftOut }
}

/** The original before what was made from its trace, then the later. */
function isBetter(one: EnergyRun, other: EnergyRun): boolean {
  const [isReplay, wasReplay] = [one, other].map(({ replay }) => replay !== undefined)
  return isReplay === wasReplay ? one.completedAt > other.completedAt : wasReplay === true
}

type SingleRecord = Exclude<ResultRecord, { readonly kind: 'comparison' }>

/** A comparison holds the records of its competitors. */
const singleRecords = (record: ResultRecord): readonly SingleRecord[] =>
  record.kind === 'comparison' ? record.records : [record]

const hasEnergy = (record: SingleRecord): record is EnergyRun =>
  (record.kind === 'inference' || record.kind === 'training') && record.energy !== undefined

function reasonAgainst(record: SingleRecord): string | undefined {
  if (record.kind === 'inspection') return 'nothing ran'
  if (record.energy !== undefined) return undefined
  const missing = record.missing.find(({ field }) => field.startsWith('energy'))
  return `its energy is not known${missing === undefined ? '' : `: ${missing.reason}`}`
}

const WORDS = { inference: 'run', training: 'training', inspection: 'inspection' } as const

const nameOf = ({ kind, model }: SingleRecord, path: string): string => `${WORDS[kind]} of ${model.name} in ${path}`
