/** What a thread needs to make the page of one run, and what it gives back: plain data, so that it can be sent. */
import type { InferenceRecord, ResultRecord } from '../../core/record.js'
import { SCHEMA_VERSION } from '../../core/schema-version.js'
import type { LeaderboardRun, LeaderboardTraining } from '../leaderboard/leaderboard.js'
import { html, nameOf } from '../pages/html.js'
import type { RawRuns } from './raw-run.js'
import { runPage } from './run-page.js'

/** The page of one run. */
export interface RunTask {
  readonly run: LeaderboardRun | LeaderboardTraining
  /** Of its page and data, without folder and ending. */
  readonly name: string
  /** Of the page of its model, which may not be listed. */
  readonly modelPage: string | undefined
}

/** The texts of its files. */
export interface MadeRun {
  readonly name: string
  readonly page: string
  /** The record itself, where it was there and is wanted. */
  readonly data: string | undefined
  readonly hasSamples: boolean
}

/** The same for all runs of a site. */
export interface RunSettings {
  readonly leaderboardFolder: string
  /** Of greenbench that writes the pages. */
  readonly version: string
  readonly withData: boolean
}

/** @param raws - reads the files that the leaderboard names */
export async function makeRun(
  { run, name, modelPage }: RunTask,
  raws: RawRuns,
  settings: RunSettings,
): Promise<MadeRun> {
  const raw = await raws.read(run.raw, run.id)
  const whole = 'record' in raw ? raw.record : undefined
  const hasData = settings.withData && whole !== undefined
  const model = modelPage !== undefined && html` / <a href="../models/${modelPage}.html">${nameOf(run.model.name)}</a>`
  const shown = {
    id: run.id,
    modelName: run.model.name,
    startedAt: run.startedAt,
    record: shownRecord(whole) ?? ('input' in run ? recordOf(run) : undefined),
    gap: 'reason' in raw ? raw.reason : undefined,
    trail: html`<a href="../index.html">Leaderboard</a>${model}`,
    dataFile: hasData ? `../data/${name}.json` : undefined,
  }
  const page = await runPage(shown, settings.version)
  return { name, page, data: hasData ? `${JSON.stringify(whole)}\n` : undefined, hasSamples: whole !== undefined }
}

const shownRecord = (record: ResultRecord | undefined) =>
  record?.kind === 'inference' || record?.kind === 'training' ? record : undefined

/** A listed run is a whole record but for its samples and options; one that did not end is not listed. */
function recordOf(run: LeaderboardRun): InferenceRecord {
  const { raw: _, ...figures } = run
  const samples = { latencySeconds: [], latencyEvery: 1, windows: [] }
  return { ...figures, schemaVersion: SCHEMA_VERSION, kind: 'inference', complete: true, options: {}, samples }
}
