/** What changed from one leaderboard to the next. */
import { gradeText } from '../grade/grade.js'
import { byText } from './identifier.js'
import type { Leaderboard, LeaderboardEntry, LeaderboardGroup, Protocol } from './leaderboard.js'

/** An entry as it was or is; fields that are not known are absent. */
export interface EntryState {
  readonly rank?: number
  readonly joules: number
  readonly low: number
  readonly high: number
  readonly runs: number
  /** E.g. `B` or `B-C`. */
  readonly grade?: string
}

/** An entry that came, went or changed; `before` is absent for a new one, `after` for one that is gone. */
export interface EntryChange {
  readonly model: string
  /** The model's name. */
  readonly name: string
  readonly before?: EntryState
  readonly after?: EntryState
}

/** Changes within one group. */
export interface GroupDifference {
  readonly group: string
  readonly hardware: string
  readonly protocol: Protocol
  readonly new: readonly EntryChange[]
  readonly gone: readonly EntryChange[]
  /** Rank, grade, or figures of entries that are in both. */
  readonly changed: readonly EntryChange[]
}

/** Only groups in which something changed, in the order of their names. */
export function leaderboardDifference(before: Leaderboard, after: Leaderboard): readonly GroupDifference[] {
  const [old, current] = [groupsById(before), groupsById(after)]
  const names = new Map([...before.models, ...after.models].map(({ id, name }) => [id, name]))
  const hardware = new Map([...before.hardware, ...after.hardware].map(({ id, name }) => [id, name]))
  return [...new Set([...old.keys(), ...current.keys()])].sort(byText).flatMap((id) => {
    const group = current.get(id) ?? old.get(id)
    if (group === undefined) return []
    const changes = changesOf(old.get(id), current.get(id), names)
    const difference = {
      group: id,
      hardware: hardware.get(group.hardware) ?? group.hardware,
      protocol: group.protocol,
      new: changes.filter((change) => change.before === undefined),
      gone: changes.filter((change) => change.after === undefined),
      changed: changes.filter((change) => change.before !== undefined && change.after !== undefined),
    }
    return changes.length === 0 ? [] : [difference]
  })
}

const groupsById = ({ groups }: Leaderboard) => new Map(groups.map((group) => [group.id, group]))

function changesOf(
  before: LeaderboardGroup | undefined,
  after: LeaderboardGroup | undefined,
  names: ReadonlyMap<string, string>,
): readonly EntryChange[] {
  const old = new Map(before?.entries.map((entry) => [entry.model, stateOf(entry)]))
  const current = new Map(after?.entries.map((entry) => [entry.model, stateOf(entry)]))
  return [...new Set([...current.keys(), ...old.keys()])].flatMap((model) => {
    const [was, is] = [old.get(model), current.get(model)]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    const name = names.get(model) ?? model
    return [{ model, name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }]
  })
}

function stateOf({ rank, energyPerInference, runs, grade }: LeaderboardEntry): EntryState {
  const letters = gradeText(grade)
  return {
    ...(rank === undefined ? {} : { rank }),
    joules: energyPerInference.joules,
    low: energyPerInference.low,
    high: energyPerInference.high,
    runs: runs.length,
    ...(letters === undefined ? {} : { grade: letters }),
  }
}
