/** Runs to a leaderboard: the same runs give the same leaderboard, in whatever order they come. */
import { contradictionIn } from '../contradiction.js'
import { distinctRuns } from './distinct-runs.js'
import { entryOf, type MeteredRun } from './entry.js'
import { groupedBy } from './grouped-by.js'
import { hardwareClass } from './hardware-class.js'
import { byText, identifier } from './identifier.js'
import type {
  HardwareClass,
  LeaderboardGroup,
  LeaderboardRun,
  LeaderboardTraining,
  LeftOut,
  ListedModel,
  Protocol,
} from './leaderboard.js'
import { LEADERBOARD_VERSION } from './leaderboard-version.js'
import { implausible } from './plausible.js'
import { protocolOf } from './protocol-class.js'
import type { LeaderboardOf, RankableRun, RankableTraining } from './rankable.js'
import { rankedEntries } from './ranked-entries.js'
import { type EditionOptions, editionOf } from './rules.js'
import type { MeteredTraining } from './training-column.js'
import { writtenJson } from './written-run.js'

/** What a leaderboard is made from. */
export interface Contributions<Run = LeaderboardRun, Training = LeaderboardTraining> {
  readonly runs: readonly Run[]
  readonly training: readonly Training[]
  readonly leftOut: readonly LeftOut[]
}

/** @returns what several places contribute, in their order */
export const joinedContributions = <Run, Training>(
  parts: readonly Contributions<Run, Training>[],
): Contributions<Run, Training> => ({
  runs: parts.flatMap(({ runs }) => runs),
  training: parts.flatMap(({ training }) => training),
  leftOut: parts.flatMap(({ leftOut }) => leftOut),
})

/** A run with its group. */
interface Placed<Run extends RankableRun> {
  readonly run: Run & MeteredRun
  readonly model: string
  readonly hardware: HardwareClass
  readonly protocol: Protocol
}

/** A training with what it has in common with the entries of its model. */
interface PlacedTraining<Training extends RankableTraining> extends MeteredTraining {
  readonly run: Training
  readonly model: string
  readonly hardware: HardwareClass
}

/** @returns a leaderboard that fits the schema where its runs do, with a list of what is not in it and why */
export function buildLeaderboard<Run extends RankableRun, Training extends RankableTraining>(
  from: Contributions<Run, Training>,
  edition: EditionOptions = {},
): LeaderboardOf<Run, Training> {
  const runs = distinctRuns(from.runs)
  const training = distinctRuns(from.training)
  const places = byStart(runs.distinct).map(place)
  const trainings = byStart(training.distinct).map(placeTraining)
  const placed = places.filter((one) => 'run' in one)
  const placedTraining = trainings.filter((one) => 'run' in one)
  return {
    kind: 'leaderboard',
    leaderboardVersion: LEADERBOARD_VERSION,
    edition: editionOf(edition),
    hardware: distinctBy([...placed, ...placedTraining].map((one) => one.hardware)),
    models: modelsOf([...placed, ...placedTraining]),
    groups: groupsOf(placed, placedTraining),
    runs: placed.map(({ run }) => run),
    training: placedTraining.map(({ run }) => run),
    leftOut: sortedLeftOut([
      ...from.leftOut,
      ...runs.leftOut,
      ...training.leftOut,
      ...[...places, ...trainings].filter((one) => 'reason' in one),
    ]),
  }
}

type AnyRun = RankableRun | RankableTraining

const byStart = <Run extends AnyRun>(runs: readonly Run[]): readonly Run[] =>
  runs
    .map((run) => ({ run, start: Date.parse(run.startedAt) }))
    .sort((one, other) => one.start - other.start || byText(one.run.id, other.run.id))
    .map(({ run }) => run)

function place<Run extends RankableRun>(run: Run): Placed<Run> | LeftOut {
  const protocol = protocolOf(run)
  const hardware = hardwareClass(run)
  if (!isMetered(run) || protocol === undefined) return withoutEnergy(run)
  if (!(run.energy.perInference.joules > 0)) return refused(run, 'no-energy', 'energy per inference is not above 0')
  if (hardware === undefined) return onUnknownHardware(run)
  const problem = problemOf(run)
  if (problem !== undefined) return problem
  return { run, model: modelId(run), hardware, protocol }
}

const isMetered = <Run extends RankableRun>(run: Run): run is Run & MeteredRun => run.energy !== undefined

