/** Writes the pages of a leaderboard: one for all, one for each model and each run, which work from a disk and offline. */
import { availableParallelism } from 'node:os'
import { InterruptedError } from '../../core/errors.js'
import type { Leaderboard, LeaderboardRun } from '../leaderboard/leaderboard.js'
import { indexPage } from './index-page.js'
import { modelPage } from './model-page.js'
import { RawRuns } from './raw-run.js'
import { type MadeRun, makeRun, type RunTask } from './run-task.js'
import { makeOnThreads } from './run-threads.js'
import { writeAssets } from './site-assets.js'
import { fillSite, type SiteFolder } from './site-folder.js'
import { type SitePages, sitePages } from './site-pages.js'

/** Where a site goes, and what it is made of beside the leaderboard. */
export interface SiteOptions {
  /** A new or empty folder, or one with an earlier site. */
  readonly folder: string
  /** That the leaderboard lies in: paths of raw files start there. */
  readonly leaderboardFolder: string
  /** Of greenbench that writes the pages. */
  readonly version: string
  /** Puts the records themselves beside the pages of their runs. */
  readonly withData: boolean
  /** That make the pages of runs; 0: none but the caller's. As many as the processor runs at once when left out. */
  readonly threads?: number
  readonly signal?: AbortSignal
  onProgress?(done: number, total: number): void
}

/** What was written. */
export interface WrittenSite {
  readonly files: number
  readonly runs: number
  /** Runs whose file was not there or had changed. */
  readonly withoutSamples: number
}

/** Fewer runs are done before a thread has started. */
const RUNS_FOR_THREADS = 48

/**
 * The same leaderboard and records give the same files, on however many threads. They take their places when all are there:
 * until then an earlier site stays as it was.
 *
 * @param leaderboard - checked against its schema
 * @throws {OutputError} `E_OUTPUT` where the folder holds other files or cannot be written
 * @throws {InterruptedError} when `signal` aborts before all pages are there; nothing is left of them
 */
export async function writeLeaderboardSite(leaderboard: Leaderboard, options: SiteOptions): Promise<WrittenSite> {
  const site = sitePages(leaderboard, options.version)
  return fillSite(options.folder, async (folder) => {
    const withoutSamples = await writePages(site, folder, options)
    return { files: folder.fileCount, runs: leaderboard.runs.length + leaderboard.training.length, withoutSamples }
  })
}

/** @returns runs without samples */
async function writePages(site: SitePages, folder: SiteFolder, options: SiteOptions): Promise<number> {
  const { leaderboard } = site
  const tasks = tasksOf(site)
  const total = tasks.length + leaderboard.models.length + 1
  let done = 0
  let withoutSamples = 0
  const wrote = () => {
    if (options.signal?.aborted === true) throw new InterruptedError(`interrupted: ${options.folder} is as it was`)
    options.onProgress?.(++done, total)
  }
  const writeRun = async ({ name, page, data, hasSamples }: MadeRun) => {
    await folder.write(`runs/${name}.html`, page)
    if (data !== undefined) await folder.write(`data/${name}.json`, data)
    if (!hasSamples) withoutSamples += 1
    wrote()
  }
  await writeAssets(folder)
  await folder.write('leaderboard.json', `${JSON.stringify(leaderboard)}\n`)
  await folder.write('index.html', await indexPage(site))
  wrote()
  await makeRuns(tasks, options, writeRun)
  for (const model of leaderboard.models) {
    await folder.write(`models/${site.modelNames.get(model.id)}.html`, await modelPage(model, site))
    wrote()
  }
  return withoutSamples
}

async function makeRuns(
  tasks: readonly RunTask[],
  { threads = tasks.length < RUNS_FOR_THREADS ? 0 : availableParallelism(), ...options }: SiteOptions,
  take: (made: MadeRun) => Promise<void>,
): Promise<void> {
  const { leaderboardFolder, version, withData } = options
  const settings = { leaderboardFolder, version, withData }
  if (threads > 0) return makeOnThreads(tasks, threads, settings, take)
  const raws = new RawRuns(leaderboardFolder)
  for (const task of tasks) await take(await makeRun(task, raws, settings))
}

function tasksOf({ leaderboard, runNames, modelNames }: SitePages): readonly RunTask[] {
  const models = modelsOfRuns(leaderboard)
  return [...leaderboard.runs, ...leaderboard.training].map((run) => ({
    run,
    name: runNames.get(run.id) ?? '',
    modelPage: modelNames.get(models.get(run.id) ?? ''),
  }))
}

/** `id` of the model by `id` of the run. */
function modelsOfRuns({ groups }: Leaderboard): ReadonlyMap<LeaderboardRun['id'], string> {
  const models = new Map<string, string>()
  for (const { entries } of groups) {
    for (const { model, runs, training } of entries)
      for (const id of [...runs, ...(training?.runs ?? [])]) models.set(id, model)
  }
  return models
}
