/** The page of one run: everything its record says, with the record to be downloaded. */
import type { InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import { SCHEMA_VERSION } from '../../core/schema-version.js'
import type { LeaderboardRun } from '../leaderboard/leaderboard.js'
import { foreign, type Html, html, nameOf } from '../pages/html.js'
import { pageText } from '../pages/page.js'
import { inferenceSection } from '../report/inference-section.js'
import { trainingSection } from '../report/training-section.js'
import type { RawRun } from './raw-run.js'
import { assetsAt } from './site-assets.js'
import type { SitePages } from './site-pages.js'

const PLACE = { anchor: 'run', isUnfolded: false } as const

/** A run as its page shows it. */
export interface RunToShow {
  readonly id: string
  /** `id` of its model in the leaderboard. */
  readonly model: string | undefined
  readonly modelName: string
  readonly startedAt: string
  /** Made of what the leaderboard lists where its file is not there. */
  readonly listed: LeaderboardRun | undefined
  readonly raw: RawRun
}

/** @param dataFile - its record in the site, as seen from the page; absent where there is none */
export async function runPage(run: RunToShow, site: SitePages, dataFile: string | undefined): Promise<string> {
  const record = 'record' in run.raw ? run.raw.record : run.listed && recordOf(run.listed)
  return pageText({
    title: run.modelName,
    trail: trailOf(run, site),
    lead: html`Run ${foreign(run.id)} of ${run.startedAt.slice(0, 10)}`,
    main: html`${dataOf(run, dataFile)}${await sectionOf(record)}`,
    colophon: html`Written by greenbench ${site.version}. Intervals are 95%.`,
    assets: assetsAt(1),
  })
}

function trailOf({ model = '', modelName }: RunToShow, site: SitePages): Html {
  const page = site.modelNames.get(model)
  return html`<a href="../index.html">Leaderboard</a>${page !== undefined && html` / <a href="../models/${page}.html">${nameOf(modelName)}</a>`}`
}

function dataOf({ raw }: RunToShow, dataFile: string | undefined): Html {
  if ('reason' in raw) return html`<p class="lead">The samples of this run are not here: ${raw.reason}.</p>`
  return dataFile === undefined
    ? html``
    : html`<p class="no-print"><a href="${dataFile}" download>The whole record as JSON</a></p>`
}

function sectionOf(record: ResultRecord | undefined): Promise<Html> | Html {
  if (record?.kind === 'inference') return inferenceSection(record, PLACE)
  return isTraining(record) ? trainingSection(record, PLACE) : html``
}

const isTraining = (record: ResultRecord | undefined): record is TrainingRecord => record?.kind === 'training'

/** A listed run is a whole record but for its samples and options; one that did not end is not listed. */
function recordOf(run: LeaderboardRun): InferenceRecord {
  const { raw: _, ...figures } = run
  const samples = { latencySeconds: [], latencyEvery: 1, windows: [] }
  return { ...figures, schemaVersion: SCHEMA_VERSION, kind: 'inference', complete: true, options: {}, samples }
}
