/** Writes the pages of a leaderboard: one for all, one for each model and each run, which work from a disk and offline. */
import type { Leaderboard, LeaderboardRun } from '../leaderboard/leaderboard.js'
import { indexPage } from './index-page.js'
import { modelPage } from './model-page.js'
import { RawRuns } from './raw-run.js'
import { type RunToShow, runPage } from './run-page.js'
import { writeAssets } from './site-assets.js'
import { SiteFolder } from './site-folder.js'
import { type SitePages, sitePages } from './site-pages.js'

/** Where a site goes, and what it is made of beside the leaderboard. */
export interface SiteOptions {
  /** A new or empty folder, or one with an earlier site. */
  readonly folder: string
  /** That the leaderboard lies in: paths of raw files start there. */
  readonly leaderboardFolder: string
  readonly version: string
  /** Puts the records themselves beside the pages of their runs. */
  readonly withData: boolean
  onProgress?(done: number, total: number): void
}

/** What was written. */
export interface WrittenSite {
  readonly files: number
  readonly runs: number
  /** Runs whose file was not there or had changed. */
  readonly withoutSamples: number
}

/**
 * One page is in memory at a time, beside the leaderboard.
 *
 * @param leaderboard - checked against its schema
 * @throws {OutputError} `E_OUTPUT` where the folder holds other files or cannot be written
 */
export async function writeLeaderboardSite(leaderboard: Leaderboard, options: SiteOptions): Promise<WrittenSite> {
  const site = sitePages(leaderboard, options.version)
  const folder = await SiteFolder.open(options.folder)
  const runs = [...leaderboard.runs, ...leaderboard.training]
  const total = runs.length + leaderboard.models.length + 1
  let done = 0
  const wrote = () => options.onProgress?.(++done, total)
  await writeAssets(folder)
  await folder.write('leaderboard.json', `${JSON.stringify(leaderboard)}\n`)
  await folder.write('index.html', await indexPage(site))
  wrote()
  for (const model of leaderboard.models) {
    await folder.write(`models/${site.modelNames.get(model.id)}.html`, await modelPage(model, site))
    wrote()
  }
  const raws = new RawRuns(options.leaderboardFolder)
  const models = modelsOfRuns(leaderboard)
  let withoutSamples = 0
  for (const run of runs) {
    const raw = await raws.read(run.raw, run.id)
    if ('reason' in raw) withoutSamples += 1
    const shown = {
      id: run.id,
      model: models.get(run.id),
      modelName: run.model.name,
      startedAt: run.startedAt,
      listed: 'input' in run ? run : undefined,
      raw,
    }
    await writeRun(shown, site, folder, options.withData)
    wrote()
  }
  await folder.finish()
  return { files: folder.fileCount, runs: runs.length, withoutSamples }
}

async function writeRun(run: RunToShow, site: SitePages, folder: SiteFolder, withData: boolean): Promise<void> {
  const name = site.runNames.get(run.id) ?? ''
  const data = withData && 'record' in run.raw ? `data/${name}.json` : undefined
  if (data !== undefined && 'record' in run.raw) await folder.write(data, `${JSON.stringify(run.raw.record)}\n`)
  await folder.write(`runs/${name}.html`, await runPage(run, site, data && `../${data}`))
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
