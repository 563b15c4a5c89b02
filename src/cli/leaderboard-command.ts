/** `greenbench leaderboard`: recorded runs as a ranking, and rankings kept, checked and compared. */
import { dirname, relative, resolve } from 'node:path'
import { FormatError, UsageError } from '../core/errors.js'
import { aloneOn } from '../results/alone.js'
import { counted } from '../results/count-text.js'
import { buildLeaderboard } from '../results/leaderboard/build-leaderboard.js'
import { differenceMarkdown, differenceText } from '../results/leaderboard/difference-text.js'
import { addToLeaderboard, mergeLeaderboards } from '../results/leaderboard/join-leaderboards.js'
import type { Leaderboard } from '../results/leaderboard/leaderboard.js'
import { leaderboardDifference } from '../results/leaderboard/leaderboard-difference.js'
import { figureFaults, shapeFaults } from '../results/leaderboard/leaderboard-faults.js'
import {
  leaderboardBytes,
  readLeaderboard,
  readLeaderboardJson,
  type WritableLeaderboard,
} from '../results/leaderboard/leaderboard-file.js'
import { leaderboardText } from '../results/leaderboard/leaderboard-text.js'
import type { RankedLeaderboard } from '../results/leaderboard/rankable.js'
import { absentRawFiles, movedLeaderboard } from '../results/leaderboard/raw-paths.js'
import { readRunsToWrite } from '../results/leaderboard/read-runs.js'
import { writeOutput } from '../results/output-file.js'
import { printable } from '../results/printable.js'
import { EXIT } from './failure.js'
import type { LeaderboardAction, LeaderboardRequest } from './leaderboard-grammar.js'
import type { Settings } from './option-definition.js'
import {
  LEADERBOARD_DIFF_OPTIONS,
  LEADERBOARD_READ_OPTIONS,
  LEADERBOARD_WRITE_OPTIONS,
} from './options/leaderboard-options.js'
import { checkFiles, checkOutputs, showResult } from './output-choice.js'
import type { Source } from './overwriting.js'
import { fromCommandLine, readSettings } from './settings.js'
import { fileSources, rankedSources } from './sources.js'
import { styleOf, type Terminal, widthOf, write } from './terminal.js'
import { STANDARD_OUTPUT } from './text-output.js'

/** @returns the exit code; 1 where `validate` finds a fault */
export function leaderboardCommand(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const actions: Readonly<Record<LeaderboardAction, () => Promise<number>>> = {
    build: () => build(request, terminal),
    add: () => add(request, terminal),
    merge: () => merge(request, terminal),
    validate: () => validate(request, terminal),
    diff: () => diff(request, terminal),
    schema: () => schema(request, terminal),
    site: async () => (await import('./site-command.js')).siteCommand(request, terminal),
    appendix: async () => (await import('./site-command.js')).appendixCommand(request, terminal),
  }
  return actions[request.action]()
}

const settingsOf = ({ given }: LeaderboardRequest, terminal: Terminal) =>
  readSettings(LEADERBOARD_WRITE_OPTIONS, [fromCommandLine(given, terminal.folder)]).settings

async function build(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const settings = settingsOf(request, terminal)
  const { output = STANDARD_OUTPUT } = settings
  const edition = { title: settings.title, date: dateOf(settings, terminal) }
  return written(output, rankedSources(request.paths), settings, terminal, async () => {
    const runs = await readRunsToWrite(fromHere(request.paths, terminal), placeOf(output, terminal))
    return { leaderboard: buildLeaderboard(runs, edition) }
  })
}

async function add(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const settings = settingsOf(request, terminal)
  const [existing = '', ...results] = fromHere(request.paths, terminal)
  const { output = existing } = settings
  const edition = { title: settings.title, date: dateOf(settings, terminal) }
  const added = () =>
    written(output, rankedSources(results), settings, terminal, async () => {
      const leaderboard = await readTo(output, existing, terminal)
      const { except } = placeOf(existing, terminal)
      const runs = await readRunsToWrite(results, { ...placeOf(output, terminal), except })
      const more = addToLeaderboard(leaderboard, runs, edition)
      return { leaderboard: more, added: runsOf(more) - runsOf(leaderboard), carried: leaderboard }
    })
  // Two that add to one file would each write what it was before the other.
  return output === STANDARD_OUTPUT ? added() : aloneOn(output, added)
}

async function merge(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const settings = settingsOf(request, terminal)
  const { output = STANDARD_OUTPUT } = settings
  return written(output, fileSources(request.paths), settings, terminal, async () => {
    const parts: Leaderboard[] = []
    for (const path of fromHere(request.paths, terminal)) parts.push(await readTo(output, path, terminal))
    const merged = mergeLeaderboards(parts, { title: settings.title, date: dateOf(settings, terminal) })
    return { leaderboard: merged, carried: merged }
  })
}

/** @returns a leaderboard with its paths as they are from where it is to be written */
async function readTo(output: string, path: string, terminal: Terminal): Promise<Leaderboard> {
  const leaderboard = await readLeaderboard(path)
  return movedLeaderboard(leaderboard, placeOf(path, terminal).folder, placeOf(output, terminal).folder)
}

const fromHere = (paths: readonly string[], { folder }: Terminal): readonly string[] =>
  paths.map((path) => relative(folder, resolve(folder, path)) || '.')

/** Paths in a leaderboard start at its own folder; one that is printed is taken to lie here. */
const placeOf = (output: string, { folder }: Terminal) =>
  output === STANDARD_OUTPUT
    ? { folder }
    : { folder: dirname(resolve(folder, output)), except: resolve(folder, output) }

type WriteSettings = Settings<typeof LEADERBOARD_WRITE_OPTIONS>

