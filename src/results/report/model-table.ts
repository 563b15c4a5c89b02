/** What a record says of its model, and what was counted in its file. */
import type { ResultRecord } from '../../core/record.js'
import type { Html } from '../pages/html.js'
import { html } from '../pages/html.js'
import { factTable } from '../pages/table.js'
import { countFacts, modelFacts } from './model-facts.js'

/** @returns two tables: the file, and what it counts to */
export function modelTable(record: Exclude<ResultRecord, { kind: 'comparison' }>): Html {
  return html`${factTable('Model', modelFacts(record.model))}${factTable('Counted in the file', countFacts(record.counts))}`
}
