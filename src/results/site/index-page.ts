/** The first page of a leaderboard's site: every hardware class with its groups, how they were made, and what was left out. */
import { barChart } from '../charts/bar-chart.js'
import type { Chart } from '../charts/chart.js'
import { drawCharts } from '../charts/draw-charts.js'
import { paretoChart } from '../charts/pareto-chart.js'
import { counted } from '../count-text.js'
import type { HardwareClass, LeaderboardGroup } from '../leaderboard/leaderboard.js'
import { foreign, type Html, html, nameOf, nameText } from '../pages/html.js'
import { pageText } from '../pages/page.js'
import { formatExact, JOULES } from '../quantity.js'
import { boardTable } from './board-table.js'
import { leftOutSection, rulesSection } from './rules-section.js'
import { assetsAt } from './site-assets.js'
import { protocolText, type SitePages } from './site-pages.js'

/** Bars of the groups that have no accuracy. */
const MOST_BARS = 15

/** @returns the whole page */
export async function indexPage(site: SitePages): Promise<string> {
  const { edition, models, runs, training, hardware } = site.leaderboard
  const classes: Html[] = []
  for (const [index, one] of allHardware(site).entries()) classes.push(await hardwareSection(one, index, site))
  const when = edition.date === undefined ? '' : `, ${edition.date}`
  return pageText({
    title: edition.title ?? 'Leaderboard',
    lead: html`Edition ${foreign(edition.name)}${when}: ${counted(models.length, 'model')}, ${counted(runs.length + training.length, 'run')}, ${hardware.length === 1 ? 'one kind of hardware' : `${formatExact(hardware.length)} kinds of hardware, which are never ranked against each other`}`,
    main: html`${filterForm(site)}<p id="row-count" role="status"></p>
${classes}
${rulesSection(edition)}
${leftOutSection(site.leaderboard.leftOut)}
<section class="no-print" aria-labelledby="data"><h2 id="data">Data</h2><p><a href="leaderboard.json" download>The leaderboard as JSON</a></p></section>`,
    colophon: html`Written by greenbench ${site.version}. Intervals are 95%.`,
    assets: assetsAt(0, { hasTable: true }),
  })
}

type ShownHardware = Pick<HardwareClass, 'id' | 'name'> & Partial<Pick<HardwareClass, 'kind'>>

/** A group of a kind that the leaderboard does not list is shown by the name of the kind. */
function allHardware({ leaderboard: { hardware, groups }, hardware: known }: SitePages): readonly ShownHardware[] {
  const unlisted = new Set(groups.map((group) => group.hardware).filter((id) => !known.has(id)))
  return [...hardware, ...[...unlisted].map((id) => ({ id, name: id }))]
}

/** Shown by the script that can do what it says. */
function filterForm({ leaderboard: { hardware, groups } }: SitePages): Html {
  const kinds = [...new Set(groups.map(({ protocol }) => protocol.energy))].sort()
  const select = (label: string, name: string, options: readonly (readonly [value: string, text: string])[]) =>
    html`<label>${label}<select name="${name}"><option value="">all</option>${options.map(
      ([value, text]) => html`<option value="${value}">${text}</option>`,
    )}</select></label>`
  return html`<form id="filters" role="search" aria-label="Rows of the tables" hidden>
<label>Words in the name, format, engine or hardware<input type="search" name="words" autocomplete="off"></label>
${
  hardware.length > 1 &&
  select(
    'Hardware',
    'hardware',
    hardware.map(({ name }, index) => [`h${index}`, nameText(name)]),
  )
}
${
  kinds.length > 1 &&
  select(
    'Energy',
    'energy',
    kinds.map((kind) => [kind, kind]),
  )
}
<label class="check"><input type="checkbox" name="front">Pareto front only</label>
<button type="reset">Show all</button>
</form>
`
}

async function hardwareSection({ id, name, kind }: ShownHardware, index: number, site: SitePages): Promise<Html> {
  const groups = site.leaderboard.groups.filter(({ hardware }) => hardware === id)
  if (groups.length === 0) return html``
  const sections: Html[] = []
  for (const [position, group] of groups.entries())
    sections.push(await groupSection(group, `h${index}`, position, site))
  return html`<section class="hardware" aria-labelledby="h${index}"><h2 id="h${index}">${nameOf(name)} ${kind !== undefined && html`<span class="side">${kind.toUpperCase()}</span>`}</h2>
${sections}</section>
`
}

async function groupSection(
  group: LeaderboardGroup,
  hardware: string,
  position: number,
  site: SitePages,
): Promise<Html> {
  const words = `${site.hardware.get(group.hardware)?.name ?? ''} ${protocolText(group)}`
  const anchor = `${hardware}-g${position}`
  return html`<section class="group" data-hardware="${hardware}" data-energy="${group.protocol.energy}" data-words="${words}" aria-labelledby="${hardware} ${anchor}">
<h3 id="${anchor}">${foreign(protocolText(group))}</h3>
${await drawCharts([groupChart(group, site)], { anchor, isUnfolded: false })}
${boardTable(group, site)}
</section>
`
}

/** Accuracy against energy, or the energy alone where no accuracy is known. */
function groupChart(group: LeaderboardGroup, site: SitePages): Chart | undefined {
  const nameOf = (model: string) => site.models.get(model)?.name ?? model
  const points = group.entries.flatMap(({ model, accuracy, energyPerInference, pareto }) =>
    accuracy === undefined ? [] : [{ name: nameOf(model), energy: energyPerInference, accuracy, place: pareto }],
  )
  if (points.length > 1) return paretoChart(points)
  if (group.entries.length < 2) return undefined
  const { energy } = group.protocol
  return barChart({
    title: `Energy per inference${group.entries.length > MOST_BARS ? `, the first ${MOST_BARS}` : ''}`,
    description: `Energy of one inference of the first ${Math.min(MOST_BARS, group.entries.length)} models by rank, ${energy}, with 95% intervals.`,
    note: energy,
    quantity: 'energy per inference',
    unit: JOULES,
    names: 'Model',
    bars: group.entries.slice(0, MOST_BARS).map(({ model, energyPerInference }) => ({
      name: nameOf(model),
      figure: { ...energyPerInference, value: energyPerInference.joules },
      kind: energy,
    })),
  })
}
