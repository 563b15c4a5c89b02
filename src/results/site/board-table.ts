/** The table of a group: one row per model, which can be sorted and filtered where scripts run and is whole where they do not. */

import { counted } from '../count-text.js'
import type { LeaderboardEntry, LeaderboardGroup } from '../leaderboard/leaderboard.js'
import { type Html, html, nameOf } from '../pages/html.js'
import { COUNT, formatFigure, formatPlain, formatShare, GRAMS_CO2E, JOULES, SECONDS, type Unit } from '../quantity.js'
import { protocolText, type SitePages } from './site-pages.js'

/** One column after that of the model. */
interface Column {
  readonly name: string
  cell(entry: LeaderboardEntry, site: SitePages): Html | string | undefined
  /** What it is sorted by. */
  value(entry: LeaderboardEntry, site: SitePages): number | undefined
  /** Stands also where no entry has it. */
  readonly isKept?: boolean
}

/** Longer tables are shown in pages where scripts run. */
const PAGE_ROWS = 50

/** @returns the table of all entries */
export function boardTable(group: LeaderboardGroup, site: SitePages): Html {
  const { entries } = group
  const columns = COLUMNS.filter(
    ({ isKept, value }) => isKept === true || entries.some((entry) => value(entry, site) !== undefined),
  )
  const caption = `${site.hardware.get(group.hardware)?.name ?? group.hardware}: ${protocolText(group)}`
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="board">
<caption>${counted(entries.length, 'model')}</caption>
<thead><tr><th scope="col">Model</th>${columns.map(
    ({ name }, index) =>
      html`<th scope="col" class="number"${index === 0 && html` aria-sort="ascending"`}>${name}</th>`,
  )}</tr></thead>
<tbody${entries.length > PAGE_ROWS && html` class="long"`}>${entries.map((entry) => rowOf(entry, columns, site))}</tbody>
</table></div>`
}

function rowOf(entry: LeaderboardEntry, columns: readonly Column[], site: SitePages): Html {
  const model = site.models.get(entry.model)
  // The column of the model is sorted by its words.
  const values = ['-', ...columns.map(({ value }) => sortable(value(entry, site)))].join(' ')
  const page = site.modelNames.get(entry.model)
  const name = nameOf(model?.name ?? entry.model)
  const isFront = entry.pareto === 'front'
  return html`<tr data-v="${values}" data-words="${model?.format}"${isFront && html` data-front`}><th scope="row">${
    page === undefined ? name : html`<a href="models/${page}.html"${isFront && html` class="front"`}>${name}</a>`
  }</th>${columns.map(({ cell }) => html`<td class="number">${cell(entry, site) ?? '-'}</td>`)}</tr>
`
}

/** Six digits tell any two rows apart that a reader could. */
const sortable = (value: number | undefined): string =>
  value === undefined ? '-' : String(Number(value.toPrecision(6)))

const plain = (value: number | undefined, unit: Unit): string | undefined =>
  value === undefined ? undefined : formatPlain(value, unit)

const latencyColumn = (name: 'p50' | 'p95' | 'p99'): Column => ({
  name: `Latency ${name}`,
  cell: ({ latency }) => plain(latency?.[name], SECONDS),
  value: ({ latency }) => latency?.[name],
})

const COLUMNS: readonly Column[] = [
  { name: 'Rank', cell: rankCell, value: ({ rank }) => rank, isKept: true },
  { name: 'Grade', cell: gradeCell, value: ({ grade }) => ('index' in grade ? grade.index.value : undefined) },
  {
    name: 'Energy / inference',
    cell: ({ energyPerInference }) => formatFigure({ ...energyPerInference, value: energyPerInference.joules }, JOULES),
    value: ({ energyPerInference }) => energyPerInference.joules,
    isKept: true,
  },
  {
    name: 'CO2e / inference',
    // The head of the column says of what.
    cell: ({ carbon }) => carbon && formatFigure({ ...carbon, value: carbon.grams }, GRAMS_CO2E).replace(' CO2e', ''),
    value: ({ carbon }) => carbon?.grams,
  },
  latencyColumn('p50'),
  latencyColumn('p95'),
  latencyColumn('p99'),
  {
    name: 'Accuracy, top-1',
    cell: ({ accuracy }) => accuracy && formatShare(accuracy.top1),
    value: ({ accuracy }) => accuracy?.top1,
  },
  { name: 'Parameters', cell: (entry, site) => plain(parametersOf(entry, site), COUNT), value: parametersOf },
  { name: 'MACs', cell: ({ macs }) => plain(macs, COUNT), value: ({ macs }) => macs },
  {
    name: 'Energy / epoch',
    cell: ({ training }) =>
      training && formatFigure({ ...training.energyPerEpoch, value: training.energyPerEpoch.joules }, JOULES),
    value: ({ training }) => training?.energyPerEpoch.joules,
  },
  { name: 'Runs', cell: runsCell, value: ({ runs }) => runs.length, isKept: true },
]

function rankCell({ rank, tiedWith }: LeaderboardEntry): Html | string {
  if (rank === undefined) return 'not ranked'
  return tiedWith === 0 ? String(rank) : html`${rank} <span class="side">ties ${tiedWith}</span>`
}

/** @returns the letter, and those at the ends of its interval where they differ */
export function gradeCell({ grade }: LeaderboardEntry): Html | string | undefined {
  if (!('letter' in grade)) return undefined
  const { letter, best, worst } = grade
  const range = best === worst ? '' : ` ${best} to ${worst}`
  return html`<span class="grade grade-${letter}">${letter}</span>${range !== '' && html`<span class="side">${range}</span>`}`
}

function parametersOf({ model }: LeaderboardEntry, site: SitePages): number | undefined {
  return site.models.get(model)?.parameters
}

function runsCell({ runs }: LeaderboardEntry, site: SitePages): Html | string {
  const [first = ''] = runs
  const page = site.runNames.get(first)
  if (runs.length > 1 || page === undefined || !site.runs.has(first)) return String(runs.length)
  return html`<a href="runs/${page}.html">1<span class="hidden-words"> run</span></a>`
}
