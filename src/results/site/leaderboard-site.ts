/** Writes the pages of a leaderboard: one for all, one for each model and each run, which work from a disk and offline. */
import type { InferenceRecord, ResultRecord } from '../../core/record.js'
import { SCHEMA_VERSION } from '../../core/schema-version.js'
import type { Leaderboard, LeaderboardRun, LeaderboardTraining } from '../leaderboard/leaderboard.js'
import { type Html, html, nameOf } from '../pages/html.js'
import { indexPage } from './index-page.js'
import { modelPage } from './model-page.js'
import { type RawRun, RawRuns } from './raw-run.js'
import { runPage } from './run-page.js'
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
    await writeRun(run, raw, trailOf(models.get(run.id), run.model.name, site), {
      site,
      folder,
      withData: options.withData,
    })
    wrote()
  }
  await folder.finish()
  return { files: folder.fileCount, runs: runs.length, withoutSamples }
}

interface Target {
  readonly site: SitePages
  readonly folder: SiteFolder
  readonly withData: boolean
}

async function writeRun(
  run: LeaderboardRun | LeaderboardTraining,
  raw: RawRun,
  trail: Html,
  { site, folder, withData }: Target,
): Promise<void> {
  const name = site.runNames.get(run.id) ?? ''
  const whole = 'record' in raw ? raw.record : undefined
  const dataFile = withData && whole !== undefined ? `data/${name}.json` : undefined
  if (dataFile !== undefined) await folder.write(dataFile, `${JSON.stringify(whole)}\n`)
  const shown = {
    id: run.id,
    modelName: run.model.name,
    startedAt: run.startedAt,
    record: shownRecord(whole) ?? ('input' in run ? recordOf(run) : undefined),
    gap: 'reason' in raw ? raw.reason : undefined,
    trail,
    dataFile: dataFile && `../${dataFile}`,
  }
  await folder.write(`runs/${name}.html`, await runPage(shown, site.version))
}

const shownRecord = (record: ResultRecord | undefined) =>
  record?.kind === 'inference' || record?.kind === 'training' ? record : undefined

/** A listed run is a whole record but for its samples and options; one that did not end is not listed. */
function recordOf(run: LeaderboardRun): InferenceRecord {
  const { raw: _, ...figures } = run
  const samples = { latencySeconds: [], latencyEvery: 1, windows: [] }
  return { ...figures, schemaVersion: SCHEMA_VERSION, kind: 'inference', complete: true, options: {}, samples }
}

function trailOf(model = '', name: string, site: SitePages): Html {
  const page = site.modelNames.get(model)
  return html`<a href="../index.html">Leaderboard</a>${page !== undefined && html` / <a href="../models/${page}.html">${nameOf(name)}</a>`}`
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
