/** The record itself inside the page, to be downloaded from it without asking a network. */
import type { ResultRecord } from '../../core/record.js'
import { recordsToJson } from '../record-file.js'
import { type Html, html, trusted } from './html.js'

/** @param fileName - what the browser calls the file */
export function rawDataLink(records: readonly ResultRecord[], fileName: string): Html {
  const json = recordsToJson(records)
  const data = Buffer.from(json).toString('base64')
  const size = `${Math.max(1, Math.round(json.length / 1000))} kB`
  return html`<a class="download no-print" download="${fileName}" href="data:application/json;base64,${trusted(data)}">Download ${fileName} (${size})</a>`
}
