/** The page of one model: where it stands on each kind of hardware, and all its runs. */
import { type Bar, barChart } from '../charts/bar-chart.js'
import { drawCharts } from '../charts/draw-charts.js'
import type { LeaderboardEntry, LeaderboardRun, LeaderboardTraining, ListedModel } from '../leaderboard/leaderboard.js'
import { foreign, type Html, html, nameOf, nameText } from '../pages/html.js'
import { kindMark } from '../pages/kind.js'
import { pageText } from '../pages/page.js'
import { factTable, pageTable } from '../pages/table.js'
import {
  BYTES,
  COUNT,
  formatExact,
  formatFigure,
  formatPlain,
  formatShare,
  GRAMS_CO2E,
  JOULES,
  SECONDS,
} from '../quantity.js'
import { gradeCell } from './board-table.js'
import { assetsAt } from './site-assets.js'
import { type Place, protocolText, type SitePages } from './site-pages.js'

/** Bars of runs; more can be read in the table. */
const MOST_BARS = 20

/** @returns the whole page */
export async function modelPage(model: ListedModel, site: SitePages): Promise<string> {
  const places = site.places.get(model.id) ?? []
  const sections: Html[] = []
  for (const [index, place] of places.entries()) sections.push(await placeSection(place, `place-${index + 1}`, site))
  return pageText({
    title: model.name,
    trail: html`<a href="../index.html">Leaderboard</a>`,
    main: html`${factTable('Model', [
      ['whole name', nameText(model.name) === model.name ? undefined : model.name],
      ['format', model.format],
      ['size', formatPlain(model.bytes, BYTES)],
      ['SHA-256', model.sha256],
      ['parameters', model.parameters === undefined ? undefined : formatExact(model.parameters)],
    ])}
${sections}`,
    colophon: html`Written by greenbench ${site.version}. Intervals are 95%.`,
    assets: assetsAt(1),
  })
}

async function placeSection({ group, entry }: Place, anchor: string, site: SitePages): Promise<Html> {
  const runs = entry.runs.flatMap((id) => site.runs.get(id) ?? [])
  const trained = new Set(entry.training?.runs)
  const trainings = site.leaderboard.training.filter(({ id }) => trained.has(id))
  return html`<section class="record" aria-labelledby="${anchor} ${anchor}-protocol"><h2 id="${anchor}">${nameOf(site.hardware.get(group.hardware)?.name ?? group.hardware)}</h2>
<p class="lead" id="${anchor}-protocol">${foreign(protocolText(group))} ${kindMark(group.protocol.energy)}</p>
${standing(entry, group.entries.length)}
${runTable(runs, site)}
${trainingTable(trainings, site)}
${await drawCharts([runChart(runs)], { anchor, isUnfolded: false })}
</section>
`
}

function standing(entry: LeaderboardEntry, count: number): Html {
  const { rank, unranked, tiedWith, grade, pareto, energyPerInference, carbon, accuracy, macs } = entry
  const ties = tiedWith === 0 ? '' : `, cannot be told from ${tiedWith} other${tiedWith === 1 ? '' : 's'}`
  return factTable('Where it stands', [
    ['rank', rank === undefined ? `not ranked: ${unranked ?? 'no reason given'}` : `${rank} of ${count}${ties}`],
    [
      'grade',
      'notGraded' in grade
        ? `none: ${grade.notGraded}`
        : html`${gradeCell(entry)} (edition ${foreign(grade.edition)}, line ${foreign(grade.line)})`,
    ],
    ['accuracy against energy', pareto === undefined ? undefined : PARETO[pareto]],
    ['energy per inference', formatFigure({ ...energyPerInference, value: energyPerInference.joules }, JOULES)],
    [
      'CO2e per inference',
      carbon &&
        `${formatFigure({ ...carbon, value: carbon.grams }, GRAMS_CO2E)}, modelled (${carbon.zones.join(', ')})`,
    ],
    [
      'accuracy, top-1',
      accuracy &&
        `${formatShare(accuracy.top1)} (${formatShare(accuracy.low)} to ${formatShare(accuracy.high)}), ${formatExact(accuracy.count)} images`,
    ],
    ['MACs of one image', macs === undefined ? undefined : formatPlain(macs, COUNT)],
  ])
}

const PARETO = {
  front: 'on the Pareto front: no other is better in both',
  tied: 'behind the Pareto front, but by no more than the intervals',
  dominated: 'another is more accurate and takes less',
} as const

function runTable(runs: readonly LeaderboardRun[], site: SitePages): Html {
  const rows = runs.map(({ id, startedAt, energy, latency, accuracy }) => ({
    cells: [
      runLink(id, startedAt, site),
      energy ? formatFigure({ ...energy.perInference, value: energy.perInference.joules }, JOULES) : 'not known',
      latency ? formatPlain(latency.p50, SECONDS) : 'not known',
      accuracy ? formatShare(accuracy.top1) : 'not known',
    ],
  }))
  return pageTable({
    caption: 'Runs',
    head: ['Run', 'Energy per inference', 'Latency, p50', 'Accuracy'],
    rows,
    numbers: [1, 2, 3],
  })
}

function trainingTable(trainings: readonly LeaderboardTraining[], site: SitePages): Html {
  const rows = trainings.map(({ id, startedAt, energy, epochs }) => ({
    cells: [
      runLink(id, startedAt, site),
      energy?.perEpoch
        ? html`${formatFigure({ ...energy.perEpoch, value: energy.perEpoch.joules }, JOULES)} ${kindMark(energy.kind, energy.measuredShare)}`
        : 'not known',
      String(epochs.length),
    ],
  }))
  return pageTable({ caption: 'Trainings', head: ['Run', 'Energy per epoch', 'Epochs'], rows, numbers: [1, 2] })
}

const runLink = (id: string, startedAt: string, site: SitePages): Html =>
  html`<a href="../runs/${site.runNames.get(id)}.html">${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}</a>`

function runChart(runs: readonly LeaderboardRun[]) {
  const bars = runs.slice(0, MOST_BARS).flatMap(({ startedAt, energy }): Bar[] =>
    energy === undefined
      ? []
      : [
          {
            name: startedAt.slice(0, 16).replace('T', ' '),
            figure: { ...energy.perInference, value: energy.perInference.joules },
            kind: energy.kind,
          },
        ],
  )
  if (bars.length < 2) return undefined
  return barChart({
    title: 'Energy per inference, run by run',
    description: `Energy of one inference in ${bars.length} runs, with 95% intervals.`,
    quantity: 'energy per inference',
    unit: JOULES,
    names: 'Run',
    bars,
  })
}