function placeTraining<Training extends RankableTraining>(run: Training): PlacedTraining<Training> | LeftOut {
  const { energy } = run
  const hardware = hardwareClass(run)
  if (energy?.perEpoch === undefined) return withoutEnergy(run)
  if (hardware === undefined) return onUnknownHardware(run)
  const problem = problemOf(run)
  if (problem !== undefined) return problem
  return { run, energy, perEpoch: energy.perEpoch, model: modelId(run), hardware }
}

/** Whole records are checked where they are read; the runs of another leaderboard are not. */
function problemOf(run: AnyRun): LeftOut | undefined {
  if (writtenJson(run) !== undefined) return undefined
  const contradiction = contradictionIn(run)
  if (contradiction !== undefined)
    return refused(run, 'contradiction', `the record contradicts itself: ${contradiction}`)
  const extreme = implausible(run)
  return extreme === undefined ? undefined : refused(run, 'implausible', extreme)
}

const refused = ({ id, raw: { path } }: AnyRun, code: string, reason: string): LeftOut => ({ path, id, code, reason })

function withoutEnergy(run: AnyRun): LeftOut {
  const reason = run.missing.find(({ field }) => field.startsWith('energy'))?.reason
  return refused(run, 'no-energy', `energy is not known${reason === undefined ? '' : `: ${reason}`}`)
}

const onUnknownHardware = (run: AnyRun): LeftOut =>
  refused(run, 'unknown-hardware', 'the record does not tell which processor or board the model ran on')

/** The digest tells models apart where there is one. */
const modelKey = ({ model: { name, format, sha256, bytes } }: AnyRun): string =>
  sha256 ?? JSON.stringify([name, format, bytes])

/** Without the name, so that a renamed copy of a file stays the same model. */
const modelId = (run: AnyRun): string => identifier(run.model.format, modelKey(run))

/** A model that goes by several names is listed under the first of them. */
function modelsOf(placed: readonly { readonly run: AnyRun; readonly model: string }[]): ListedModel[] {
  const listed = new Map<string, ListedModel>()
  for (const { run, model: id } of placed) {
    const known = listed.get(id)
    const { name, format, sha256, bytes } = run.model
    const parameters = run.counts?.parameters.total ?? known?.parameters
    listed.set(id, {
      id,
      name: known === undefined || byText(name, known.name) < 0 ? name : known.name,
      format,
      ...(sha256 === undefined ? {} : { sha256 }),
      bytes,
      ...(parameters === undefined ? {} : { parameters }),
    })
  }
  return [...listed.values()].sort((one, other) => byText(one.name, other.name) || byText(one.id, other.id))
}

function groupsOf(
  placed: readonly Placed<RankableRun>[],
  training: readonly PlacedTraining<RankableTraining>[],
): LeaderboardGroup[] {
  const trained = groupedBy(training, ({ hardware, model }) => `${hardware.id} ${model}`)
  const groups = groupedBy(placed, ({ hardware, protocol }) => `${hardware.id} ${JSON.stringify(protocol)}`)
  return [...groups]
    .sort(([one], [other]) => byText(one, other))
    .map(([key, members]) => groupOf(key, members, trained))
}

function groupOf(
  key: string,
  members: readonly [Placed<RankableRun>, ...Placed<RankableRun>[]],
  trained: ReadonlyMap<string, readonly PlacedTraining<RankableTraining>[]>,
): LeaderboardGroup {
  const [{ hardware, protocol }] = members
  const models = groupedBy(members, ({ model }) => model)
  const entries = [...models].map(([model, runs]) =>
    entryOf(
      model,
      runs.map(({ run }) => run),
      hardware,
      trained.get(`${hardware.id} ${model}`) ?? [],
    ),
  )
  const name = `${hardware.name} batch ${protocol.batchSize}`
  return { id: identifier(name, key), hardware: hardware.id, protocol, entries: rankedEntries(entries, protocol) }
}

function distinctBy(classes: readonly HardwareClass[]): HardwareClass[] {
  const byId = new Map(classes.map((one) => [one.id, one]))
  return [...byId.values()].sort((one, other) => byText(one.name, other.name) || byText(one.id, other.id))
}

/** The same reason for the same file once. */
function sortedLeftOut(leftOut: readonly LeftOut[]): LeftOut[] {
  const distinct = new Map(
    leftOut.map(({ path, id, code, reason }) => {
      const fields = { path, ...(id === undefined ? {} : { id }), code, reason }
      return [JSON.stringify(fields), fields] as const
    }),
  )
  return [...distinct].sort(([one], [other]) => byText(one, other)).map(([, fields]) => fields)
}