/** The day of `SOURCE_DATE_EPOCH`, the seconds that reproducible builds agree on; never the day of today. */
function dateOf({ date }: WriteSettings, { environment }: Terminal): string | undefined {
  const seconds = environment.SOURCE_DATE_EPOCH ?? ''
  if (date !== undefined || seconds === '') return date
  const day = /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString() : ''
  if (/^\d{4}-/.test(day)) return day.slice(0, 10)
  throw new UsageError('E_OPTION_VALUE', `SOURCE_DATE_EPOCH: expected seconds since 1970, got ${seconds.slice(0, 40)}`)
}

interface Made {
  readonly leaderboard: WritableLeaderboard
  /** How many runs there are more of than before. */
  readonly added?: number
  /** What came from other leaderboards: nobody has looked yet whether its raw files are there. */
  readonly carried?: RankedLeaderboard
}

const runsOf = ({ runs, training }: RankedLeaderboard): number => runs.length + training.length

async function written(
  output: string,
  sources: readonly Source[],
  settings: WriteSettings,
  terminal: Terminal,
  make: () => Promise<Made>,
): Promise<number> {
  await checkFiles({ '-o': output }, sources)
  const { leaderboard, added, carried } = await make()
  if (runsOf(leaderboard) === 0) throw nothingToRank(leaderboard)
  checkShape(leaderboard)
  const json = leaderboardBytes(leaderboard)
  if (output !== STANDARD_OUTPUT) await writeOutput(output, json)
  else for (const part of json) await write(terminal.stdout, part)
  if (output !== STANDARD_OUTPUT && settings.quiet !== true) {
    const news = added === undefined ? '' : `, ${added > 0 ? added : 'none'} of them new`
    const text = leaderboardText(leaderboard, viewOf(settings, terminal), news)
    await write(terminal.stdout, `${printable(output)}: ${text}`)
  }
  if (carried !== undefined) await tellAbsent(carried, placeOf(output, terminal).folder, terminal)
  return EXIT.success
}

async function tellAbsent(leaderboard: RankedLeaderboard, folder: string, { stderr }: Terminal): Promise<void> {
  const absent = await absentRawFiles(leaderboard, folder)
  if (absent === 0) return
  const files = counted(absent, 'file that runs are from is', 'files that runs are from are')
  await write(stderr, `warning: ${files} not where the leaderboard says; a site of it has no samples of these runs\n`)
}

/** What is published must be readable by everybody, and by this program too. Runs were checked when they were read. */
function checkShape(leaderboard: RankedLeaderboard): void {
  const [first] = shapeFaults({ ...leaderboard, runs: [], training: [] })
  if (first === undefined) return
  throw new FormatError('E_LEADERBOARD_INVALID', `nothing was written: ${first.path} ${first.problem}`, {
    hint: 'a record leads to figures that fit no leaderboard: leave out the file that this run is from',
  })
}

function nothingToRank({ leftOut }: RankedLeaderboard): FormatError {
  const [first] = leftOut
  const why = first === undefined ? 'no .json file was found' : `${first.path}: ${first.reason}`
  const more = leftOut.length > 1 ? ` (and ${leftOut.length - 1} more)` : ''
  return new FormatError('E_LEADERBOARD_EMPTY', `there is no run to rank: ${why}${more}`, {
    hint: 'give files or folders of records: greenbench model.onnx --images photos --json results/run.json',
  })
}

const viewOf = (settings: { readonly color?: boolean | undefined }, terminal: Terminal) => ({
  width: widthOf(terminal),
  style: styleOf(terminal, 'stdout', settings.color !== false),
})

async function validate(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const { settings } = readSettings(LEADERBOARD_READ_OPTIONS, [fromCommandLine(request.given, terminal.folder)])
  await checkOutputs(settings, fileSources(request.paths))
  const [path = ''] = fromHere(request.paths, terminal)
  const json = await readLeaderboardJson(path)
  const inShape = shapeFaults(json)
  const faults = inShape.length > 0 ? inShape : figureFaults(json as Leaderboard)
  const lines = faults.map((fault) => `${printable(`${path}: ${fault.path} ${fault.problem}`)}\n`)
  const forms = {
    json: async () => `${JSON.stringify({ valid: faults.length === 0, faults }, undefined, 2)}\n`,
    table: async () => (faults.length === 0 ? `${printable(path)}: valid\n` : lines.join('')),
  }
  await showResult(settings, forms, terminal)
  return faults.length === 0 ? EXIT.success : EXIT.failure
}

async function diff(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const { settings } = readSettings(LEADERBOARD_DIFF_OPTIONS, [fromCommandLine(request.given, terminal.folder)])
  const { json, markdown: csv, quiet, color } = settings
  await checkOutputs({ json }, fileSources(request.paths), { markdown: csv })
  const [before = '', after = ''] = fromHere(request.paths, terminal)
  const groups = leaderboardDifference(await readLeaderboard(before), await readLeaderboard(after))
  const forms = {
    json: async () => `${JSON.stringify(groups, undefined, 2)}\n`,
    csv: async () => differenceMarkdown(groups),
    table: async () => differenceText(groups, viewOf({ color }, terminal)),
  }
  await showResult({ json, csv, quiet }, forms, terminal)
  return EXIT.success
}

async function schema(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const { settings } = readSettings(LEADERBOARD_READ_OPTIONS, [fromCommandLine(request.given, terminal.folder)])
  await checkOutputs(settings)
  const { LeaderboardSchema } = await import('../results/leaderboard/leaderboard.js')
  const json = async () => `${JSON.stringify(LeaderboardSchema, undefined, 2)}\n`
  await showResult(settings, { json, table: json }, terminal)
  return EXIT.success
}
