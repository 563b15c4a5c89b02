/** `greenbench leaderboard site` and `appendix`: folders of pages. */
import { dirname, resolve } from 'node:path'
import { greenbenchVersion } from '../../benchmarks/versions.js'
import { FormatError } from '../core/errors.js'
import { counted } from '../results/count-text.js'
import type { Fault } from '../results/leaderboard/leaderboard-faults.js'
import { printable } from '../results/printable.js'
import { formatExact } from '../results/quantity.js'
import { EXIT } from './failure.js'
import { watchInterruption } from './interruption.js'
import type { LeaderboardRequest } from './leaderboard-grammar.js'
import { APPENDIX_OPTIONS } from './options/leaderboard-options.js'
import { refuseReplacing } from './overwriting.js'
import { showPageProgress } from './page-progress.js'
import { fromCommandLine, readSettings } from './settings.js'
import { type Terminal, write } from './terminal.js'

const FOLDER = 'site'

/** @returns the exit code */
export async function siteCommand(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const { readLeaderboard } = await import('../results/leaderboard/leaderboard-file.js')
  const { figureFaults } = await import('../results/leaderboard/leaderboard-faults.js')
  const { writeLeaderboardSite } = await import('../results/site/leaderboard-site.js')
  const [path = ''] = request.paths
  return withPages(request, terminal, async ({ title: _, ...options }) => {
    const leaderboard = await readLeaderboard(resolve(terminal.folder, path))
    checkFigures(path, figureFaults(leaderboard))
    const leaderboardFolder = dirname(resolve(terminal.folder, path))
    const { runs, files, withoutSamples } = await writeLeaderboardSite(leaderboard, {
      ...options,
      leaderboardFolder,
    })
    const without = withoutSamples === 0 ? '' : `; ${formatExact(withoutSamples)} without samples: their pages say why`
    return `${counted(files, 'file')} of ${counted(runs, 'run')}${without}`
  })
}

/** Ranks and grades that do not follow from the runs are not published. */
function checkFigures(path: string, faults: readonly Fault[]): void {
  const [first] = faults
  if (first === undefined) return
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  throw new FormatError('E_LEADERBOARD_INVALID', `${path}: ${first.path} ${first.problem}${more}`, {
    hint: 'greenbench leaderboard validate shows all faults; build the leaderboard again from its records',
  })
}

/** @returns the exit code */
export async function appendixCommand(request: LeaderboardRequest, terminal: Terminal): Promise<number> {
  const { readAppendixSpec } = await import('../results/appendix/appendix-spec.js')
  const { writeAppendix } = await import('../results/appendix/write-appendix.js')
  const [spec = '', ...paths] = request.paths
  const results = paths.map((path) => resolve(terminal.folder, path))
  return withPages(request, terminal, async ({ title = 'Experiments', ...options }) => {
    await refuseReplacing('-o', options.folder, [resolve(terminal.folder, spec), ...results])
    const groups = await readAppendixSpec(resolve(terminal.folder, spec))
    const {
      runs,
      groups: count,
      leftOut,
    } = await writeAppendix(groups, { ...options, title, results, base: terminal.folder })
    return `${counted(count, 'group')} of ${counted(runs, 'run')}${leftOut === 0 ? '' : `; ${counted(leftOut, 'file or record', 'files or records')} left out, with the reasons`}`
  })
}

interface PageSettings {
  readonly folder: string
  readonly title: string | undefined
  readonly withData: boolean
  readonly version: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** @param make - writes the pages and says what they are */
async function withPages(
  { given }: LeaderboardRequest,
  terminal: Terminal,
  make: (settings: PageSettings) => Promise<string>,
): Promise<number> {
  // A site has no option that an appendix has not.
  const { settings } = readSettings(APPENDIX_OPTIONS, [fromCommandLine(given, terminal.folder)])
  const folder = settings.output ?? resolve(terminal.folder, FOLDER)
  const isQuiet = settings.quiet === true
  const progress = showPageProgress(terminal, isQuiet)
  const { title, data } = settings
  const interruption = watchInterruption(() => {
    progress.stop()
    void write(terminal.stderr, 'interrupted: taking away what is not finished; press Ctrl-C again to quit at once\n')
  })
  const { signal } = interruption
  const page = {
    folder,
    title,
    withData: data !== false,
    version: greenbenchVersion(),
    signal,
    onProgress: progress.show,
  }
  const said = await make(page).finally(() => {
    interruption.close()
    progress.stop()
  })
  if (!isQuiet)
    await write(terminal.stdout, `${printable(folder)}: ${said}; open ${printable(resolve(folder, 'index.html'))}\n`)
  return EXIT.success
}
