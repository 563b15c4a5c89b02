/** The page of one run: everything its record says, with the record to be downloaded. */
import type { InferenceRecord, TrainingRecord } from '../../core/record.js'
import { type Html, html, nameOf } from '../pages/html.js'
import { pageText } from '../pages/page.js'
import { inferenceSection } from '../report/inference-section.js'
import { trainingSection } from '../report/training-section.js'
import { assetsAt } from './site-assets.js'

const PLACE = { anchor: 'run', isUnfolded: false } as const

/** A run as its page shows it. */
export interface RunToShow {
  readonly id: string
  readonly modelName: string
  readonly startedAt: string
  /** Absent where neither its file nor the leaderboard has it. */
  readonly record: InferenceRecord | TrainingRecord | undefined
  /** Why the record is not whole. */
  readonly gap?: string | undefined
  /** The way back. */
  readonly trail: Html
  /** Its record in the site, as seen from the page. */
  readonly dataFile?: string | undefined
}

/** @param version - of greenbench that writes the page */
export async function runPage(run: RunToShow, version: string): Promise<string> {
  return pageText({
    title: run.modelName,
    trail: run.trail,
    lead: html`Run ${nameOf(run.id)} of ${run.startedAt.slice(0, 10)}`,
    main: html`${dataOf(run)}${await sectionOf(run.record)}`,
    colophon: html`Written by greenbench ${version}. Intervals are 95%.`,
    assets: assetsAt(1),
  })
}

function dataOf({ gap, dataFile }: RunToShow): Html {
  if (gap !== undefined) return html`<p class="lead">The samples of this run are not here: ${gap}.</p>`
  return dataFile === undefined
    ? html``
    : html`<p class="no-print"><a href="${dataFile}" download>The whole record as JSON</a></p>`
}

async function sectionOf(record: RunToShow['record']): Promise<Html> {
  if (record === undefined) return html``
  return record.kind === 'inference' ? inferenceSection(record, PLACE) : trainingSection(record, PLACE)
}
